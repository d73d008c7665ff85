package httpsig

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	s := newSeal(f, 2048)
	good := newRequest("PSU-ID", psuID)
	mustSign(f, good, nil, s, crypto.SHA256)
	f.Add(good.Get("Signature"))
	for _, a := range slices.Concat(grammar(), lists(), parameters(), signatures()) {
		h := good.Clone()
		a.edit(h)
		f.Add(h.Get("Signature"))
	}
	f.Fuzz(func(t *testing.T, header string) {
		p, err := Parse(header)
		if err != nil {
			m := mistakeOf(t, err)
			if !slices.Contains(Codes(), m.Code) || m.Path != "Signature" {
				t.Errorf("code %q at %q", m.Code, m.Path)
			}
			fitToShow(t, m.Text, maxText)

			return
		}

		again := `keyId="` + p.KeyID + `",algorithm="` + p.Algorithm + `",headers="` + strings.Join(p.Headers, " ") +
			`",signature="` + base64.StdEncoding.EncodeToString(p.Signature) + `"`
		q, err := Parse(again)
		if err != nil || q.KeyID != p.KeyID || q.Algorithm != p.Algorithm || !slices.Equal(q.Headers, p.Headers) || !bytes.Equal(q.Signature, p.Signature) {
			t.Errorf("written again as %q: %v", again, err)
		}
		if len(again) > len(header) {
			t.Errorf("%q grew to %q", header, again)
		}
	})
}

// FuzzVerify holds Verify against a second, slow reading of the rules: whatever
// it accepts must be right by that one too. The signature is made anew over what
// the fuzzer lists, so that it gets past the mathematics.
func FuzzVerify(f *testing.F) {
	s := newSeal(f, 2048)
	v := NewVerifier(s.cert)
	f.Add("", "digest x-request-id psu-id tpp-redirect-uri", "rsa-sha256", "", emptySHA256, requestID, psuID, backTo, "")
	f.Add(" ", "x-request-id digest", "rsa-sha512", " ", emptySHA512, "12345", "", "", "keep-alive")
	f.Add("", "digest x-request-id", "rsa-sha256", `,headers="digest"`, "sha-256=", requestID, psuID, "", "close, psu-id")
	f.Add(`algorithm="none",`, "date digest X-Request-ID", "hs2019", ",", "x", "\n", "\x00", " ", "")
	f.Fuzz(func(t *testing.T, before, list, algorithm, after, digest, id, psu, redirect, connection string) {
		h := http.Header{pathCertificateCanonical: {v.header}}
		for name, value := range map[string]string{"Digest": digest, "X-Request-ID": id, "PSU-ID": psu, "TPP-Redirect-URI": redirect, "Connection": connection} {
			if value != "" {
				h.Set(name, value)
			}
		}
		var lines []string
		for _, name := range strings.Split(list, " ") {
			lines = append(lines, name+": "+strings.Trim(h.Get(name), " \t"))
		}
		sig := over(t, s.key, hashOf(algorithm), strings.Join(lines, "\n"))()
		h.Set("Signature", before+`keyId="`+v.keyID+`",algorithm="`+algorithm+`",headers="`+list+`",signature="`+b64(sig)+`"`+after)

		r, err := v.Verify(h)
		e := Explain(h, nil, s.cert)

		fitToShow(t, e.Text, maxExplanation)
		if err != nil {
			fitToShow(t, mistakeOf(t, err).Text, maxText)
			if e.Cause == CauseNone || e.Cause == "" {
				t.Errorf("refused (%v) and explained as right", err)
			}

			return
		}
		mustBeRight(t, h, r, s.cert)
	})
}

var pathCertificateCanonical = http.CanonicalHeaderKey(pathCertificate)

// mustBeRight checks an accepted request without the code that accepted it.
func mustBeRight(t *testing.T, h http.Header, r Result, cert *x509.Certificate) {
	t.Helper()
	listed := map[string]bool{}
	var lines []string
	for _, name := range r.Params.Headers {
		if listed[name] || h.Get(name) == "" {
			t.Errorf("%q is listed twice or not sent", name)
		}
		listed[name] = true
		lines = append(lines, name+": "+strings.Trim(h.Get(name), " \t"))
	}
	for _, name := range []string{"psu-id", "psu-corporate-id", "tpp-redirect-uri"} {
		if listed[name] != (h.Get(name) != "") {
			t.Errorf("%q is listed: %v, sent: %q", name, listed[name], h.Get(name))
		}
		delete(listed, name)
	}
	if !listed["digest"] || !listed["x-request-id"] || len(listed) != 2 {
		t.Errorf("list is %q", r.Params.Headers)
	}
	text := strings.Join(lines, "\n")
	hash := map[string]crypto.Hash{"rsa-sha256": crypto.SHA256, "rsa-sha512": crypto.SHA512}[r.Params.Algorithm]
	hasher := hash.New()
	hasher.Write([]byte(text))
	if err := rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), hash, hasher.Sum(nil), r.Params.Signature); err != nil || text != r.SigningString {
		t.Errorf("%q does not verify: %v", text, err)
	}
}

func FuzzCertificateFromHeader(f *testing.F) {
	s := newSeal(f, 2048)
	f.Add(b64(s.cert.Raw))
	f.Add(armour("CERTIFICATE", s.cert.Raw))
	f.Add(onOneLine(armour("CERTIFICATE", s.cert.Raw)))
	f.Add(b64(x509.MarshalPKCS1PrivateKey(s.key)))
	f.Add("-----BEGIN PRIVATE KEY-----")
	f.Add(b64([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}))
	f.Add(b64([]byte{0x30, 0xff}))
	f.Fuzz(func(t *testing.T, v string) {
		der, err := CertificateFromHeader(v)
		if err != nil {
			m := mistakeOf(t, err)
			fitToShow(t, m.Text, maxText)
			if m.Path != pathCertificate || m.Sent != "" {
				t.Errorf("mistake %+v", m)
			}

			return
		}
		if cert, err := x509.ParseCertificate(der); err != nil || !bytes.Equal(cert.Raw, der) {
			t.Errorf("accepted what is not one certificate: %v", err)
		}
		if again, err := CertificateFromHeader(b64(der)); err != nil || !bytes.Equal(again, der) {
			t.Errorf("does not survive being sent again: %v", err)
		}
	})
}

func FuzzMatchKeyID(f *testing.F) {
	s := newSeal(f, 2048)
	id := newIdentity(s.cert)
	for _, v := range []string{KeyID(s.cert), `SN=5d01f2a0b3,CA=C=FI, O="Fairway Sandbox", CN=#0c12`, `SN=%,CA=\`, `SN=0,CA=O=a\`, "SN=1,CA=CN=+", `SN=1,CA=CN="`, "SN=1,CA=CN=#"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, keyID string) {
		m := id.match(keyID)
		if m != nil {
			fitToShow(t, m.Text, maxText)

			return
		}
		serial, issuer, ok := cutKeyID(percentDecode(keyID))
		if !ok || !strings.HasSuffix(strings.ToLower(serial), id.serial) || !strings.Contains(strings.ToLower(issuer), "fi") {
			t.Errorf("%q was accepted for %q", keyID, id.keyID)
		}
	})
}
