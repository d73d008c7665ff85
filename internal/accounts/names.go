package accounts

import "context"

// maxNamed is how many ids one question names at most; more are left out.
const maxNamed = 500

// Organisations are those of these ids, by id, for staff. Ids that nobody has are left out.
func (a *Accounts) Organisations(ctx context.Context, ids []string) (map[string]Organisation, error) {
	found, err := organisationsOf(a.db.Reader(ctx), ids[:min(len(ids), maxNamed)])
	if err != nil {
		return nil, a.db.Fault(ctx, err)
	}
	return found, nil
}

// People are the persons of these ids, by id, for staff. Ids that nobody has are left out.
func (a *Accounts) People(ctx context.Context, ids []string) (map[string]Person, error) {
	rows, err := peopleOf(a.db.Reader(ctx), ids[:min(len(ids), maxNamed)])
	if err != nil {
		return nil, a.db.Fault(ctx, err)
	}
	people := make(map[string]Person, len(rows))
	for _, row := range rows {
		people[row.ID] = row.person()
	}
	return people, nil
}
