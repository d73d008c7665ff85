package revocation_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/qcert"
	"fairway/internal/revocation"
	"fairway/internal/testkit"
)

func TestAResponderIsAskedAboutTheCertificate(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(nil)
	var question *ocsp.Request
	var mediaType string
	q.set(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		question, _ = ocsp.ParseRequest(body)
		mediaType = r.Header.Get("Content-Type")
		_, _ = w.Write(q.signed(q.response(cert), q.ca))
	}, nil)

	r := q.check(cert)

	if question == nil || question.SerialNumber.Cmp(cert.SerialNumber) != 0 || question.HashAlgorithm != crypto.SHA1 || mediaType != "application/ocsp-request" {
		t.Errorf("asked %+v as %q", question, mediaType)
	}
	want := revocation.Result{
		State: revocation.Good, Source: revocation.OCSP, URL: q.url + "/ocsp", Responder: "CN=QTSP CA,O=QTSP,C=FI",
		ProducedAt: r.ProducedAt, ThisUpdate: q.now.Add(-time.Hour), NextUpdate: q.now.Add(time.Hour), CheckedAt: q.now,
		Sentence: "Not revoked: the QTSP says so for " + q.now.Add(-time.Hour).Format("2 Jan 2006, 15:04 UTC") + ".",
	}
	if !same(r, want) || r.ProducedAt.IsZero() || !r.Allows() {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
	if q.times("/crl") != 0 {
		t.Error("the list was asked as well")
	}
}

func TestARevokedCertificateSaysWhenAndWhy(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	for reason, words := range map[int]string{
		ocsp.KeyCompromise: "key compromise", ocsp.PrivilegeWithdrawn: "privilege withdrawn", ocsp.CertificateHold: "on hold", ocsp.Superseded: "superseded", ocsp.Unspecified: "", 77: "",
	} {
		cert := q.leaf(nil)
		template := q.response(cert)
		template.Status, template.RevokedAt, template.RevocationReason = ocsp.Revoked, time.Date(2026, 11, 3, 23, 0, 0, 0, time.UTC), reason
		q.set(serving(q.signed(template, q.ca)), nil)

		r := q.check(cert)

		sentence := "Revoked on 3 Nov 2026."
		if words != "" {
			sentence = "Revoked on 3 Nov 2026 (" + words + ")."
		}
		if r.State != revocation.Revoked || !r.RevokedAt.Equal(template.RevokedAt) || r.Reason != words || r.Sentence != sentence || r.Allows() {
			t.Errorf("%d: %+v", reason, r)
		}
	}
}

// answer is a response that a test sends.
type answer struct {
	name string
	make func(q *qtsp, cert *x509.Certificate) []byte
	note string
}

// changed is a response by the issuer with one thing changed.
func changed(change func(q *qtsp, r *ocsp.Response)) func(*qtsp, *x509.Certificate) []byte {
	return func(q *qtsp, cert *x509.Certificate) []byte {
		template := q.response(cert)
		change(q, &template)
		return q.signed(template, q.ca)
	}
}

// delegated is a good response by a delegate with one thing changed.
func delegated(change func(now time.Time, c *x509.Certificate)) func(*qtsp, *x509.Certificate) []byte {
	return func(q *qtsp, cert *x509.Certificate) []byte {
		by := q.ca.delegate(q.t, q.now, func(c *x509.Certificate) { change(q.now, c) })
		template := q.response(cert)
		template.Certificate = by.cert
		return q.signed(template, by)
	}
}

