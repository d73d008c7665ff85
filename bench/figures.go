package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/uuid"

	"fairway/bench/load"
	"fairway/bench/proc"
	"fairway/internal/catalog"
	"fairway/internal/secret"
)

// gates are what the full path must reach against the bare server, by database.
var fullPathGate = map[string]float64{"SQLite": 0.50, "PostgreSQL": 0.55}

const (
	manyConnections = 256
	idleConnections = 1000
	steadyRate      = 1500 // requests a second
	steadyClients   = 32
	handshakers     = 8
	starts          = 3
	settle          = 3 * time.Second // after which connections count as idle
	sealChecks      = 200_000
)

// startTimes measures how long the program takes to its first answer, on nothing and on what was prepared.
func (p *part) startTimes(ctx context.Context) error {
	p.note("starting and stopping")
	var first, again, page []time.Duration
	for n := range starts {
		if p.postgres == 0 {
			dir := filepath.Join(p.dir, fmt.Sprintf("first%d", n))
			fresh, err := newSettings(p.executable, dir, "sqlite:"+filepath.Join(dir, "portal.db"))
			if err != nil {
				return err
			}
			run, err := fresh.serve(ctx)
			if err != nil {
				return err
			}
			if err := run.stop(syscall.SIGTERM); err != nil {
				return err
			}
			first = append(first, run.answer)
		}
		run, err := p.settings.serve(ctx)
		if err != nil {
			return err
		}
		if err := run.stop(syscall.SIGTERM); err != nil {
			return err
		}
		again, page = append(again, run.answer), append(page, run.page)
	}
	if p.postgres == 0 {
		p.add(milliseconds("P16", "first start to first answer", load.Median(first), 1000))
	}
	p.add(milliseconds("P16", "later start to first answer", load.Median(again), 150),
		milliseconds("P16", "later start to first page", load.Median(page), 0))
	return nil
}

// fullPath is P1, P2 and P5: every check and the logged row, 16 connections.
func (p *part) fullPath(ctx context.Context) error {
	bare, ours, err := p.fight(ctx, duel{what: "card accounts, 16 connections", n: connections})
	if err != nil {
		return err
	}
	if err := errors.Join(bare.all(http.StatusOK), ours.all(http.StatusOK)); err != nil {
		return err
	}
	l := atLeast("P1", "card accounts, all checks and the row: rate ÷ bare", ratio(ours.Rate, bare.Rate), "", fullPathGate[p.name])
	l.Detail = fmt.Sprintf("%.0f ÷ %.0f a second", ours.Rate, bare.Rate)
	cpu := atMost("P2", "its processor time ÷ bare", ratio(ours.CPU, bare.CPU), "", 2)
	cpu.Detail = fmt.Sprintf("%.0f ÷ %.0f µs", ours.CPU, bare.CPU)
	p.add(l, cpu, atMost("P5", "its p99, saturated ÷ bare", ratio(ours.P99, bare.P99), "", 3))
	m, err := proc.MemoryOf(p.ours.pid)
	if err != nil {
		return err
	}
	most := mebibytes("P17", "memory under this load", m.Now, 110)
	most.Detail = fmt.Sprintf("at most %.0f MiB", float64(m.Most)/(1<<20))
	p.add(most)
	return nil
}

// oneConnection is the second half of P4.
func (p *part) oneConnection(ctx context.Context) error {
	_, ours, err := p.fight(ctx, duel{what: "one connection", n: 1})
	if err != nil {
		return err
	}
	p.add(atMost("P4", "one connection: p50", ours.P50/1000, "ms", 0.25), atMost("P4", "one connection: p99", ours.P99/1000, "ms", 1))
	return ours.all(http.StatusOK)
}

// steadyRate is the first half of P4: no queue, so that the servers themselves are timed.
func (p *part) steadyRate(ctx context.Context) error {
	bare, ours, err := p.fight(ctx, duel{what: "1,500 a second, open loop", n: steadyClients,
		run: func(f *load.Fleet) (load.Result, error) { return f.Open(ctx, steadyRate, p.length) }})
	if err != nil {
		return err
	}
	p.add(atMost("P4", "1,500 a second: p50 ÷ bare", ratio(ours.P50, bare.P50), "", 2), atMost("P4", "1,500 a second: p99 ÷ bare", ratio(ours.P99, bare.P99), "", 3))
	return ours.all(http.StatusOK)
}

