// Package load owns the client of the measurements: kept-alive mutual TLS, requests that were signed before, answers
// read no further than their length, so that the client costs little beside the servers.
package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Client is who calls: a certificate, and what is sent over its connections in turn.
type Client struct {
	Certificate tls.Certificate
	Requests    [][]byte
}

// Target is a server to be called.
type Target struct {
	// Addr is where it listens; Name is what its certificate must say.
	Addr, Name string
	Roots      *x509.CertPool
	Clients    []Client
}

func (t Target) config(client Client) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, ServerName: t.Name, RootCAs: t.Roots, NextProtos: []string{"http/1.1"},
		Certificates: []tls.Certificate{client.Certificate},
	}
}

// Fleet is a number of open connections. It runs one measurement at a time.
type Fleet struct {
	target Target
	conns  []*conn
}

// Dial opens n connections, the clients in turn.
func Dial(ctx context.Context, t Target, n int) (*Fleet, error) {
	f := &Fleet{target: t, conns: make([]*conn, 0, n)}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		c, err := dial(t.Addr, t.config(t.Clients[i%len(t.Clients)]))
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		c.next = i / len(t.Clients) * 7 // connections of one client do not walk in step
		f.conns = append(f.conns, c)
	}
	return f, nil
}

// Close ends the connections.
func (f *Fleet) Close() error {
	for _, c := range f.conns {
		_ = c.tls.Close() // the server may have ended it before
	}
	f.conns = nil
	return nil
}

// Touch sends one request over every connection.
func (f *Fleet) Touch() error {
	for i := range f.conns {
		if _, _, err := f.send(i); err != nil {
			return err
		}
	}
	return nil
}

// Each sends every request of every client once and hands over what came back.
func (f *Fleet) Each(see func(client, request, status int, body []byte) error) error {
	for i, client := range f.target.Clients {
		if i >= len(f.conns) {
			return fmt.Errorf("client %d has no connection", i)
		}
		if err := f.conns[i].limit(time.Now()); err != nil {
			return err
		}
		for n, request := range client.Requests {
			status, body, err := f.conns[i].exchange(request)
			if err == nil {
				err = see(i, n, status, body)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// send is the next request of a connection.
func (f *Fleet) send(i int) (int, time.Duration, error) {
	c := f.conns[i]
	requests := f.target.Clients[i%len(f.target.Clients)].Requests
	request := requests[c.next%len(requests)]
	c.next++
	start := time.Now()
	status, _, err := c.exchange(request)
	return status, time.Since(start), err
}

// Closed keeps every connection busy for a while: the next request is sent when the answer is there.
func (f *Fleet) Closed(ctx context.Context, d time.Duration) (Result, error) {
	until := time.Now().Add(d)
	return f.measure(until, func(i int, seen func(int, time.Duration)) error {
		for time.Now().Before(until) && ctx.Err() == nil {
			status, took, err := f.send(i)
			if err != nil {
				return err
			}
			seen(status, took)
		}
		return ctx.Err()
	})
}

// Open sends at a steady rate, whatever the answers take, spread over the connections. A request is timed from when it
// is really sent.
func (f *Fleet) Open(ctx context.Context, perSecond int, d time.Duration) (Result, error) {
	start := time.Now()
	until := start.Add(d)
	every := time.Second / time.Duration(perSecond)
	return f.measure(until, func(i int, seen func(int, time.Duration)) error {
		wait := time.NewTimer(0)
		defer wait.Stop()
		<-wait.C
		for n := i; ; n += len(f.conns) {
			at := start.Add(time.Duration(n) * every)
			if !at.Before(until) {
				return nil
			}
			wait.Reset(time.Until(at))
			select {
			case <-wait.C:
			case <-ctx.Done():
				return ctx.Err()
			}
			status, took, err := f.send(i)
			if err != nil {
				return err
			}
			seen(status, took)
		}
	})
}

// measure runs one worker a connection; what hangs ends a while after the measurement should.
func (f *Fleet) measure(until time.Time, work worker) (Result, error) {
	for _, c := range f.conns {
		if err := c.limit(until); err != nil {
			return Result{}, err
		}
	}
	return parallel(len(f.conns), work)
}

// worker sends one request after the other and reports each answer.
type worker func(i int, seen func(status int, took time.Duration)) error

// parallel runs n workers and puts together what they saw.
func parallel(n int, work worker) (Result, error) {
	parts, faults := make([]Result, n), make([]error, n)
	start := time.Now()
	var group sync.WaitGroup
	for i := range n {
		parts[i].Status = map[int]int{}
		group.Go(func() {
			faults[i] = work(i, func(status int, took time.Duration) {
				parts[i].Status[status]++
				parts[i].took = append(parts[i].took, took)
			})
		})
	}
	group.Wait()
	return join(parts, time.Since(start)), errors.Join(faults...)
}

// Handshakes opens a connection for each request for a while, with n workers, and counts the answers.
func Handshakes(ctx context.Context, t Target, n int, d time.Duration) (Result, error) {
	until := time.Now().Add(d)
	return parallel(n, func(i int, seen func(int, time.Duration)) error {
		client := t.Clients[i%len(t.Clients)]
		for turn := i; time.Now().Before(until) && ctx.Err() == nil; turn++ {
			start := time.Now()
			status, err := once(t.Addr, t.config(client), client.Requests[turn%len(client.Requests)])
			if err != nil {
				return err
			}
			seen(status, time.Since(start))
		}
		return ctx.Err()
	})
}

func once(addr string, config *tls.Config, request []byte) (int, error) {
	c, err := dial(addr, config)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.tls.Close() }() // the answer was read
	status, _, err := c.exchange(request)
	return status, err
}
