package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"fairway/internal/catalog"
	"fairway/internal/gateway"
)

// serve listens on both doors until ctx ends, then lets requests, the log and the queue come to their end in that order.
func (p *program) serve(ctx context.Context) error {
	if err := p.refuseDemo(ctx); err != nil {
		return err
	}
	people, machines, err := p.doors()
	if err != nil {
		return err
	}
	certificate, err := p.serverCertificate()
	if err != nil {
		return err
	}
	if err := p.quota.Restore(ctx); err != nil {
		return err
	}
	peopleAt, err := net.Listen("tcp", p.cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen for browsers (PORTAL_ADDR): %w", err)
	}
	machinesAt, err := net.Listen("tcp", p.cfg.APIAddr)
	if err != nil {
		_ = peopleAt.Close()
		return fmt.Errorf("listen for machines (PORTAL_API_ADDR): %w", err)
	}
	servers := []*http.Server{newServer(people.Handler(), time.Minute, p.log), newServer(machines.Handler(), 30*time.Second, p.log)}
	servers[1].TLSConfig = gateway.TLSConfig(certificate)
	servers[1].RegisterOnShutdown(machines.End)
	p.greet()
	return p.work(ctx, servers, []net.Listener{peopleAt, machinesAt})
}

// work runs the servers and what works behind them. The servers end first, then what they hand work to.
func (p *program) work(ctx context.Context, servers []*http.Server, listeners []net.Listener) error {
	behind, stopBehind := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBehind()
	group, failed := errgroup.WithContext(ctx)
	for _, run := range []func(context.Context) error{p.db.WatchChanges, p.queue.Run, p.calls.Run, p.quota.Run, p.apps.Run} {
		group.Go(func() error { return run(behind) })
	}
	for i, s := range servers {
		group.Go(func() error {
			err := serveOn(s, listeners[i])
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return err
		})
	}
	group.Go(func() error {
		<-failed.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.cfg.ShutdownWait)
		defer cancel()
		var err error
		for _, s := range servers {
			err = errors.Join(err, p.endServer(end, s))
		}
		stopBehind()
		return err
	})
	return group.Wait()
}

// endServer lets the requests that are under way finish, and breaks off those that take too long.
func (p *program) endServer(end context.Context, s *http.Server) error {
	err := s.Shutdown(end)
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	p.log.Warn("requests were broken off at the end", "waited", p.cfg.ShutdownWait.String())
	return s.Close()
}

func serveOn(s *http.Server, l net.Listener) error {
	if s.TLSConfig != nil {
		return s.ServeTLS(l, "", "")
	}
	return s.Serve(l)
}

// newServer bounds what a client may take: headers, time, bytes.
func newServer(h http.Handler, writeTimeout time.Duration, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		// OPTIONS * is answered like any address that we do not serve.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(quietHandshakes{logger}, "", 0),
	}
}

// quietHandshakes logs the server's own complaints as what they are: somebody else's broken connection.
type quietHandshakes struct{ log *slog.Logger }

// Write logs one complaint.
func (q quietHandshakes) Write(line []byte) (int, error) {
	q.log.Info("connection", "complaint", string(line))
	return len(line), nil
}

var _ io.Writer = quietHandshakes{}

// serverCertificate is the certificate of the machines' door: the configured files, or one of the sandbox's own.
func (p *program) serverCertificate() (func(*tls.ClientHelloInfo) (*tls.Certificate, error), error) {
	if p.cfg.TLSCert != "" {
		files := &certificateFiles{cert: p.cfg.TLSCert, key: p.cfg.TLSKey}
		if err := files.load(); err != nil {
			return nil, fmt.Errorf("PORTAL_TLS_CERT and PORTAL_TLS_KEY: %w", err)
		}
		return files.current, nil
	}
	return p.certs.ServerCertificates(p.machineHosts), nil
}

// machineHosts are the names under which machines reach us, those of a brand that was added a moment ago included.
func (p *program) machineHosts(ctx context.Context) ([]string, error) {
	brands, err := p.catalog.Brands(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the brands: %w", err)
	}
	seen := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	add := func(origin string) {
		host := origin[len("https://"):]
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !seen[host] {
			seen[host] = true
			hosts = append(hosts, host)
		}
	}
	add(p.cfg.AuthURL.Origin("", ""))
	for _, b := range brands {
		for _, env := range catalog.Environments() {
			add(p.cfg.APIURL.Origin(string(env), b.ID))
		}
	}
	return hosts, nil
}

// greet says where to go. It is the one thing that a start prints.
func (p *program) greet() {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(p.stdout, format+"\n", args...) }
	say("Fairway is running.")
	say("  Portal      %s", p.cfg.BaseURL)
	say("  Bank APIs   %s", p.cfg.APIURL)
	say("  Tokens      %s/token", p.cfg.AuthURL)
	if p.outbox != nil {
		say("  Letters     %s/dev/outbox (kept here, not sent)", p.cfg.BaseURL)
	}
	if p.cfg.KeysMade {
		say("  This was the first start: keys and database are in %s. Open the portal and choose Start in the sandbox.", p.cfg.DataDir)
	}
}
