package playground

import (
	"context"
	"time"

	"fairway/internal/apps"
	"fairway/internal/certs"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/progress"
)

// journey is how far an organisation has come on the way to its first 200 OK.
type journey struct {
	email              string
	set                certs.Set
	hasSet             bool
	apps               []apps.App
	signed, answered   bool
	answeredAt, joined time.Time
}

func (p *Playground) journey(ctx context.Context, v httpkit.Visitor) (journey, error) {
	j := journey{email: v.Email}
	var err error
	if j.set, j.hasSet, err = p.activeSet(ctx, v.OrganisationID); err != nil {
		return j, err
	}
	if j.apps, err = p.Apps.List(ctx, v.OrganisationID, env); err != nil {
		return j, err
	}
	if j.answeredAt, j.answered, err = p.Calls.FirstSuccess(ctx, v.OrganisationID, string(env), progress.FirstAnswer); err != nil {
		return j, err
	}
	if j.signed = j.answered; !j.signed {
		_, j.signed, err = p.Calls.FirstSuccess(ctx, v.OrganisationID, string(env), progress.FirstSigned)
	}
	if err != nil || !j.answered {
		return j, err
	}
	person, err := p.Accounts.ByID(ctx, v.PersonID)
	j.joined = person.CreatedAt
	return j, err
}

// activeSet is the organisation's set that works now, if it has one.
func (p *Playground) activeSet(ctx context.Context, organisationID string) (certs.Set, bool, error) {
	set, err := p.Certs.Active(ctx, organisationID, env)
	if fault.Is(err, fault.NotFound) {
		return certs.Set{}, false, nil
	}
	return set, err == nil, err
}

// connected is the first of the apps with a connection.
func (j journey) connected() (apps.App, bool) {
	for _, a := range j.apps {
		if len(a.Connections) > 0 {
			return a, true
		}
	}
	return apps.App{}, false
}

// done tells of each of the six steps whether it was taken.
func (j journey) done() [6]bool {
	_, connected := j.connected()
	return [6]bool{true, j.hasSet, len(j.apps) > 0, connected, j.signed, j.answered}
}

// ready reports whether nothing is missing for a first request.
func (j journey) ready() bool {
	d := j.done()
	return d[1] && d[2] && d[3]
}

// state is done as a short text, which a page sends along to hear only of changes.
func (j journey) state() string {
	text := make([]byte, 0, 6)
	for _, done := range j.done() {
		if done {
			text = append(text, '1')
		} else {
			text = append(text, '0')
		}
	}
	return string(text)
}

func (j journey) count() int {
	n := 0
	for _, done := range j.done() {
		if done {
			n++
		}
	}
	return n
}
