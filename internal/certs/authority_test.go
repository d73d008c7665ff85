package certs_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func TestTheAuthoritiesAreMadeOnceAndConfined(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		first := newProcess(t, d)
		second := newProcess(t, d)

		if string(first.Chain()) != string(second.Chain()) || string(first.Roots()) != string(second.Roots()) {
			t.Fatal("the second start made other authorities")
		}
		chain := parsePEM(t, first.Chain())
		tpp, root := chain[0], chain[1]
		must(t, root.CheckSignatureFrom(root))
		must(t, tpp.CheckSignatureFrom(root))
		if tpp.Subject.String() != "CN=Fairway Sandbox TPP CA,O=Fairway SANDBOX NOT QUALIFIED,C=FI" {
			t.Errorf("the issuer is %s", tpp.Subject)
		}
		if !tpp.IsCA || tpp.MaxPathLen != 0 || !tpp.MaxPathLenZero || !tpp.PermittedDNSDomainsCritical || len(tpp.PermittedDNSDomains) != 1 || tpp.PermittedDNSDomains[0] != "invalid" || len(tpp.ExtKeyUsage) != 0 {
			t.Errorf("the issuing authority may do more than it should: %+v", tpp)
		}
		if got := root.NotAfter; got != testkit.Start.AddDate(10, 0, 0) {
			t.Errorf("the root ends on %v", got)
		}
		if got := tpp.NotAfter; got != testkit.Start.AddDate(5, 0, 0) {
			t.Errorf("the issuing authority ends on %v", got)
		}
	})
}

func TestTwoProcessesThatStartTogetherAgreeOnTheAuthorities(t *testing.T) {
	t.Parallel()
	for what, open := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			url := open(t)
			roots := make([]string, 4)
			var all []*certs.Certs
			for range roots {
				d := testkit.Open(t, url, testkit.Clock())
				q, err := jobs.New(d, testkit.Log(t))
				must(t, err)
				all = append(all, certs.New(d, q, testkit.Ring(t), addresses, testkit.Log(t)))
			}

			var wg sync.WaitGroup
			for n, c := range all {
				wg.Go(func() {
					if err := c.EnsureAuthorities(t.Context()); err != nil {
						t.Error(err)
					}
					roots[n] = string(c.Roots()) + string(c.Chain())
				})
			}
			wg.Wait()

			for _, got := range roots[1:] {
				if got == "" || got != roots[0] {
					t.Error("the processes hold different authorities")
				}
			}
		})
	}
}

func TestAStartWithOtherSealingKeysSaysSo(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	p := newProcess(t, d)
	ring, err := secret.ParseRing(secret.NewRingText("other"))
	must(t, err)

	err = certs.New(d, p.queue, ring, addresses, testkit.Log(t)).EnsureAuthorities(t.Context())

	if err == nil || !strings.Contains(err.Error(), "sealing keys are not those") {
		t.Errorf("got %v", err)
	}
}

func TestAddressesThatNoCertificateCanCarryStopTheStart(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	q, err := jobs.New(d, testkit.Log(t))
	must(t, err)
	for _, cfg := range []certs.Config{{}, {BaseURL: "portal.example", AuthURL: "https://auth.example"}, {BaseURL: "http://portal.example", AuthURL: "http://auth.example"}} {
		if err := certs.New(d, q, testkit.Ring(t), cfg, testkit.Log(t)).EnsureAuthorities(t.Context()); err == nil {
			t.Errorf("%+v is accepted", cfg)
		}
	}
}

func TestAFirstStartIsQuick(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	q, err := jobs.New(d, testkit.Log(t))
	must(t, err)
	c := certs.New(d, q, testkit.Ring(t), addresses, testkit.Log(t))

	start := clock.Monotonic()
	must(t, c.EnsureAuthorities(t.Context()))
	_, err = c.ServerCertificate([]string{"localhost"})
	must(t, err)

	if took := clock.Since(start); took > 500*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

func TestTheServerCertificateIsGoodForItsHostsAndRenewedInTime(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	p := newProcess(t, testkit.SQLiteAt(t, clk))
	hosts := []string{"localhost", "*.auth.localhost", "127.0.0.1", "::1"}
	current := p.ServerCertificates(func(context.Context) ([]string, error) { return hosts, nil })

	first, err := current(&tls.ClientHelloInfo{})
	must(t, err)
	same, err := current(&tls.ClientHelloInfo{})
	must(t, err)
	for _, host := range []string{"localhost", "prod.auth.localhost", "127.0.0.1", "::1"} {
		verifyServer(t, p, first, host, clk.Now())
	}
	clk.Advance(61 * 24 * time.Hour)
	renewed, err := current(&tls.ClientHelloInfo{})
	must(t, err)

	if same != first || renewed == first {
		t.Error("it was renewed too early or too late")
	}
	verifyServer(t, p, renewed, "localhost", clk.Now().AddDate(0, 0, 89))
	if got := first.Leaf.NotAfter.Sub(testkit.Start); got != 90*24*time.Hour {
		t.Errorf("it is good for %v", got)
	}
}

func TestANewHostIsInTheServerCertificateOfTheNextHandshake(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	p := newProcess(t, testkit.SQLiteAt(t, clk))
	hosts, broken := []string{"sandbox.api.rocker.example"}, error(nil)
	current := p.ServerCertificates(func(context.Context) ([]string, error) { return hosts, broken })
	first, err := current(&tls.ClientHelloInfo{})
	must(t, err)

	hosts = []string{"sandbox.api.rocker.example", "sandbox.api.new-bank.example"}
	second, err := current(&tls.ClientHelloInfo{})
	must(t, err)
	broken = errors.New("the database is away")
	third, err := current(&tls.ClientHelloInfo{})
	must(t, err)

	if first == second || third != second {
		t.Error("the certificate was not issued anew, or too often")
	}
	verifyServer(t, p, second, "sandbox.api.new-bank.example", clk.Now())
	verifyServer(t, p, second, "sandbox.api.rocker.example", clk.Now())
}

func verifyServer(t *testing.T, p process, served *tls.Certificate, host string, now time.Time) {
	t.Helper()
	issuing, err := x509.ParseCertificate(served.Certificate[1])
	must(t, err)
	between := x509.NewCertPool()
	between.AddCert(issuing)
	name := host
	if net.ParseIP(host) != nil {
		name = "[" + host + "]"
	}
	_, err = served.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: pool(t, p.Roots()), Intermediates: between, CurrentTime: now})
	if err != nil {
		t.Errorf("%s: %v", host, err)
	}
}

func TestAnOrganisationsCertificateIsNoServerOfOursAndNotTheOtherWayRound(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, _ := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	server, err := p.ServerCertificate([]string{"localhost"})
	must(t, err)

	_, v := p.Identify(t.Context(), server.Leaf, testkit.Start)

	refusal(t, v, "CERTIFICATE_INVALID", "TLS", "Fairway Sandbox Server CA")
	if !strings.HasSuffix(set.QWAC.X509.DNSNames[0], ".tpp.sandbox.invalid") {
		t.Errorf("the QWAC is for %v", set.QWAC.X509.DNSNames)
	}
}

// opensslIn runs openssl in a folder with the given files; without openssl the test is skipped.
func opensslIn(t *testing.T, files map[string][]byte, arguments ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	for name, data := range files {
		must(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	run := exec.CommandContext(t.Context(), "openssl", arguments...)
	run.Dir = dir
	out, err := run.CombinedOutput()
	return string(out), err
}
