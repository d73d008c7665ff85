package backoffice

import (
	"cmp"
	"slices"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/mail"
	"fairway/internal/progress"
	"fairway/internal/quota"
)

const (
	callsShown   = 50
	setsShown    = 5
	lettersShown = 50
)

// tppFile is what the desk shows of an organisation, all of one instant.
type tppFile struct {
	now          time.Time
	organisation accounts.Organisation
	people       []accounts.Member
	sets         map[catalog.Environment][]certs.Set
	apps         []apps.App
	calls        []calls.Call
	enrolments   []*enrolments.Enrolment
	letters      []mail.Sent
	consents     []consents.Count
	limits       []quota.Limit
	taken        progress.Taken
}

// read fills a tppFile in one transaction. Fault: accounts.ErrNoOrganisation.
func (f *Face) read(tx db.Tx, organisationID string) (*tppFile, error) {
	d := &tppFile{now: tx.Now, sets: map[catalog.Environment][]certs.Set{}}
	for _, part := range []func(db.Tx, string, *tppFile) error{
		f.readPeople, f.readCertificates, f.readApps, f.readCalls, f.readLetters, f.readTaken,
	} {
		if err := part(tx, organisationID, d); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (f *Face) readPeople(tx db.Tx, id string, d *tppFile) (err error) {
	if d.organisation, err = f.Accounts.OrganisationIn(tx, id); err != nil {
		return err
	}
	d.people, err = f.Accounts.MembersIn(tx, id)
	return err
}

func (f *Face) readCertificates(tx db.Tx, id string, d *tppFile) (err error) {
	for _, env := range catalog.Environments() {
		sets, err := f.Certs.HistoryIn(tx, id, env)
		if err != nil {
			return err
		}
		d.sets[env] = sets[:min(setsShown, len(sets))]
	}
	d.enrolments, err = f.Enrolments.HistoryIn(tx, id)
	return err
}

func (f *Face) readApps(tx db.Tx, id string, d *tppFile) error {
	for _, env := range catalog.Environments() {
		list, err := f.Apps.ListIn(tx, id, env)
		if err != nil {
			return err
		}
		d.apps = append(d.apps, list...)
	}
	return nil
}

func (f *Face) readCalls(tx db.Tx, id string, d *tppFile) error {
	found, err := f.Calls.ListIn(tx, id, calls.Filter{Limit: callsShown})
	if err != nil {
		return err
	}
	d.calls = found.Calls
	if d.consents, err = f.Consents.CountsIn(tx, id); err != nil {
		return err
	}
	d.limits, err = quota.Of(tx, id)
	return err
}

func (f *Face) readLetters(tx db.Tx, _ string, d *tppFile) error {
	for _, m := range d.people {
		sent, err := f.Letters.SentTo(tx, m.Email, lettersShown)
		if err != nil {
			return err
		}
		d.letters = append(d.letters, sent...)
	}
	slices.SortStableFunc(d.letters, func(a, b mail.Sent) int { return b.BegunAt.Compare(a.BegunAt) })
	d.letters = d.letters[:min(lettersShown, len(d.letters))]
	return nil
}

// readTaken says when each step to the first 200 OK was taken, by what is there now.
func (f *Face) readTaken(tx db.Tx, id string, d *tppFile) (err error) {
	for _, m := range d.people {
		earliest(&d.taken[progress.Verify], m.VerifiedAt)
	}
	for _, s := range d.sets[catalog.Sandbox] {
		if s.Status == certs.Active {
			earliest(&d.taken[progress.Certify], s.CreatedAt)
		}
	}
	for _, a := range d.apps {
		if a.Environment != catalog.Sandbox {
			continue
		}
		earliest(&d.taken[progress.CreateApp], a.CreatedAt)
		for _, c := range a.Connections {
			earliest(&d.taken[progress.Connect], c.CreatedAt)
		}
	}
	if d.taken[progress.Sign], err = f.Calls.FirstSuccessIn(tx, id, string(catalog.Sandbox), progress.FirstSigned); err != nil {
		return err
	}
	d.taken[progress.Answer], err = f.Calls.FirstSuccessIn(tx, id, string(catalog.Sandbox), progress.FirstAnswer)
	if d.taken[progress.Sign].IsZero() {
		d.taken[progress.Sign] = d.taken[progress.Answer]
	}
	return err
}

func earliest(have *time.Time, at time.Time) {
	if !at.IsZero() && (have.IsZero() || at.Before(*have)) {
		*have = at
	}
}

// grouped is how often requests were refused with one code.
type grouped struct {
	code string
	n    int
	last calls.Call
}

// refusals groups what was refused by its code, the most frequent first. Calls come newest first.
func refusals(list []calls.Call) []grouped {
	var out []grouped
	for _, call := range list {
		if call.Status < 400 {
			continue
		}
		code := cmp.Or(call.Code, statusOf(call))
		i := slices.IndexFunc(out, func(g grouped) bool { return g.code == code })
		if i < 0 {
			out = append(out, grouped{code: code, last: call})
			i = len(out) - 1
		}
		out[i].n++
	}
	slices.SortStableFunc(out, func(a, b grouped) int { return b.n - a.n })
	return out
}