func TestResponsesThatCount(t *testing.T) {
	t.Parallel()
	for _, a := range []answer{
		{"with the issuer's certificate", changed(func(q *qtsp, r *ocsp.Response) { r.Certificate = q.ca.cert }), ""},
		{"by a delegate", delegated(func(time.Time, *x509.Certificate) {}), ""},
		{"by a delegate without key usage", delegated(func(_ time.Time, c *x509.Certificate) { c.KeyUsage = 0 }), ""},
		{"by a delegate with a large key", byWide(qcert.MaxRSABits), ""},
		{"issuer named by SHA-256", changed(func(_ *qtsp, r *ocsp.Response) { r.IssuerHash = crypto.SHA256 }), ""},
		{"no end, fresh", changed(func(q *qtsp, r *ocsp.Response) { r.NextUpdate = time.Time{} }), ""},
		{"four minutes early", changed(func(q *qtsp, r *ocsp.Response) { r.ThisUpdate = q.now.Add(4 * time.Minute) }), ""},
		{"four minutes late", changed(func(q *qtsp, r *ocsp.Response) { r.NextUpdate = q.now.Add(-4 * time.Minute) }), ""},
		{"a nonce that nobody sent", rebuilt(func(d *data) {
			d.Extensions = []pkix.Extension{{Id: oid(nonce), Critical: true, Value: []byte{4, 1, 7}}}
		}), ""},
		{"another certificate's answer besides", rebuilt(func(d *data) { d.add(7) }), ""},
	} {
		q := newQTSP(t)
		cert := q.leaf(withoutCRL)
		q.set(serving(a.make(q, cert)), nil)

		if r := q.check(cert); r.State != revocation.Good {
			t.Errorf("%s: %+v", a.name, r)
		}
	}
}

