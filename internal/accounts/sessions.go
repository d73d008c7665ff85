package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// How long a session lives without being used, and at most (ASVS 7.3).
const (
	idleTPP       = 60 * time.Minute
	longestTPP    = 12 * time.Hour
	idleStaff     = 15 * time.Minute
	longestStaff  = 8 * time.Hour
	longestHalf   = 30 * time.Minute // between the password and the second factor, which may have to be set up first
	touchEvery    = time.Minute
	maxData       = 8 << 10
	maxUserAgent  = 200
	maxRemoteAddr = 64
)

// ErrSessionOver is returned for a session that has ended or never was.
var ErrSessionOver = fault.New(fault.Unauthenticated, "session_over", "You are not signed in any more. Sign in again.")

// Session is a browser's visit. Its token is in the browser's cookie only; here it is known by the token's hash.
type Session struct {
	// ID is the hash of the token.
	ID string
	// Person is who is signed in; nil for an anonymous visitor.
	Person *Person
	// Data is what the pages remember between two requests.
	Data map[string]string
	// AuthAt is when the password was last entered; zero for an anonymous visitor.
	AuthAt time.Time
	// FactorAt is when the second factor was last proved; zero where it was not.
	FactorAt  time.Time
	CreatedAt time.Time
	SeenAt    time.Time
	IP        string
	UserAgent string
}

// Halfway reports whether the person entered the password and still owes the second factor: she is not signed in.
func (s Session) Halfway() bool {
	return s.Person != nil && s.Person.Role.NeedsFactor() && s.FactorAt.IsZero()
}

func (s Session) fresh(now time.Time) bool {
	return !s.FactorAt.IsZero() && now.Sub(s.FactorAt) < FactorLasts
}

// Sessions keeps sessions in the database and reads them from there at every request, so that one that ends, ends
// in all processes at once.
type Sessions struct {
	db  *db.DB
	log *slog.Logger
}

// NewSessions makes the keeper of sessions.
func NewSessions(d *db.DB, log *slog.Logger) *Sessions { return &Sessions{db: d, log: log} }

// Create starts a session, of nobody where personID is empty, and returns its token. Logging in, confirming an address
// and resetting a password each start a new one; the caller kills the old.
func (s *Sessions) Create(ctx context.Context, personID string, data map[string]string, ip, userAgent string) (secret.Text, error) {
	text, err := encodeData(data)
	if err != nil {
		return "", err
	}
	token := secret.Token("")
	err = s.db.InTx(ctx, func(tx db.Tx) error {
		row := sessionRow{
			ID: secret.Hash(token), Data: text, CreatedAt: tx.Now, SeenAt: tx.Now, ExpiresAt: tx.Now.Add(longestTPP),
			IP: cut(ip, maxRemoteAddr), UserAgent: cut(userAgent, maxUserAgent),
		}
		if personID != "" {
			person, err := personByID(tx, personID)
			if err != nil {
				return err
			}
			if Role(person.Role).Staff() {
				row.ExpiresAt = tx.Now.Add(longestStaff)
			}
			row.PersonID, row.AuthAt = &personID, &tx.Now
		}
		return insertSession(tx, row)
	})
	if err != nil {
		return "", fmt.Errorf("start session: %w", err)
	}
	return token, nil
}

// Load finds a live session by its token, with its person as the database knows her now, and notes that it was used.
// Fault: ErrSessionOver.
func (s *Sessions) Load(ctx context.Context, token secret.Text) (Session, error) {
	session, err := s.Peek(ctx, token)
	if err == nil && s.db.Reader(ctx).Now.Sub(session.SeenAt) >= touchEvery {
		s.touch(ctx, session.ID)
	}
	return session, err
}

// Peek is Load without noting that the session was used: for pages that ask by themselves. Fault: ErrSessionOver.
func (s *Sessions) Peek(ctx context.Context, token secret.Text) (Session, error) {
	reader := s.db.Reader(ctx)
	row, err := sessionByID(reader, secret.Hash(token))
	if err != nil {
		return Session{}, s.db.Fault(ctx, err)
	}
	if !row.live(reader.Now) {
		return Session{}, ErrSessionOver
	}
	return row.session()
}

