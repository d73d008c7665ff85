package main

import (
	"context"
	"net/http"
	"time"

	"fairway/bench/load"
)

// duel is a measurement of the bare server and ours in turns.
type duel struct {
	what string
	n    int // connections
	// bare and ours are who calls; nil is everybody with good requests.
	bare, ours []load.Client
	// run is one measurement on open connections; nil keeps every connection busy.
	run func(*load.Fleet) (load.Result, error)
	// unproved says that ours refuses before it is clear whose call it is.
	unproved bool
	// limited says that ours refuses most, and that what it lets through alone has a row each.
	limited bool
}

// fight runs a duel and remembers both sums for the report.
func (p *part) fight(ctx context.Context, d duel) (bare, ours summary, err error) {
	p.note("%s", d.what)
	if d.run == nil {
		d.run = func(f *load.Fleet) (load.Result, error) { return f.Closed(ctx, p.length) }
	}
	first, err := p.dial(ctx, p.bareAddr, d.bare, d.n)
	if err != nil {
		return bare, ours, err
	}
	defer func() { _ = first.Close() }() // only measured answers matter
	second, err := p.dial(ctx, p.settings.machines, d.ours, d.n)
	if err != nil {
		return bare, ours, err
	}
	defer func() { _ = second.Close() }() // as above
	attack := func() (load.Result, error) { return p.count(d, d.run, second) }
	warmUp := func(f *load.Fleet) (load.Result, error) { return f.Closed(ctx, p.length/4) }
	if _, err := warmUp(first); err != nil {
		return bare, ours, err
	}
	if _, err := p.count(d, warmUp, second); err != nil {
		return bare, ours, err
	}
	sums, err := interleave(ctx, p.rounds, p.patience,
		contender{subject{name: p.name + ", bare: " + d.what, pid: p.bare.pid}, func() (load.Result, error) { return d.run(first) }},
		contender{p.program(p.name + ", ours: " + d.what), attack})
	if err != nil {
		return bare, ours, err
	}
	p.report.Sums = append(p.report.Sums, sums...)
	return sums[0], sums[1], nil
}

func (p *part) dial(ctx context.Context, addr string, clients []load.Client, n int) (*load.Fleet, error) {
	if clients == nil {
		clients = p.clients
	}
	return load.Dial(ctx, p.target(addr, clients), n)
}

// program is ours, with the database server that works for it.
func (p *part) program(name string) subject {
	s := subject{name: name, pid: p.ours.pid}
	if p.postgres != 0 {
		s.trees = []int{p.postgres}
	}
	return s
}

// count measures ours and remembers what the request log must hold of it.
func (p *part) count(d duel, run func(*load.Fleet) (load.Result, error), f *load.Fleet) (load.Result, error) {
	r, err := run(f)
	switch {
	case d.unproved:
		p.refused += r.Answers()
	case d.limited:
		p.logged += r.Status[http.StatusOK]
	default:
		p.logged += r.Answers()
	}
	return r, err
}

// alone measures ours without the bare server.
func (p *part) alone(ctx context.Context, what string, run func() (load.Result, error)) (summary, error) {
	p.note("%s", what)
	sums, err := interleave(ctx, p.rounds, p.patience, contender{p.program(p.name + ", ours: " + what), func() (load.Result, error) {
		r, err := run()
		p.logged += r.Answers()
		return r, err
	}})
	if err != nil {
		return summary{}, err
	}
	p.report.Sums = append(p.report.Sums, sums[0])
	return sums[0], nil
}

// wait lets time pass.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
