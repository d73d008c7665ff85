package accounts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// What the support desk asks and may do. Staff is nobody's member and is never found here.

const (
	// maxPeople is how many people of an organisation the desk is shown.
	maxPeople = 50
	// maxNetworks is how many networks of a person's earlier sessions are looked at.
	maxNetworks = 20
)

// The faults of the desk.
var (
	ErrNoOrganisation  = fault.New(fault.NotFound, "organisation_unknown", "There is no such organisation. It may have been removed since; search for it again.")
	ErrVerifiedAlready = fault.New(fault.Conflict, "address_verified", "This address is confirmed already, so there is nothing to send. The person can sign in.")
)

// Organisation is a third-party provider as it called itself when it signed up.
type Organisation struct {
	ID, Name string
	// Country is an ISO 3166-1 code.
	Country   string
	CreatedAt time.Time
}

// Member is somebody of an organisation as the support sees her. Times that never were are zero.
type Member struct {
	Person
	// Membership is what she may do in the organisation: owner, developer or reader.
	Membership string
	// VerifiedAt is when the address was proved, DisabledAt when the account was closed.
	VerifiedAt, DisabledAt time.Time
	// LastSignIn is when she last signed in.
	LastSignIn time.Time
	// LockedUntil is set where tries from many networks have used up the account's limit.
	LockedUntil time.Time
	// SlowedUntil is set where a network that she used before has to wait.
	SlowedUntil time.Time
}

// OrganisationIn is an organisation, read in the caller's transaction. Fault: ErrNoOrganisation.
func (a *Accounts) OrganisationIn(tx db.Tx, id string) (Organisation, error) {
	return organisationByID(tx, id)
}

// OrganisationOf is the organisation of the person with this address, however it is written. Faults: ErrUnknown, also for
// staff.
func (a *Accounts) OrganisationOf(tx db.Tx, typed string) (organisationID, personID string, err error) {
	email, ok := parseAddress(typed)
	if !ok {
		return "", "", ErrUnknown
	}
	row, err := personByKey(tx, email.key)
	if err == nil && (Role(row.Role).Staff() || row.OrganisationID == "") {
		err = ErrUnknown
	}
	return row.OrganisationID, row.ID, err
}

// OrganisationsNamed lists organisations whose name begins with this text, in the order of their names. Capital and small
// letters are the same.
func (a *Accounts) OrganisationsNamed(tx db.Tx, beginning string, most int) ([]Organisation, error) {
	if beginning == "" || !utf8.ValidString(beginning) || strings.ContainsRune(beginning, 0) {
		return nil, nil
	}
	var list []Organisation
	for _, spelling := range spellings(beginning) {
		found, err := organisationsNamed(tx, spelling, most)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if len(list) < most && !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
	}
	return list, nil
}

// spellings are the ways in which a name is usually written. A database may fold no letters but those of ASCII.
func spellings(text string) []string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return []string{text}
	}
	small := strings.ToLower(text)
	first, size := utf8.DecodeRuneInString(small)
	all := []string{text, small, string(unicode.ToTitle(first)) + small[size:], strings.ToUpper(text)}
	slices.Sort(all)
	return slices.Compact(all)
}

// MembersIn lists who belongs to an organisation, confirmed or not, the first to come first; at most fifty.
func (a *Accounts) MembersIn(tx db.Tx, organisationID string) ([]Member, error) {
	rows, err := everybodyOf(tx, organisationID, maxPeople)
	if err != nil {
		return nil, err
	}
	members := make([]Member, 0, len(rows))
	for _, row := range rows {
		m := Member{Person: row.person(), Membership: row.Membership, VerifiedAt: instantOf(row.VerifiedAt), DisabledAt: instantOf(row.DisabledAt)}
		if err := errors.Join(a.addSignIn(tx, &m), a.addThrottles(tx, row, &m)); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}

func (a *Accounts) addSignIn(tx db.Tx, m *Member) error {
	at, err := audit.LastIn(tx, "accounts.logged_in", m.ID)
	m.LastSignIn = at
	return err
}

// addThrottles tells what keeps the account from signing in. The delays of networks that she never used are not known:
// they are counted by network, and hold up nobody but that network.
func (a *Accounts) addThrottles(tx db.Tx, row personRow, m *Member) error {
	window := tx.Now.Truncate(failuresPerAccount.window)
	n, err := countOf(tx, a.throttleKey(failuresPerAccount.name, row.EmailKey), window.Unix())
	if err != nil {
		return err
	}
	if n >= int64(failuresPerAccount.most) {
		m.LockedUntil = window.Add(failuresPerAccount.window)
	}
	keys, err := a.delayKeys(tx, row)
	if err != nil || len(keys) == 0 {
		return err
	}
	until, err := latestDelay(tx, keys)
	if until.After(tx.Now) {
		m.SlowedUntil = until
	}
	return err
}

// delayKeys are what the tries are counted by that come from networks which the person has sessions of.
func (a *Accounts) delayKeys(tx db.Tx, row personRow) ([]string, error) {
	addresses, err := networksOf(tx, row.ID, maxNetworks)
	keys := make([]string, 0, len(addresses))
	for _, ip := range addresses {
		keys = append(keys, a.throttleKey("login.account", network(ip)+"|"+row.EmailKey))
	}
	slices.Sort(keys)
	return slices.Compact(keys), err
}

// Unlock forgets the failed log-ins that are counted against a member's account. Of the delays it forgets those of
// networks that she has sessions of; any other lasts a minute at most. Fault: ErrUnknown.
func (a *Accounts) Unlock(ctx context.Context, by, organisationID, personID string) (Person, error) {
	var row personRow
	err := a.db.InTx(ctx, func(tx db.Tx) (err error) {
		if row, err = memberByID(tx, organisationID, personID); err != nil {
			return err
		}
		keys, err := a.delayKeys(tx, row)
		if err != nil {
			return err
		}
		keys = append(keys, a.throttleKey(failuresPerAccount.name, row.EmailKey))
		if err := forgetCounts(tx, keys); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: by, Organisation: organisationID, Act: "accounts.unlocked", Object: row.ID})
	})
	return row.person(), err
}

// SendVerification has the letter sent again that confirms a member's address, at most once a minute. Faults: ErrUnknown,
// ErrVerifiedAlready, ErrTooMany.
func (a *Accounts) SendVerification(ctx context.Context, by, organisationID, personID string) (Person, error) {
	row, err := memberByID(a.db.Reader(ctx), organisationID, personID)
	if err != nil {
		return Person{}, a.db.Fault(ctx, err)
	}
	if row.VerifiedAt != nil {
		return row.person(), ErrVerifiedAlready
	}
	if err := a.spend(ctx, resendEvery, row.ID); err != nil {
		return row.person(), err
	}
	err = a.db.InTx(ctx, func(tx db.Tx) error {
		if err := a.queue.Tell(tx, SignedUp{ID: secret.ID("fact"), PersonID: row.ID, LinkID: secret.ID("lnk")}); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: by, Organisation: organisationID, Act: "accounts.letter_sent_again", Object: row.ID})
	})
	return row.person(), err
}

func instantOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
