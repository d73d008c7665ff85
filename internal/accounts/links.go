package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// Purpose is what a one-time link is good for.
type Purpose string

// The purposes.
const (
	ForVerify Purpose = "verify"
	ForReset  Purpose = "reset"
	ForStaff  Purpose = "staff"
)

// Life is how long a link of this purpose can be used.
func (p Purpose) Life() time.Duration {
	if p == ForReset {
		return time.Hour
	}
	return 24 * time.Hour
}

// The faults of links. They tell no more than whoever holds the letter knows.
var (
	ErrLinkUnknown = fault.New(fault.NotFound, "link_unknown", "A part of this link is missing, or a newer letter took its place. Open it from the newest letter, or copy the whole address.")
	ErrLinkUsed    = fault.New(fault.Conflict, "link_used", "This link was used already. Each link works once.")
	ErrLinkOver    = fault.New(fault.Conflict, "link_over", "This link is too old. Ask for a new one.")
)

// LinkToken is the last part of a link's address. It is made from the id, so a letter that is written twice
// carries the same link, and the database alone does not give it away.
func (a *Accounts) LinkToken(linkID string) secret.Text {
	return secret.Text(linkID + "." + a.ring.MAC("link", linkID))
}

func (a *Accounts) linkID(token string) (string, bool) {
	id, sum, _ := strings.Cut(token, ".")
	if !strings.HasPrefix(id, "lnk_") || len(token) > 200 || !a.ring.CheckMAC("link", id, sum) {
		return "", false
	}
	return id, true
}

// Mint makes a link for a letter that is being written. The id came with the fact, so a second call for the
// same fact changes nothing.
func (a *Accounts) Mint(ctx context.Context, purpose Purpose, personID, linkID string) (secret.Text, error) {
	err := a.db.InTx(ctx, func(tx db.Tx) error { return insertLink(tx, purpose, personID, linkID) })
	if err != nil {
		return "", fmt.Errorf("mint link: %w", err)
	}
	return a.LinkToken(linkID), nil
}

// Holder finds the person that a link was sent to, and spends nothing. Faults: ErrLinkUnknown, ErrLinkUsed,
// ErrLinkOver; with the latter two the person is known.
func (a *Accounts) Holder(ctx context.Context, purpose Purpose, token string) (Person, error) {
	id, ok := a.linkID(token)
	if !ok {
		return Person{}, ErrLinkUnknown
	}
	reader := a.db.Reader(ctx)
	link, person, err := linkHolder(reader, purpose, id)
	if err != nil {
		return Person{}, a.db.Fault(ctx, err)
	}
	return person.person(), link.usable(reader.Now)
}

// spendLink marks the link as used, once, and tells whose it is.
func (a *Accounts) spendLink(tx db.Tx, purpose Purpose, token string) (personRow, error) {
	id, ok := a.linkID(token)
	if !ok {
		return personRow{}, ErrLinkUnknown
	}
	spent, err := useLink(tx, purpose, id)
	if err != nil {
		return personRow{}, fmt.Errorf("spend link: %w", err)
	}
	link, person, err := linkHolder(tx, purpose, id)
	if err != nil {
		return personRow{}, err
	}
	if !spent {
		return personRow{}, link.unusable(tx.Now)
	}
	return person, nil
}
