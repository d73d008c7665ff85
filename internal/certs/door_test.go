package certs_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// stranger makes a certificate that we did not issue, under an issuer of any name.
func stranger(t *testing.T, issuer string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(0xC0FFEE), NotBefore: testkit.Start, NotAfter: testkit.Start.AddDate(1, 0, 0), Subject: pkix.Name{CommonName: "tpp.example"}}
	parent := &x509.Certificate{Subject: pkix.Name{CommonName: issuer}, SubjectKeyId: []byte{1, 2, 3, 4}}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}

func refusal(t *testing.T, v certs.Verdict, code, path string, words ...string) {
	t.Helper()
	f := wantFault(t, v.Err(), fault.Unauthenticated, code)
	if f.Path != path || v.Text != f.Message || v.Passed() {
		t.Errorf("got %+v with path %q, want path %q", v, f.Path, path)
	}
	if len(f.Message) > 480 {
		t.Errorf("the sentence has %d bytes, tppMessages hold 500: %s", len(f.Message), f.Message)
	}
	for _, word := range words {
		if !strings.Contains(f.Message, word) {
			t.Errorf("%q does not say %q", f.Message, word)
		}
	}
}

func TestTheDoorSaysWhoseCertificateItIsOrWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		old, _ := p.generate(t, org, "")
		set, _ := p.generate(t, org, "")
		now := testkit.Start
		identify := func(cert *x509.Certificate, at time.Time) certs.Verdict {
			_, v := p.Identify(t.Context(), cert, at)
			return v
		}

		got, v := p.Identify(t.Context(), set.QWAC.X509, now)
		if !v.Passed() || v.Err() != nil || got.OrganisationID != org.ID || !strings.Contains(v.Text, set.QWAC.Info.OrganizationIdentifier) {
			t.Fatalf("got %+v %+v", got, v)
		}
		refusal(t, identify(nil, now), "CERTIFICATE_MISSING", "TLS", "--cert qwac.pem")
		refusal(t, identify(set.QSeal.X509, now), "CERTIFICATE_INVALID", "TLS", "QC eSeal", set.QSeal.Serial, "qwac.key")
		refusal(t, identify(old.QWAC.X509, now), "CERTIFICATE_REVOKED", "TLS", old.QWAC.Serial, "21 Nov 2026, 09:00 UTC", "newer set")
		refusal(t, identify(set.QWAC.X509, now.AddDate(0, 0, 181)), "CERTIFICATE_EXPIRED", "TLS", "20 May 2027", "21 May 2027", "Re-generate")
		refusal(t, identify(set.QWAC.X509, now.Add(-time.Hour)), "CERTIFICATE_EXPIRED", "TLS", "21 Nov 2026, 08:55 UTC", "after that time")
		refusal(t, identify(stranger(t, "Some CA"), now), "CERTIFICATE_INVALID", "TLS", "CN=Some CA", "Fairway Sandbox TPP CA", "C0FFEE")
		refusal(t, identify(stranger(t, strings.Repeat("Ä,", 2000)), now), "CERTIFICATE_INVALID", "TLS")
		if _, v := p.Identify(t.Context(), set.QWAC.X509, now.Add(-9*time.Minute)); !v.Passed() {
			t.Errorf("a clock that is nine minutes behind is refused: %s", v.Text)
		}
	})
}

func TestACertificateOfAnotherInstallationIsToldFromOurs(t *testing.T) {
	t.Parallel()
	here, there := newProcess(t, testkit.SQLite(t)), newProcess(t, testkit.SQLite(t))
	set, _ := there.generate(t, newOrganisation(t, there.db, "Example Oy"), "")

	_, v := here.Identify(t.Context(), set.QWAC.X509, testkit.Start)

	refusal(t, v, "CERTIFICATE_INVALID", "TLS", "another installation", set.QWAC.Serial)
}