// uncounted are responses that say nothing, with what the note says of them.
func uncounted() []answer {
	return []answer{
		{"unknown", changed(func(_ *qtsp, r *ocsp.Response) { r.Status = ocsp.Unknown }), "does not know this certificate"},
		{"another serial number", changed(func(_ *qtsp, r *ocsp.Response) { r.SerialNumber = big.NewInt(7) }), "cannot be read"},
		{"two answers for the serial number", rebuilt(func(d *data) { d.Responses = append(d.Responses, d.Responses[0]) }), "about another certificate"},
		{"another issuer's serial number", forIssuer("Another CA", otherKey), "about another certificate"},
		{"a namesake's serial number", forIssuer("QTSP CA", otherKey), "about another certificate"},
		{"serial number of another name with the key", forIssuer("Another CA", caKey), "about another certificate"},
		{"signed by another issuer", bySomebodyElse, "whose signature is not the issuer’s"},
		{"signed by another issuer's delegate", byAnothersDelegate, "whom the issuer did not name"},
		{"signed by the certificate itself", byTheLeaf, "not for OCSP"},
		{"delegate without the extended key usage", delegated(func(_ time.Time, c *x509.Certificate) { c.ExtKeyUsage = nil }), "not for OCSP"},
		{"delegate for anything", delegated(func(_ time.Time, c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), "not for OCSP"},
		{"delegate for TLS", delegated(func(_ time.Time, c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), "not for OCSP"},
		{"delegate that may not sign", delegated(func(_ time.Time, c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), "not for OCSP"},
		{"delegate with a strange critical extension", delegated(func(_ time.Time, c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}), "not for OCSP"},
		{"expired delegate", delegated(func(now time.Time, c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }), "expired certificate"},
		{"delegate of tomorrow", delegated(func(now time.Time, c *x509.Certificate) {
			c.NotBefore, c.NotAfter = now.Add(time.Hour), now.Add(2*time.Hour)
		}), "expired certificate"},
		{"delegate with a key too large to verify with", byWide(qcert.MaxRSABits + 512), "cannot be read"},
		{"stale", changed(func(q *qtsp, r *ocsp.Response) { r.NextUpdate = q.now.Add(-6 * time.Minute) }), "out of date"},
		{"no end, stale", changed(func(q *qtsp, r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = q.now.Add(-25*time.Hour), time.Time{} }), "out of date"},
		{"ends before it begins", changed(func(q *qtsp, r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = q.now, q.now.Add(-time.Second) }), "out of date"},
		{"from the future", changed(func(q *qtsp, r *ocsp.Response) { r.ThisUpdate = q.now.Add(6 * time.Minute) }), "from the future"},
		{"made in the future", rebuilt(func(d *data) { d.ProducedAt = d.ProducedAt.Add(time.Hour) }), "from the future"},
		{"signed on SHA-1", changed(func(_ *qtsp, r *ocsp.Response) { r.SignatureAlgorithm = x509.ECDSAWithSHA1 }), "too weak"},
		{"strange critical extension", rebuilt(func(d *data) {
			d.Extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}), "critical extension"},
		{"changed after the signature", tampered, "whose signature is not the issuer’s"},
		{"trailing byte", func(q *qtsp, cert *x509.Certificate) []byte { return append(q.signed(q.response(cert), q.ca), 0) }, "cannot be read"},
		{"page", func(*qtsp, *x509.Certificate) []byte {
			return []byte("<!doctype html><title>Log in to this network</title>")
		}, "cannot be read"},
		{"nothing", func(*qtsp, *x509.Certificate) []byte { return nil }, "cannot be read"},
		{"deep garbage", func(*qtsp, *x509.Certificate) []byte { return []byte(strings.Repeat("\x30\x80", 30<<10)) }, "cannot be read"},
		{"huge", func(*qtsp, *x509.Certificate) []byte { return make([]byte, 64<<10+1) }, "too large"},
		{"malformed request", func(*qtsp, *x509.Certificate) []byte { return ocsp.MalformedRequestErrorResponse }, "did not understand the question"},
		{"internal error", func(*qtsp, *x509.Certificate) []byte { return ocsp.InternalErrorErrorResponse }, "a fault of its own"},
		{"try later", func(*qtsp, *x509.Certificate) []byte { return ocsp.TryLaterErrorResponse }, "try again later"},
		{"signature required", func(*qtsp, *x509.Certificate) []byte { return ocsp.SigRequredErrorResponse }, "signed questions only"},
		{"unauthorised", func(*qtsp, *x509.Certificate) []byte { return ocsp.UnauthorizedErrorResponse }, "does not answer for this certificate"},
	}
}

func TestResponsesThatDoNotCount(t *testing.T) {
	t.Parallel()
	for _, a := range uncounted() {
		q := newQTSP(t)
		cert := q.leaf(withoutCRL)
		q.set(serving(a.make(q, cert)), nil)

		r := q.check(cert)

		if r.State != revocation.Unavailable || r.Allows() || r.Source != "" || r.RetryAfter != 5*time.Minute {
			t.Errorf("%s: %+v", a.name, r)
		}
		if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "OCSP: "+q.url+"/ocsp ") || !strings.Contains(r.Notes[0], a.note) {
			t.Errorf("%s: %q", a.name, r.Notes)
		}
		if r.Sentence != "The QTSP gave no answer that counts; we try again automatically." {
			t.Errorf("%s: %q", a.name, r.Sentence)
		}
	}
}

// byWide is an answer by a delegate with a key of about so many bits.
func byWide(bits int) func(*qtsp, *x509.Certificate) []byte {
	return func(q *qtsp, cert *x509.Certificate) []byte {
		key := testkit.NewWideKey(q.t, bits)
		template := *q.ca.delegate(q.t, q.now, nil).cert
		r := q.response(cert)
		r.Certificate = mustSign(q.t, &template, q.ca.cert, key.Public(), q.ca.key)
		der, err := ocsp.CreateResponse(q.ca.cert, r.Certificate, r, key)
		must(q.t, err)
		return der
	}
}

// forIssuer is our issuer's answer about a certificate of another issuer that has the same serial number.
func forIssuer(name string, key func() *ecdsa.PrivateKey) func(*qtsp, *x509.Certificate) []byte {
	return func(q *qtsp, cert *x509.Certificate) []byte {
		other := newAuthority(q.t, name, key(), q.now)
		der, err := ocsp.CreateResponse(other.cert, q.ca.cert, q.response(cert), q.ca.key)
		must(q.t, err)
		return der
	}
}

func bySomebodyElse(q *qtsp, cert *x509.Certificate) []byte {
	return q.signed(q.response(cert), authority{q.ca.cert, otherKey()})
}

func byAnothersDelegate(q *qtsp, cert *x509.Certificate) []byte {
	by := newAuthority(q.t, "QTSP CA", otherKey(), q.now).delegate(q.t, q.now, nil)
	template := q.response(cert)
	template.Certificate = by.cert
	return q.signed(template, by)
}

func byTheLeaf(q *qtsp, cert *x509.Certificate) []byte {
	template := q.response(cert)
	template.Certificate = cert
	return q.signed(template, authority{cert, leafKey()})
}

// tampered is an answer "unknown" that somebody on the way made "good".
func tampered(q *qtsp, cert *x509.Certificate) []byte {
	template := q.response(cert)
	template.Status = ocsp.Unknown
	der := q.signed(template, q.ca)
	return []byte(strings.Replace(string(der), "\x82\x00\x18", "\x80\x00\x18", 1))
}