// manyConnections is P23: no thread or lock is lost in a crowd.
func (p *part) manyConnections(ctx context.Context) error {
	few, err := p.crowd(ctx, connections)
	if err != nil {
		return err
	}
	many, err := p.crowd(ctx, manyConnections)
	if err != nil {
		return err
	}
	p.add(atLeast("P23", "256 connections ÷ 16", ratio(many.Rate, few.Rate), "", 0.85))
	return nil
}

// crowd measures ours on n connections. They are opened for it: the server ends those that stay silent at first.
func (p *part) crowd(ctx context.Context, n int) (summary, error) {
	fleet, err := p.dial(ctx, p.settings.machines, nil, n)
	if err != nil {
		return summary{}, err
	}
	defer func() { _ = fleet.Close() }() // only measured answers matter
	return p.alone(ctx, fmt.Sprintf("card accounts, %d connections", n), func() (load.Result, error) { return fleet.Closed(ctx, p.length) })
}

// altered gives every client its requests with one header replaced.
func (p *part) altered(clients []load.Client, name string, value func() string) ([]load.Client, error) {
	out := make([]load.Client, len(clients))
	for i, c := range clients {
		requests, err := load.Make(len(c.Requests), func(n int) ([]byte, error) { return load.Altered(c.Requests[n], name, value()) })
		if err != nil {
			return nil, err
		}
		out[i] = load.Client{Certificate: c.Certificate, Requests: requests}
	}
	return out, nil
}

// badSignatures is P7: one app floods with signatures that are wrong in the last step alone.
func (p *part) badSignatures(ctx context.Context) error {
	one := load.Client{Certificate: p.clients[0].Certificate}
	for i := 0; i < len(p.clients[0].Requests); i += len(p.tpps[0].apps) {
		one.Requests = append(one.Requests, p.clients[0].Requests[i])
	}
	good := []load.Client{one}
	bad, err := p.altered(good, "X-Request-Id", uuid.NewString)
	if err != nil {
		return err
	}
	_, right, err := p.fight(ctx, duel{what: "good signatures of one app", n: connections, ours: good})
	if err != nil {
		return err
	}
	_, wrong, err := p.fight(ctx, duel{what: "bad signatures of one app", n: connections, ours: bad})
	if err != nil {
		return err
	}
	l := atMost("P7", "processor time of a bad signature ÷ a good one", ratio(wrong.CPU, right.CPU), "", 1.1)
	l.Detail = fmt.Sprintf("%.0f ÷ %.0f µs", wrong.CPU, right.CPU)
	p.add(l)
	return errors.Join(right.all(http.StatusOK), wrong.all(http.StatusUnauthorized))
}

// unknownKeys is P6: keys that look right and are nobody's. Soon a connection has guessed often enough.
func (p *part) unknownKeys(ctx context.Context) error {
	strangers, err := p.altered(p.clients, "X-Api-Key", func() string { return secret.Token(catalog.Sandbox.Prefix() + "ak_").Reveal() })
	if err != nil {
		return err
	}
	bare, ours, err := p.fight(ctx, duel{what: "unknown keys", n: connections, ours: strangers, unproved: true})
	if err != nil {
		return err
	}
	l := atLeast("P6", "unknown keys: rate ÷ bare", ratio(ours.Rate, bare.Rate), "", 1.2)
	l.Detail = fmt.Sprintf("%d looked up, %d refused before", ours.Status[http.StatusUnauthorized], ours.Status[http.StatusTooManyRequests])
	p.add(l)
	return ours.all(http.StatusUnauthorized, http.StatusTooManyRequests)
}

// overTheLimit is P6: the program is started again with the sandbox's limits.
func (p *part) overTheLimit(ctx context.Context) error {
	if err := p.ours.stop(syscall.SIGTERM); err != nil {
		return err
	}
	p.settings.limits = lowLimits
	run, err := p.settings.serve(ctx)
	if err != nil {
		return err
	}
	p.ours = run.process
	bare, ours, err := p.fight(ctx, duel{what: "over the limit", n: connections, limited: true})
	if err != nil {
		return err
	}
	l := atLeast("P6", "over the limit (429): rate ÷ bare", ratio(ours.Rate, bare.Rate), "", 1.2)
	l.Detail = fmt.Sprintf("%d of them good", ours.Status[http.StatusOK])
	p.add(l)
	return ours.all(http.StatusOK, http.StatusTooManyRequests)
}

// handshakes is P10: a new connection for every request.
func (p *part) handshakes(ctx context.Context) error {
	_, ours, err := p.fightHandshakes(ctx)
	return errors.Join(err, ours.all(http.StatusOK))
}