func TestACertificateOfOursThatIsNotRegisteredIsRefused(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, _ := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	_, err := p.db.Native().ExecContext(t.Context(), "DELETE FROM certificate_sets")
	must(t, err)
	again := newProcess(t, p.db)

	_, v := again.Identify(t.Context(), set.QWAC.X509, testkit.Start)
	_, late := again.Identify(t.Context(), set.QWAC.X509, testkit.Start.AddDate(1, 0, 0))

	refusal(t, v, "CERTIFICATE_INVALID", "TLS", "issued by this sandbox", "registered for no organisation")
	refusal(t, late, "CERTIFICATE_EXPIRED", "TLS", "20 May 2027")
}

func TestARegisteredRowThatWeDidNotSignIsRefused(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, _ := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	forged := stranger(t, "Fairway Sandbox TPP CA")
	thumbprint := qcert.Thumbprint(forged)
	_, err := p.db.Native().ExecContext(t.Context(), "UPDATE certificates SET der = ?, thumbprint = ? WHERE id = ?", forged.Raw, thumbprint, set.QWAC.ID)
	must(t, err)

	_, v := p.Identify(t.Context(), forged, testkit.Start)

	refusal(t, v, "CERTIFICATE_INVALID", "TLS", "was not signed by")
}

func TestTheSealHeaderIsHeldAgainstTheRegisteredSeal(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, other := newOrganisation(t, d, "Example Oy"), newOrganisation(t, d, "Other Oy")
		old, _ := p.generate(t, org, "")
		set, private := p.generate(t, org, "")
		theirs, _ := p.generate(t, other, "")
		identify := func(header string) certs.Verdict {
			_, v := p.IdentifySeal(t.Context(), org.ID, catalog.Sandbox, header, testkit.Start)
			return v
		}

		for what, header := range map[string]string{
			"as it is":    set.QSeal.Header,
			"with blanks": set.QSeal.Header[:64] + " " + set.QSeal.Header[64:],
			"as PEM":      "-----BEGIN CERTIFICATE-----" + set.QSeal.Header + "-----END CERTIFICATE-----",
		} {
			got, v := p.IdentifySeal(t.Context(), org.ID, catalog.Sandbox, header, testkit.Start)
			if !v.Passed() || got.Thumbprint != set.QSeal.Thumbprint || got.Verifier == nil {
				t.Errorf("%s: got %s", what, v.Text)
			}
		}
		const path = "TPP-Signature-Certificate"
		refusal(t, identify(""), "CERTIFICATE_MISSING", path, "qseal.pem")
		refusal(t, identify("%%%"), "CERTIFICATE_INVALID", path, "percent-coded")
		refusal(t, identify(set.QWAC.Header), "CERTIFICATE_INVALID", path, "your QWAC", set.QSeal.Serial)
		refusal(t, identify(old.QSeal.Header), "CERTIFICATE_REVOKED", path, old.QSeal.Serial)
		refusal(t, identify(theirs.QSeal.Header), "CERTIFICATE_INVALID", path, "not your organisation's", set.QSeal.Serial)
		refusal(t, identify(base64.StdEncoding.EncodeToString(stranger(t, "Some CA").Raw)), "CERTIFICATE_INVALID", path, "CN=Some CA")
		if v := identify(theirs.QSeal.Header); strings.Contains(v.Text, "Other") || strings.Contains(v.Text, theirs.QSeal.Info.OrganizationIdentifier) {
			t.Errorf("the refusal tells whose seal it is: %s", v.Text)
		}
		key := strings.NewReplacer("\n", "").Replace(private.QSeal().Reveal())
		if v := identify(key); v.Passed() || strings.Contains(v.Text, key[40:80]) {
			t.Errorf("a private key in the header: %s", v.Text)
		}
		_, late := p.IdentifySeal(t.Context(), org.ID, catalog.Sandbox, set.QSeal.Header, testkit.Start.AddDate(1, 0, 0))
		refusal(t, late, "CERTIFICATE_EXPIRED", path, set.QSeal.Serial)
		_, none := p.IdentifySeal(t.Context(), org.ID, catalog.Live, set.QSeal.Header, testkit.Start)
		refusal(t, none, "CERTIFICATE_INVALID", path, "none")
	})
}

