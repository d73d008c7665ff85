// Package refresh owns the daily fetching of the trusted lists and of the EBA's register: from where, and what became of it.
// What is believed of a file is its domain's business.
package refresh

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/outbound"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
)

// Actor is who imports what was fetched, as the audit trail and the sources name it.
const Actor = "refresh"

// Source names what is fetched.
type Source string

// The sources.
const (
	Lists    Source = "trusted_lists"
	Register Source = "register"
)

const (
	// look is how often it is looked whether something is due.
	look = time.Hour
	// often is how long what was fetched lasts: less than a day, so that the hour of the day does not wander.
	often = 23 * time.Hour
	// maxFault is how much of a fault is kept, in characters.
	maxFault = 600
)

// errRefused is a list that was fetched or named in vain.
var errRefused = fault.New(fault.Unavailable, "lists_refused", "A trusted list was refused.")

// errNotHTTPS is a list whose place could be changed on the way.
var errNotHTTPS = errors.New("the address is not an https one")

// Getter asks a public server, as outbound.Client does.
type Getter interface {
	Fetch(ctx context.Context, r outbound.Request) ([]byte, error)
}

// Config says what is fetched. An address that is empty has its source come in by command alone.
type Config struct {
	// Lists is where the list of the lists is published, Register where the EBA's file is, or its description of it.
	Lists, Register string
	// Outside asks for them. It gives a file the time that the largest takes.
	Outside Getter
}

// Deps are what the service hands to.
type Deps struct {
	DB       *db.DB
	Lists    *trustlist.Lists
	Register *register.Register
	Log      *slog.Logger
}

// Refresh is the service. It is safe for concurrent use.
type Refresh struct {
	Deps
	config Config
}

// New makes the service. Listen has it work.
func New(d Deps, config Config) *Refresh { return &Refresh{Deps: d, config: config} }

// Listen has each source fetched that has an address, once a day, and each hour after a fault.
func (r *Refresh) Listen(q *jobs.Queue) {
	if r.config.Lists != "" {
		q.EveryOutside("refresh.trusted_lists", look, func(ctx context.Context) error { return r.Look(ctx, Lists) })
	}
	if r.config.Register != "" {
		q.EveryOutside("refresh.register", look, func(ctx context.Context) error { return r.Look(ctx, Register) })
	}
}

// Look fetches a source unless that went well within the last day. What was wrong with a file is kept and no error.
func (r *Refresh) Look(ctx context.Context, s Source) error {
	known, err := find(r.DB.Reader(ctx), s)
	if err != nil {
		return r.DB.Fault(ctx, err)
	}
	if known.Fault == "" && known.FetchedAt != nil && r.DB.Now().Sub(*known.FetchedAt) < often {
		return nil
	}
	if s == Lists {
		return r.FetchLists(ctx)
	}
	return r.FetchRegister(ctx)
}

// State is what became of fetching a source.
type State struct {
	// Address is where it is fetched from; empty where it comes in by command alone.
	Address string
	// FetchedAt is when it last went well, TriedAt when it was last tried; zero where that never was.
	FetchedAt, TriedAt time.Time
	// Fault is what was wrong at the last try; empty where nothing was.
	Fault string
}

// State tells what became of fetching a source, for people who look after it.
func (r *Refresh) State(ctx context.Context, s Source) (State, error) {
	known, err := find(r.DB.Reader(ctx), s)
	if err != nil {
		return State{}, r.DB.Fault(ctx, err)
	}
	state := State{Address: map[Source]string{Lists: r.config.Lists, Register: r.config.Register}[s], Fault: known.Fault}
	if !known.TriedAt.IsZero() {
		state.TriedAt = known.TriedAt.UTC()
	}
	if known.FetchedAt != nil {
		state.FetchedAt = known.FetchedAt.UTC()
	}
	return state, nil
}

// keep puts on record what became of a try. Its faults are what people read; anything else is for the log alone.
func (r *Refresh) keep(ctx context.Context, s Source, failed error) error {
	text := ""
	if failed != nil {
		text = "It could not be read into the portal. The log says more."
		if f := fault.Of(failed); f.Kind != fault.Internal {
			text = f.Message
		}
		r.Log.LogAttrs(ctx, slog.LevelWarn, "a source was not refreshed", slog.String("source", string(s)), slog.String("error", failed.Error()))
	}
	return r.DB.InTx(context.WithoutCancel(ctx), func(tx db.Tx) error { return save(tx, s, qcert.DisplayText(text, maxFault)) })
}

// FetchLists fetches the list of the lists and those that it names, and imports them. A list that is refused stops no other
// one; the first refusal is the fault that is kept.
func (r *Refresh) FetchLists(ctx context.Context) error {
	report, err := r.Deps.Lists.Refresh(ctx, Actor, lists{r.config.Outside}, r.config.Lists)
	if err == nil {
		err = refusal(report)
	}
	return r.keep(ctx, Lists, err)
}

// refusal is what the report says of the first list that was refused, and how many were.
func refusal(report trustlist.Report) error {
	for _, line := range report.Lines {
		if line.Refusal == nil {
			continue
		}
		text := line.Text()
		if n := report.Refused(); n > 1 {
			text = many(n, len(report.Lines)) + text
		}
		return errRefused.Saying(text).With(line.Refusal)
	}
	return nil
}

// lists fetches lists: https alone, as much as a list may have.
type lists struct{ from Getter }

// Fetch implements trustlist.Fetcher.
func (l lists) Fetch(ctx context.Context, address string) ([]byte, error) {
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" {
		return nil, errNotHTTPS
	}
	return l.from.Fetch(ctx, outbound.Request{Address: address, Limit: xades.MaxFile})
}
