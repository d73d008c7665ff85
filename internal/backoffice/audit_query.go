package backoffice

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/fault"
)

// maxTyped is the longest text of a search that is looked at, in bytes.
const maxTyped = 400

// clip cuts and cleans what an address says.
func clip(text string) string {
	return strings.ToValidUTF8(strings.TrimSpace(text[:min(len(text), maxTyped)]), "")
}

// auditQuery is what somebody asks of the trail, as it was typed.
type auditQuery struct {
	actor, act, organisation, object, from, to, before string
}

func readAuditQuery(value func(string) string) auditQuery {
	read := func(name string) string { return clip(value(name)) }
	return auditQuery{actor: read("actor"), act: read("act"), organisation: read("organisation"), object: read("object"),
		from: read("from"), to: read("to"), before: read("before")}
}

// fields are what narrows the list, in the order of the form.
func (q auditQuery) fields() [][2]string {
	return [][2]string{{"actor", q.actor}, {"act", q.act}, {"organisation", q.organisation}, {"object", q.object}, {"from", q.from}, {"to", q.to}}
}

func (q auditQuery) filtered() bool { return len(q.detail()) > 0 }

// detail is the filter for the trail, which keeps who took what along.
func (q auditQuery) detail() map[string]string {
	detail := map[string]string{}
	for _, field := range q.fields() {
		if field[1] != "" {
			detail[field[0]] = field[1]
		}
	}
	return detail
}

// address is the page of this filter from a line on; zero is its beginning.
func (q auditQuery) address(before int64) string {
	values := url.Values{}
	for name, text := range q.detail() {
		values.Set(name, text)
	}
	if before > 0 {
		values.Set("before", strconv.FormatInt(before, 10))
	}
	if len(values) == 0 {
		return auditPath
	}
	return auditPath + "?" + values.Encode()
}

// filter reads the query in the trail's own words. What cannot be right comes back as the fault of a form.
func (f *Face) filter(ctx context.Context, q auditQuery) (audit.Filter, error) {
	filter := audit.Filter{Act: q.act, Object: q.object}
	var problems, more []fault.Field
	filter.From, problems = readDay("from", q.from)
	filter.To, more = readDay("to", q.to)
	problems = append(problems, more...)
	if !filter.To.IsZero() {
		filter.To = filter.To.AddDate(0, 0, 1) // the day itself counts
	}
	if n, err := strconv.ParseInt(q.before, 10, 64); err == nil && n > 0 {
		filter.Before = n
	}
	var err error
	if filter.Actor, more, err = f.actor(ctx, q.actor); err != nil {
		return filter, err
	}
	problems = append(problems, more...)
	if filter.Organisation, more, err = f.organisationNamed(ctx, q.organisation); err != nil {
		return filter, err
	}
	if problems = append(problems, more...); len(problems) > 0 {
		return filter, fault.Form(problems...)
	}
	return filter, nil
}

func readDay(field, typed string) (time.Time, []fault.Field) {
	if typed == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, typed)
	if err != nil || at.Year() < 1 {
		return time.Time{}, []fault.Field{{Name: field, Message: "This is no day. Write it as year, month and day: 2026-03-31."}}
	}
	return at, nil
}

// actor takes an id, "system", "command" or an e-mail address.
func (f *Face) actor(ctx context.Context, typed string) (id string, problems []fault.Field, err error) {
	if !strings.Contains(typed, "@") {
		return typed, nil, nil
	}
	person, err := f.Accounts.ByAddress(ctx, typed)
	if errors.Is(err, accounts.ErrUnknown) {
		return "", []fault.Field{{Name: "actor", Message: "Nobody has this e-mail address. Compare it, or enter the person’s id, system or command."}}, nil
	}
	return person.ID, nil, err
}

// organisationNamed takes an id, or the beginning of a name that only one organisation has.
func (f *Face) organisationNamed(ctx context.Context, typed string) (id string, problems []fault.Field, err error) {
	if typed == "" || strings.HasPrefix(typed, "org_") {
		return typed, nil, nil
	}
	list, err := f.Accounts.Search(ctx, accounts.OrganisationSearch{Name: typed})
	if err != nil {
		return "", nil, err
	}
	for _, o := range list.Organisations {
		if len(list.Organisations) == 1 || strings.EqualFold(o.Name, typed) {
			return o.ID, nil, nil
		}
	}
	text := "No organisation has this id or a name that begins so. Look it up under Organisations."
	if len(list.Organisations) > 1 {
		text = "Several organisations have a name that begins so. Enter the whole name, or the id that Organisations shows."
	}
	return "", []fault.Field{{Name: "organisation", Message: text}}, nil
}
