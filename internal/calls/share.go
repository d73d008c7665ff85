package calls

import (
	"context"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

const (
	// ShareLife is how long a link to a call works.
	ShareLife = 7 * 24 * time.Hour
	// MaxShares is how many links to one call may work at once.
	MaxShares = 5
	sharePart = "req_"
	// longestShare is above the length of every token that Share made.
	longestShare = 64
)

var (
	errShares = fault.New(fault.Conflict, "too_many_links", "Five links to this request work already. Revoke one, or hand out one of those that you have.")
	// errNoShare is one answer for links that never were, are over or were revoked.
	errNoShare = fault.New(fault.NotFound, "link_unknown", "There is no request behind this link. A link works for seven days, and ends earlier when it is revoked. Ask whoever gave it to you for a new one.")
	errNoLink  = fault.New(fault.NotFound, "link_gone", "There is no such link to this request; it may be over or revoked already.")
)

// Share is a link by which somebody without an account sees one call, without what is secret in it. The link itself is
// known to whom it was shown alone.
type Share struct {
	ID, OrganisationID string
	CallID             int64
	By                 string // who made it: the id of a person
	CreatedAt          time.Time
	ExpiresAt          time.Time
}

// Share makes a link to a call of an organisation. The token is shown once. Faults: NotFound "call_unknown", Conflict
// "too_many_links".
func (l *Log) Share(ctx context.Context, organisationID string, id int64, by string) (secret.Text, Share, error) {
	token := secret.Token(sharePart)
	share := Share{ID: secret.ID("shr"), OrganisationID: organisationID, CallID: id, By: by}
	err := l.db.InTx(ctx, func(tx db.Tx) error {
		if err := tx.Lock("calls.share." + FormatID(id)); err != nil {
			return err
		}
		if _, err := byID(tx, organisationID, id); err != nil {
			return err
		}
		have, err := sharesOf(tx, organisationID, id, tx.Now)
		if err != nil {
			return err
		}
		if len(have) >= MaxShares {
			return errShares
		}
		share.CreatedAt, share.ExpiresAt = tx.Now, tx.Now.Add(ShareLife)
		if err := insertShare(tx, share, secret.Hash(token)); err != nil {
			return err
		}
		return audit.Write(tx, share.entry(by, "calls.shared"))
	})
	return token, share, err
}

func (s Share) entry(by, act string) audit.Entry {
	return audit.Entry{Actor: by, Organisation: s.OrganisationID, Act: act, Object: FormatID(s.CallID), Detail: map[string]string{"link": s.ID}}
}

// Shares lists the links to a call that work, newest first.
func (l *Log) Shares(ctx context.Context, organisationID string, id int64) ([]Share, error) {
	tx := l.db.Reader(ctx)
	found, err := sharesOf(tx, organisationID, id, l.clock.Now())
	return found, l.db.Fault(ctx, err)
}

// RevokeShare ends a link to a call at once. Fault: NotFound "link_gone".
func (l *Log) RevokeShare(ctx context.Context, organisationID string, id int64, share, by string) error {
	return l.db.InTx(ctx, func(tx db.Tx) error {
		gone, err := deleteShare(tx, organisationID, id, share, tx.Now)
		if err != nil {
			return err
		}
		if !gone {
			return errNoLink
		}
		return audit.Write(tx, Share{ID: share, OrganisationID: organisationID, CallID: id}.entry(by, "calls.share_revoked"))
	})
}

// Shared finds the call behind a link, with its details. Fault: NotFound "link_unknown" for whatever does not work.
func (l *Log) Shared(ctx context.Context, token secret.Text) (Call, Share, error) {
	call, share, err := l.SharedIn(l.db.Reader(ctx), token)
	return call, share, l.db.Fault(ctx, err)
}

// SharedIn is Shared in the caller's transaction.
func (l *Log) SharedIn(tx db.Tx, token secret.Text) (Call, Share, error) {
	if len(token) > longestShare {
		return Call{}, Share{}, errNoShare
	}
	share, ok, err := shareByHash(tx, secret.Hash(token), l.clock.Now())
	if err != nil {
		return Call{}, Share{}, err
	}
	if !ok {
		return Call{}, Share{}, errNoShare
	}
	call, err := byID(tx, share.OrganisationID, share.CallID)
	if fault.Is(err, fault.NotFound) { // it was older than its link
		err = errNoShare
	}
	return call, share, err
}