// byID finds a live session of a known person by its ID. Fault: ErrSessionOver.
func (s *Sessions) byID(ctx context.Context, id string) (Session, error) {
	session, err := liveSession(s.db.Reader(ctx), id)
	if err != nil {
		return Session{}, s.db.Fault(ctx, err)
	}
	return session, nil
}

func liveSession(q db.Tx, id string) (Session, error) {
	row, err := sessionByID(q, id)
	if err != nil {
		return Session{}, err
	}
	if row.PersonID == nil || !row.live(q.Now) {
		return Session{}, ErrSessionOver
	}
	return row.session()
}

// touch notes that the session was used. A database that cannot write now does not keep anybody from reading.
func (s *Sessions) touch(ctx context.Context, id string) {
	err := s.db.InTx(ctx, func(tx db.Tx) error { return touchSession(tx, id) })
	if err != nil {
		s.log.WarnContext(ctx, "cannot note the use of a session", "error", err.Error())
	}
}

// Save replaces what the session remembers. Fault: ErrSessionOver.
func (s *Sessions) Save(ctx context.Context, token secret.Text, data map[string]string) error {
	text, err := encodeData(data)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx db.Tx) error { return saveSession(tx, secret.Hash(token), text) })
}

// Renew gives the session a new token and keeps all else, after its person proved more than before. The old token ends.
// Fault: ErrSessionOver.
func (s *Sessions) Renew(ctx context.Context, old secret.Text) (secret.Text, error) {
	token := secret.Token("")
	err := s.db.InTx(ctx, func(tx db.Tx) error { return renameSession(tx, secret.Hash(old), secret.Hash(token)) })
	if err != nil {
		return "", err
	}
	return token, nil
}

// Rotate gives the visit a new token, of this person from now on, and ends the old one. What an anonymous visitor
// left is not taken along.
func (s *Sessions) Rotate(ctx context.Context, old secret.Text, personID, ip, userAgent string) (secret.Text, error) {
	if err := s.Kill(ctx, old); err != nil {
		return "", err
	}
	return s.Create(ctx, personID, nil, ip, userAgent)
}

// Kill ends the session at once in all processes. One that is over already is no error.
func (s *Sessions) Kill(ctx context.Context, token secret.Text) error {
	return s.db.InTx(ctx, func(tx db.Tx) error { return deleteSession(tx, secret.Hash(token)) })
}

// KillAll ends every session of the person, at her own wish.
func (s *Sessions) KillAll(ctx context.Context, personID string) error {
	return s.db.InTx(ctx, func(tx db.Tx) error {
		row, err := personByID(tx, personID)
		if err != nil {
			return err
		}
		if err := deleteSessionsOf(tx, personID); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: personID, Organisation: row.OrganisationID, Act: "accounts.logged_out_everywhere", Object: personID})
	})
}

// List is where the person is signed in, the latest first. A session that owes the second factor is not signed in.
func (s *Sessions) List(ctx context.Context, personID string) ([]Session, error) {
	reader := s.db.Reader(ctx)
	rows, err := sessionsOf(reader, personID)
	if err != nil {
		return nil, s.db.Fault(ctx, err)
	}
	var list []Session
	for _, row := range rows {
		if !row.live(reader.Now) {
			continue
		}
		session, err := row.session()
		if err != nil {
			return nil, err
		}
		if !session.Halfway() {
			list = append(list, session)
		}
	}
	return list, nil
}

func encodeData(data map[string]string) (string, error) {
	if data == nil {
		data = map[string]string{}
	}
	text, err := json.Marshal(data)
	if err != nil {
		return "", fmt.Errorf("encode session: %w", err)
	}
	if len(text) > maxData {
		return "", fmt.Errorf("a session holds at most %d bytes, not %d", maxData, len(text))
	}
	return string(text), nil
}

// cut shortens text that a browser sent to what can be stored: valid, without control characters.
func cut(text string, most int) string {
	kept := make([]rune, 0, min(len(text), most))
	for _, r := range text {
		if len(kept) == most {
			break
		}
		if r >= ' ' && r != 0x7f && r != '\uFFFD' {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
