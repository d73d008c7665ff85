package signin

import (
	"context"
	"errors"

	"fairway/internal/accounts"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
)

// Keeper lets the people's door keep its sessions with accounts.
type Keeper struct {
	sessions *accounts.Sessions
}

// NewKeeper makes the adapter.
func NewKeeper(s *accounts.Sessions) Keeper { return Keeper{sessions: s} }

// Load finds a live session by the cookie's token; ok is false where there is none.
func (k Keeper) Load(ctx context.Context, token string) (httpkit.Kept, bool, error) {
	return found(k.sessions.Load(ctx, secret.Text(token)))
}

// Peek finds a live session and does not count it as used.
func (k Keeper) Peek(ctx context.Context, token string) (httpkit.Kept, bool, error) {
	return found(k.sessions.Peek(ctx, secret.Text(token)))
}

func found(s accounts.Session, err error) (httpkit.Kept, bool, error) {
	if errors.Is(err, accounts.ErrSessionOver) {
		return httpkit.Kept{}, false, nil
	}
	if err != nil {
		return httpkit.Kept{}, false, err
	}
	kept := httpkit.Kept{Data: s.Data}
	if p := s.Person; p != nil {
		v := httpkit.Visitor{
			PersonID: p.ID, Email: p.Email, Role: string(p.Role), OrganisationID: p.OrganisationID,
			Organisation: p.OrganisationName, Country: p.Country, Session: s.ID, AuthAt: s.AuthAt, FactorAt: s.FactorAt,
		}
		if p.Suspension != nil {
			v.Suspended = p.Suspension.Reason
		}
		if s.Halfway() {
			kept.Owing = v
		} else {
			kept.Visitor = v
		}
	}
	return kept, true, nil
}

// Create starts a session, of nobody where personID is empty, and returns the cookie's token.
func (k Keeper) Create(ctx context.Context, personID string, data map[string]string, ip, userAgent string) (string, error) {
	token, err := k.sessions.Create(ctx, personID, data, ip, userAgent)
	return token.Reveal(), err
}

// Renew gives the session a new token.
func (k Keeper) Renew(ctx context.Context, old string) (string, error) {
	token, err := k.sessions.Renew(ctx, secret.Text(old))
	return token.Reveal(), err
}

// Save replaces the session's data. What a session that has ended meanwhile would have remembered is dropped.
func (k Keeper) Save(ctx context.Context, token string, data map[string]string) error {
	err := k.sessions.Save(ctx, secret.Text(token), data)
	if errors.Is(err, accounts.ErrSessionOver) {
		return nil
	}
	return err
}

// Kill ends the session.
func (k Keeper) Kill(ctx context.Context, token string) error {
	return k.sessions.Kill(ctx, secret.Text(token))
}
