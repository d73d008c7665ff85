package enrolments

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

// The names of the upload form's fields, as findings carry them.
const (
	FieldQWAC  = "qwac"
	FieldQSeal = "qseal"
)

// Files are what an upload form sends: PEM or DER with or without the chain. An empty one leaves what is there.
type Files struct{ QWAC, QSeal []byte }

// Upload reads certificates and puts them into the organisation's draft, which it begins where there is none. What cannot
// be read is a Form fault on its field, and nothing is stored then; a private key is named as such and stored nowhere, and
// the bytes are overwritten. Version is the draft's, 0 where the form saw none. Other faults: ErrChanged, ErrTooMany.
func (s *Enrolments) Upload(ctx context.Context, who Who, version int, files Files) (*Enrolment, error) {
	qwac, seal, err := read(files)
	if err != nil {
		return nil, err
	}
	e, err := s.Current(ctx, who.OrganisationID)
	switch {
	case errors.Is(err, ErrUnknown), err == nil && !e.State.Open():
		return s.begin(ctx, who, &Enrolment{QWAC: qwac, QSeal: seal}, nil)
	case err != nil:
		return nil, err
	case e.State != Draft || e.Version != version:
		return nil, ErrChanged
	}
	next := *e
	if qwac != nil {
		next.QWAC = qwac
	}
	if seal != nil {
		next.QSeal = seal
	}
	return s.save(ctx, who, &next, e, "uploaded")
}

// save writes both places of a draft. The proof stays where the seal does.
func (s *Enrolments) save(ctx context.Context, who Who, next, former *Enrolment, act string) (*Enrolment, error) {
	same := former.QSeal != nil && next.QSeal != nil && former.QSeal.Info.SHA256 == next.QSeal.Info.SHA256
	err := s.act(ctx, who, next, act, fingerprints(next), func(tx db.Tx) (bool, error) { return saveUploads(tx, next, same) })
	if err != nil {
		return nil, err
	}
	return s.ByID(ctx, who.OrganisationID, next.ID)
}

// Swap puts each certificate in the other's place.
func (s *Enrolments) Swap(ctx context.Context, who Who, version int) (*Enrolment, error) {
	e, err := s.draft(ctx, who, version)
	if err != nil {
		return nil, err
	}
	next := *e
	next.QWAC, next.QSeal = e.QSeal, e.QWAC
	return s.save(ctx, who, &next, e, "swapped")
}

// read reads both files, and says at once what is wrong with either.
func read(files Files) (qwac, seal *Upload, err error) {
	if len(files.QWAC) == 0 && len(files.QSeal) == 0 {
		return nil, nil, fault.Form(fault.Field{Name: FieldQWAC, Message: "Paste or choose your certificates: the QWAC in this field, the QC eSeal in the other."})
	}
	var wrong []fault.Field
	var cause error
	for _, f := range []struct {
		name string
		sent []byte
		into **Upload
	}{{FieldQWAC, files.QWAC, &qwac}, {FieldQSeal, files.QSeal, &seal}} {
		if len(f.sent) == 0 {
			continue
		}
		u, err := readOne(f.sent)
		if err != nil {
			wrong = append(wrong, fault.Field{Name: f.name, Message: err.Error()})
			if r := new(qcert.Refusal); errors.As(err, &r) && r.Code == qcert.KeyUploaded {
				cause = ErrKey
			}
			continue
		}
		*f.into = u
	}
	if len(wrong) > 0 {
		return nil, nil, fault.Form(wrong...).With(cause)
	}
	return qwac, seal, nil
}

func readOne(sent []byte) (*Upload, error) {
	certs, repairs, err := qcert.ReadPEM(sent)
	if err != nil {
		return nil, err
	}
	u := &Upload{Cert: certs[0], Chain: certs[1:], Repairs: repairs}
	u.Info, err = qcert.Parse(u.Cert)
	return u, err
}

// checkAnswer trims an answer and says what is wrong with it.
func checkAnswer(text string) (string, string) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", "Write an answer. The reviewer reads it as it stands."
	case n > maxAnswer:
		return "", "The answer is longer than 4,000 characters. Shorten it."
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return "", "Use plain text: the answer holds control characters."
	}
	return text, ""
}