func TestAReplacedCertificateIsRefusedOnTheNextCallOfItsProcess(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		old, _ := p.generate(t, org, "")
		if _, v := p.Identify(t.Context(), old.QWAC.X509, testkit.Start); !v.Passed() {
			t.Fatal(v.Text)
		}
		_, err := p.RegisteredSeal(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		_, _, _, err = p.PlaygroundKeys(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)

		set, _ := p.generate(t, org, "")

		_, v := p.Identify(t.Context(), old.QWAC.X509, testkit.Start)
		refusal(t, v, "CERTIFICATE_REVOKED", "TLS")
		seal, err := p.RegisteredSeal(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		qwac, sealCert, _, err := p.PlaygroundKeys(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		if seal.ID != set.QSeal.ID || !qwac.Leaf.Equal(set.QWAC.X509) || !sealCert.Equal(set.QSeal.X509) {
			t.Error("the former set is still handed out")
		}
	})
}

func TestAReplacedCertificateIsRefusedInAnotherProcessWithinASecond(t *testing.T) {
	t.Parallel()
	for what, open := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			url := open(t)
			here := newProcess(t, testkit.Open(t, url, testkit.Clock()))
			there := newProcess(t, testkit.Open(t, url, testkit.Clock()))
			listening := make(chan struct{}, 8)
			there.db.OnChange("listening", func(string) { listening <- struct{}{} })
			testkit.Run(t, there.db.WatchChanges)
			<-listening
			org := newOrganisation(t, here.db, "Example Oy")
			old, _ := here.generate(t, org, "")
			passes := func() bool {
				_, v := there.Identify(t.Context(), old.QWAC.X509, testkit.Start)
				return v.Passed()
			}
			if !passes() {
				t.Fatal("the other process does not know the certificate")
			}
			before, err := there.RegisteredSeal(t.Context(), org.ID, catalog.Sandbox)
			must(t, err)

			set, _ := here.generate(t, org, "")
			start := clock.Monotonic()
			testkit.Eventually(t, "the other process to refuse the old certificate", func() bool { return !passes() })
			testkit.Eventually(t, "the other process to know the new seal", func() bool {
				seal, err := there.RegisteredSeal(t.Context(), org.ID, catalog.Sandbox)
				return err == nil && seal.ID == set.QSeal.ID && seal.ID != before.ID
			})

			if took := clock.Since(start); took > time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func BenchmarkTheDoorKnowsACertificateThatItHasSeen(b *testing.B) {
	d := testkit.SQLite(b)
	q, err := jobs.New(d, testkit.Log(b))
	if err != nil {
		b.Fatal(err)
	}
	c := certs.New(d, q, testkit.Ring(b), addresses, testkit.Log(b))
	if err := c.EnsureAuthorities(b.Context()); err != nil {
		b.Fatal(err)
	}
	id, _ := testkit.Organisation(b, d, "Example Oy")
	keys, err := c.Prepare(b.Context(), certs.Request{Roles: []qcert.Role{qcert.RoleAI}})
	if err != nil {
		b.Fatal(err)
	}
	var set certs.Set
	err = d.InTx(b.Context(), func(tx db.Tx) (err error) {
		set, _, err = c.Generate(b.Context(), tx, certs.Organisation{ID: id, Name: "Example Oy", Country: "FI"}, "per_tester", keys, "")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("qwac", func(b *testing.B) {
		for b.Loop() {
			if _, v := c.Identify(b.Context(), set.QWAC.X509, testkit.Start); !v.Passed() {
				b.Fatal(v.Text)
			}
		}
	})
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			if _, v := c.IdentifySeal(b.Context(), id, catalog.Sandbox, set.QSeal.Header, testkit.Start); !v.Passed() {
				b.Fatal(v.Text)
			}
		}
	})
}
