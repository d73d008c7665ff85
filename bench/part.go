package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"fairway/bench/load"
)

// place is one database to measure on.
type place struct {
	name, executable string
	dir, database    string
	postgres         int // the server's process, 0 on SQLite
}

const connections = 16

// part is the measurements on one database.
type part struct {
	options
	place
	report   *report
	settings settings
	world    *world
	tpps     []*tpp
	clients  []load.Client
	roots    *x509.CertPool

	ours, bare *process
	bareAddr   string
	logged     int // answers that must have a row in the request log
	refused    int // answers to calls that were refused before it was clear whose they are
}

// measurePart prepares a database, starts both servers on it and measures them.
func measurePart(ctx context.Context, o options, r *report, at place) (err error) {
	p := &part{options: o, place: at, report: r}
	if p.settings, err = newSettings(at.executable, at.dir, at.database); err != nil {
		return err
	}
	if err := p.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.world.db.Close()) }()
	if err := p.startServers(ctx); err != nil {
		return errors.Join(err, p.stopServers())
	}
	steps := []func(context.Context) error{p.fullPath}
	switch {
	case o.log:
		steps = []func(context.Context) error{p.requestLog}
	case o.register:
		steps = []func(context.Context) error{p.besideAnImport}
	case !o.quick:
		steps = append(steps, p.oneConnection, p.steadyRate, p.manyConnections, p.badSignatures, p.unknownKeys, p.handshakes, p.idleConnections,
			p.sealFromMemory, p.requestLog, p.besideAnImport, p.overTheLimit)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", at.name, err), p.stopServers())
		}
	}
	if err := p.stopServers(); err != nil {
		return err
	}
	return p.everyCallIsLogged(ctx)
}

func (p *part) note(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s: %s\n", p.name, fmt.Sprintf(format, args...))
}

func (p *part) add(lines ...line) {
	for _, l := range lines {
		l.Database = p.name
		p.report.add(l)
	}
}

// prepare provisions the first TPP by the command line, and the others and their apps by the domains.
func (p *part) prepare(ctx context.Context) error {
	p.note("making %d TPPs with %d apps each", p.options.tpps, p.options.apps)
	out := filepath.Join(p.dir, "provisioned")
	if err := p.settings.provision(ctx, "rocker", out); err != nil {
		return err
	}
	var err error
	if p.world, err = openWorld(ctx, p.settings); err != nil {
		return err
	}
	for n := range p.options.tpps {
		var t *tpp
		if n == 0 {
			t, err = p.world.adopt(ctx, out)
		} else {
			t, err = p.world.newTPP(ctx, n)
		}
		if err != nil {
			return err
		}
		for i := len(t.apps); i < p.options.apps; i++ {
			if err := p.world.addApp(ctx, t, i); err != nil {
				return err
			}
		}
		p.tpps = append(p.tpps, t)
	}
	p.roots = x509.NewCertPool()
	if !p.roots.AppendCertsFromPEM(p.world.certs.Roots()) {
		return errors.New("the authorities have no root")
	}
	return p.sign()
}

// sign makes the requests: the apps of a TPP in turn.
func (p *part) sign() error {
	each := p.requests / len(p.tpps)
	p.note("signing %d requests", each*len(p.tpps))
	for _, t := range p.tpps {
		requests, err := load.Make(each, func(i int) ([]byte, error) { return t.call(p.settings, t.apps[i%len(t.apps)]).Signed() })
		if err != nil {
			return err
		}
		p.clients = append(p.clients, load.Client{Certificate: t.qwac, Requests: requests})
	}
	return nil
}

// startServers starts ours, sees that every app is answered, and starts the bare one with an answer of middle length.
func (p *part) startServers(ctx context.Context) error {
	if !p.quick && !p.register {
		if err := p.startTimes(ctx); err != nil {
			return err
		}
	}
	run, err := p.settings.serve(ctx)
	if err != nil {
		return err
	}
	p.ours = run.process
	if err := p.rest(ctx); err != nil {
		return err
	}
	answer, err := p.firstAnswers(ctx)
	if err != nil {
		return err
	}
	p.note("an answer has %d bytes", len(answer))
	p.bare, p.bareAddr, err = p.world.startBare(ctx, p.dir, answer)
	return err
}

// firstAnswers calls once with every app; all must be let in.
func (p *part) firstAnswers(ctx context.Context) ([]byte, error) {
	target := p.target(p.settings.machines, p.clients)
	for i, t := range p.tpps {
		target.Clients[i].Requests = target.Clients[i].Requests[:len(t.apps)]
	}
	fleet, err := load.Dial(ctx, target, len(p.tpps))
	if err != nil {
		return nil, err
	}
	defer func() { _ = fleet.Close() }() // the answers were read
	var bodies [][]byte
	err = fleet.Each(func(_, _, status int, body []byte) error {
		if status != http.StatusOK {
			return fmt.Errorf("a good request was answered %d: %s", status, body)
		}
		p.logged++
		bodies = append(bodies, slices.Clone(body))
		return nil
	})
	if err != nil {
		return nil, err
	}
	whole := 0
	for _, body := range bodies {
		whole += len(body)
	}
	mean := whole / len(bodies)
	return slices.MinFunc(bodies, func(a, b []byte) int { return distance(len(a), mean) - distance(len(b), mean) }), nil
}

func distance(a, b int) int { return max(a-b, b-a) }

func (p *part) target(addr string, clients []load.Client) load.Target {
	return load.Target{Addr: addr, Name: "localhost", Roots: p.roots, Clients: slices.Clone(clients)}
}

func (p *part) stopServers() error {
	var err error
	for _, s := range []*process{p.ours, p.bare} {
		if s != nil {
			err = errors.Join(err, s.stop(syscall.SIGTERM))
		}
	}
	p.ours, p.bare = nil, nil
	return err
}