func (p *part) fightHandshakes(ctx context.Context) (bare, ours summary, err error) {
	p.note("handshakes")
	shake := func(addr string) (load.Result, error) {
		return load.Handshakes(ctx, p.target(addr, p.clients), handshakers, p.length)
	}
	sums, err := interleave(ctx, p.rounds, p.patience,
		contender{subject{name: p.name + ", bare: handshake and request", pid: p.bare.pid}, func() (load.Result, error) { return shake(p.bareAddr) }},
		contender{p.program(p.name + ", ours: handshake and request"), func() (load.Result, error) {
			r, err := shake(p.settings.machines)
			p.logged += r.Answers()
			return r, err
		}})
	if err != nil {
		return bare, ours, err
	}
	p.report.Sums = append(p.report.Sums, sums...)
	p.add(atMost("P10", "handshake and request: processor time ÷ bare", ratio(sums[1].CPU, sums[0].CPU), "", 1.3))
	return sums[0], sums[1], nil
}

// idleConnections is P17: what a thousand quiet connections hold, beside what they hold of a bare server.
func (p *part) idleConnections(ctx context.Context) error {
	p.note("%d idle connections", idleConnections)
	bare, err := p.held(ctx, p.bareAddr, p.bare.pid)
	if err != nil {
		return err
	}
	ours, err := p.held(ctx, p.settings.machines, p.ours.pid)
	if err != nil {
		return err
	}
	p.logged += idleConnections
	l := mebibytes("P17", "more memory for 1,000 idle connections", ours, 40)
	l.Detail = fmt.Sprintf("%.0f MiB at the bare server", float64(bare)/(1<<20))
	p.add(l)
	return nil
}

// held is how much more memory a server has with idle connections, each of which sent one request.
func (p *part) held(ctx context.Context, addr string, pid int) (int64, error) {
	before, err := proc.MemoryOf(pid)
	if err != nil {
		return 0, err
	}
	fleet, err := p.dial(ctx, addr, nil, idleConnections)
	if err != nil {
		return 0, err
	}
	defer func() { _ = fleet.Close() }() // they did nothing
	if err := fleet.Touch(); err != nil {
		return 0, err
	}
	if err := wait(ctx, settle); err != nil {
		return 0, err
	}
	after, err := proc.MemoryOf(pid)
	return after.Now - before.Now, err
}

// rest measures the memory of a program that has nothing to do.
func (p *part) rest(ctx context.Context) error {
	if err := wait(ctx, time.Second); err != nil {
		return err
	}
	m, err := proc.MemoryOf(p.ours.pid)
	if err != nil {
		return err
	}
	p.add(mebibytes("P17", "memory after the start", m.Now, 60))
	return nil
}

// sealFromMemory is P8: what identifying a seal costs that was seen before.
func (p *part) sealFromMemory(ctx context.Context) error {
	t := p.tpps[0]
	header, now := base64.StdEncoding.EncodeToString(t.seal.Certificate.Raw), p.world.db.Now()
	check := func() error {
		_, verdict := p.world.certs.IdentifySeal(ctx, t.organisation.ID, catalog.Sandbox, header, now)
		return verdict.Err()
	}
	if err := check(); err != nil {
		return err
	}
	start := time.Now()
	for range sealChecks {
		if err := check(); err != nil {
			return err
		}
	}
	p.add(atMost("P8", "a seal that was seen before", micros(time.Since(start))/sealChecks, "µs", 5))
	return nil
}

// everyCallIsLogged counts the rows of the request log once the program has ended: none may be missing.
func (p *part) everyCallIsLogged(ctx context.Context) error {
	var proved, early, limited int
	err := p.world.db.Native().QueryRowContext(ctx, "SELECT count(*), coalesce(sum(CASE WHEN code = 'API_KEY_INVALID' THEN 1 ELSE 0 END), 0), "+
		"coalesce(sum(CASE WHEN code = 'RATE_LIMIT_EXCEEDED' THEN 1 ELSE 0 END), 0) FROM calls").Scan(&proved, &early, &limited)
	if err != nil {
		return fmt.Errorf("count the request log: %w", err)
	}
	proved -= early + limited
	l := atLeast("–", "rows of the request log ÷ answered calls", ratio(float64(proved), float64(p.logged)), "", 1)
	l.Detail = fmt.Sprintf("%d rows", proved)
	p.add(l)
	if p.refused > 0 {
		l := atMost("P7", "rows ÷ refused calls before the app is known", ratio(float64(early), float64(p.refused)), "", 0.05)
		l.Detail = fmt.Sprintf("%d rows of %d", early, p.refused)
		p.add(l)
	}
	return nil
}
