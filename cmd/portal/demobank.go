package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/demobank"
)

type demoBankCommand struct {
	Brand  string `default:"rocker" help:"The brand that it plays."`
	Listen string `default:"localhost:9443" help:"Where it listens; the portal calls it there."`
}

// serveDemoBank plays a brand's own system until ctx ends, and opens the brand in Live with it.
func (p *program) serveDemoBank(ctx context.Context, c demoBankCommand) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	defer func() { _ = listener.Close() }() // the server closes it, too
	id, err := demobank.NewIdentity(host, p.clock.Now())
	if err != nil {
		return err
	}
	base := "https://" + listener.Addr().String()
	if _, port, err := net.SplitHostPort(listener.Addr().String()); err == nil {
		base = "https://" + net.JoinHostPort(host, port)
	}
	backend := catalog.Backend{Upstream: base, Authorise: base + "/authorise", Roots: id.Roots, Callers: []string{id.Caller}}
	if err := p.db.InTx(ctx, func(tx db.Tx) error { return catalog.SetBackend(tx, c.Brand, backend, "command") }); err != nil {
		return spoken(err)
	}
	p.say("A demonstration bank plays %s at %s, and the brand is open in Live with it.", c.Brand, base)
	p.say("Its one customer is %s. Stop it with Ctrl-C; the brand stays open in Live, and calls to it answer 502 until it runs again.", demobank.Customer)
	return p.playBank(ctx, listener, p.demoBank(base, id), id)
}

// demoBank is the system itself. It trusts the doors of this installation.
func (p *program) demoBank(base string, id demobank.Identity) http.Handler {
	var roots *x509.CertPool
	if p.cfg.TLSCert == "" {
		roots = x509.NewCertPool()
		roots.AppendCertsFromPEM(p.certs.Roots())
	}
	return demobank.New(demobank.Config{Base: base, Issuer: p.cfg.AuthURL.String(), Roots: roots, Client: id.Client, Clock: p.clock, Log: p.log}).Handler()
}

func (p *program) playBank(ctx context.Context, l net.Listener, h http.Handler, id demobank.Identity) error {
	s := newServer(h, 30*time.Second, p.log)
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{id.Server}, MinVersion: tls.VersionTLS12}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("play the bank: %w", err)
	}
	return nil
}
