package accounts

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// Administered is an organisation as administrators see it.
type Administered struct {
	ID      string
	Name    string
	Country string
	// Members are its people, with those who have not confirmed their address yet.
	Members   int
	CreatedAt time.Time
	// Suspension is nil while the organisation may go on.
	Suspension *Suspension
}

// Suspension says since when an organisation is suspended, who did it, and why.
type Suspension struct {
	At     time.Time
	By     string
	Reason string
}

const (
	organisationsShown = 50
	longestSearch      = 100
	// mostNames is how many names are looked up at once.
	mostNames = 500
)

// OrganisationSearch narrows the list of organisations. What is empty lets everything through.
type OrganisationSearch struct {
	// Name is the beginning of a name; the case of its plain letters does not matter.
	Name string
	// IDs are organisations to choose among.
	IDs []string
	// Suspended leaves out those that may go on.
	Suspended bool
	// After is the id of an organisation: the list goes on behind it.
	After string
}

// OrganisationPage is a part of the list, by name.
type OrganisationPage struct {
	Organisations []Administered
	// Next goes into OrganisationSearch.After; empty where the list ends.
	Next string
}

// Search lists organisations for staff, fifty at a time. A name that no organisation can have finds none.
func (a *Accounts) Search(ctx context.Context, s OrganisationSearch) (OrganisationPage, error) {
	if utf8.RuneCountInString(s.Name) > longestSearch || !utf8.ValidString(s.Name) || strings.ContainsRune(s.Name, 0) || len(s.IDs) > mostNames {
		return OrganisationPage{}, nil
	}
	rows, err := searchOrganisations(a.db.Reader(ctx), s, organisationsShown+1)
	if err != nil {
		return OrganisationPage{}, a.db.Fault(ctx, err)
	}
	var page OrganisationPage
	if len(rows) > organisationsShown {
		rows = rows[:organisationsShown]
		page.Next = rows[organisationsShown-1].ID
	}
	for _, r := range rows {
		page.Organisations = append(page.Organisations, r.administered())
	}
	return page, nil
}

// Administered finds one for staff, whoever it belongs to. Fault: ErrNoOrganisation.
func (a *Accounts) Administered(ctx context.Context, organisationID string) (Administered, error) {
	row, err := administeredByID(a.db.Reader(ctx), organisationID)
	if err != nil {
		return Administered{}, a.db.Fault(ctx, err)
	}
	return row.administered(), nil
}

// Addresses gives the e-mail addresses of people by id, for staff; those who are gone are left out. It looks up 500 at
// most.
func (a *Accounts) Addresses(ctx context.Context, ids []string) (map[string]string, error) {
	addresses, err := addressesOf(a.db.Reader(ctx), ids[:min(len(ids), mostNames)])
	return addresses, a.db.Fault(ctx, err)
}

// ByAddress finds a person for staff by the e-mail address as somebody types it. Fault: ErrUnknown, also for what is no
// address.
func (a *Accounts) ByAddress(ctx context.Context, typed string) (Person, error) {
	email, fields := addressField(typed)
	if len(fields) > 0 {
		return Person{}, ErrUnknown
	}
	row, err := personByKey(a.db.Reader(ctx), email.key)
	if err != nil {
		return Person{}, a.db.Fault(ctx, err)
	}
	return row.person(), nil
}
