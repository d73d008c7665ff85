package enrolments

import (
	"context"
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/possession"
	"fairway/internal/secret"
)

// FieldSignature is the field of the form that brings a signature, as findings carry it.
const FieldSignature = "signature"

// maxChallenges is how many texts an organisation is given within an hour. Each takes five signatures, and each of those a
// search.
const maxChallenges = 10

// ErrManyChallenges is another challenge where many were made within an hour.
var ErrManyChallenges = fault.New(fault.TooMany, "challenges_too_many",
	"Ten challenges were made within an hour, so no other one is. Read what the last answer says about your signature, and make the next challenge in an hour.").After(time.Hour)

// NewChallenge gives the draft a text for its seal's key to sign. The text before is void. Faults: ErrChanged, ErrUnsound,
// ErrManyChallenges.
func (s *Enrolments) NewChallenge(ctx context.Context, who Who, version int) (*Enrolment, error) {
	e, err := s.draft(ctx, who, version)
	if err != nil {
		return nil, err
	}
	now := s.db.Now()
	if !e.Sound(now) {
		return nil, ErrUnsound
	}
	text := possession.Text{Audience: s.config.Audience, Organisation: who.OrganisationID, Seal: e.QSeal.Info.SHA256,
		Nonce: secret.Token("").Reveal(), Expires: now.Add(possession.Lifetime)}
	line, err := text.Line()
	if err != nil {
		return nil, fmt.Errorf("write a challenge: %w", err)
	}
	err = s.act(ctx, who, e, "challenged", map[string]string{"qseal": text.Seal}, func(tx db.Tx) (bool, error) {
		if n, err := challengesSince(tx, who.OrganisationID, now.Add(-time.Hour)); err != nil {
			return false, err
		} else if n >= maxChallenges {
			return false, ErrManyChallenges
		}
		return saveChallenge(tx, e, line, now.Add(possession.Lifetime))
	})
	if err != nil {
		return nil, err
	}
	return s.ByID(ctx, who.OrganisationID, e.ID)
}

// Prove takes the signature of the challenge. What is no signature at all costs no try; a wrong one does, and after the
// fifth the challenge is void. Each mistake is a Form fault on signature that says which it is. The challenge is spent by the
// statement that keeps the proof.
func (s *Enrolments) Prove(ctx context.Context, who Who, version int, sent string) (*Enrolment, error) {
	e, err := s.draft(ctx, who, version)
	if err != nil {
		return nil, err
	}
	switch {
	case !e.Sound(s.db.Now()):
		return nil, ErrUnsound
	case e.Challenge == nil:
		return nil, mistaken("There is no open challenge. Make a new one and sign it.")
	case e.Challenge.Ended(s.db.Now()):
		return nil, mistaken(ended(e.Challenge))
	}
	signature, unreadable := possession.Read(sent)
	switch {
	case unreadable != nil && unreadable.Code == possession.KeyUploaded:
		return nil, mistaken(unreadable.Text).With(ErrKey)
	case unreadable != nil:
		return nil, mistaken(unreadable.Text)
	}
	if err := s.try(ctx, e); err != nil {
		return nil, err
	}
	result := possession.Verify(e.Challenge.Text, signature, e.QSeal.Cert, e.QWAC.Cert, earlier(e.Challenge)...)
	if !result.Good() {
		return nil, mistaken(result.Mistake.Text + " " + triesLeft(e.Challenge.TriesLeft-1))
	}
	proof := Proof{Seal: e.QSeal.Info.SHA256, Algorithm: result.Algorithm, Ending: string(result.Ending), By: who.PersonID}
	err = s.act(ctx, who, e, "proved", map[string]string{"qseal": proof.Seal, "algorithm": proof.Algorithm}, func(tx db.Tx) (bool, error) {
		return spendChallenge(tx, e, proof)
	})
	if err != nil {
		return nil, err
	}
	return s.ByID(ctx, who.OrganisationID, e.ID)
}

// try counts the signature before it is looked at, so that many at once are five together.
func (s *Enrolments) try(ctx context.Context, e *Enrolment) error {
	counted := false
	err := s.db.InTx(ctx, func(tx db.Tx) (err error) {
		counted, err = spendTry(tx, e)
		return err
	})
	if err == nil && !counted {
		return ErrChanged
	}
	return err
}

func earlier(c *Challenge) []string {
	if c.earlier == "" {
		return nil
	}
	return []string{c.earlier}
}

func mistaken(text string) *fault.Error {
	return fault.Form(fault.Field{Name: FieldSignature, Message: text})
}

func ended(c *Challenge) string {
	if c.TriesLeft == 0 {
		return "Five wrong signatures were sent for this challenge; it is void. Make a new one and sign that."
	}
	return "This challenge ended on " + c.EndsAt.Format("2 Jan 2006, 15:04 UTC") + ". Make a new one and sign that."
}

func triesLeft(n int) string {
	switch n {
	case 0:
		return "That was the last try for this challenge. Make a new one and sign that."
	case 1:
		return "One try is left for this challenge."
	}
	return fmt.Sprintf("%d tries are left for this challenge.", n)
}
