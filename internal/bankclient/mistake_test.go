package bankclient_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"testing"

	"fairway/internal/bankclient"
	"fairway/internal/httpsig"
)

// consent is a request with everything that a mistake can be about.
func consent(m bankclient.Mistake) bankclient.Request {
	r := list()
	r.Method, r.Path, r.Body, r.Mistake = http.MethodPost, "/consent/v1/consents", "{\n  \"access\": {}\n}", m
	r.RequestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	r.Headers = []bankclient.Param{{Name: "PSU-ID", Value: "1345611"}, {Name: "Consent-ID", Value: "0b52d7c2-9f4e-4a53-8a63-0a1b2c3d4e5f"}}
	r.Query = []bankclient.Param{{Name: "dateFrom", Value: "2026-11-01"}}
	return r
}

func TestEachMistakeOfASignatureIsExplainedAsItself(t *testing.T) {
	t.Parallel()
	for _, wrong := range bankclient.Mistakes() {
		if wrong.Cause == "" {
			continue
		}
		t.Run(string(wrong.ID), func(t *testing.T) {
			t.Parallel()
			b := newBank(t, ok)

			e, err := b.client.Send(t.Context(), identity(), consent(wrong.ID))

			if err != nil {
				t.Fatal(err)
			}
			got := b.only()
			found := httpsig.Request{Method: got.method, Target: e.Target, Host: got.host, Header: got.header, Body: []byte(got.body)}.Explain(identity().Seal, identity().QWAC.Leaf)
			if found.Cause != wrong.Cause || got.body != e.Body {
				t.Errorf("explained as %s: %s", found.Cause, found.Text)
			}
			checkShown(t, e)
		})
	}
}

func TestAMistakeElsewhereLeavesTheSignatureRight(t *testing.T) {
	t.Parallel()
	for _, wrong := range bankclient.Mistakes() {
		if wrong.Cause != "" || wrong.ID == bankclient.NotSigned || wrong.ID == bankclient.NoUUID {
			continue
		}
		b := newBank(t, ok)

		_, err := b.client.Send(t.Context(), identity(), consent(wrong.ID))

		got := b.only()
		if _, unsigned := httpsig.NewVerifier(identity().Seal).Verify(got.header); err != nil || unsigned != nil {
			t.Errorf("%s: %v, %v", wrong.ID, err, unsigned)
		}
		for mistake, done := range map[bankclient.Mistake]bool{
			bankclient.NoQWAC: got.peer == nil, bankclient.NoAPIKey: got.header.Get("X-Api-Key") == "", bankclient.NoToken: got.header.Get("Authorization") == "",
			bankclient.NoConsentID: got.header.Get("Consent-Id") == "", bankclient.NoDateFrom: got.query == "",
			bankclient.ForeignConsent: got.header.Get("Consent-Id") != "" && got.header.Get("Consent-Id") != "0b52d7c2-9f4e-4a53-8a63-0a1b2c3d4e5f",
		} {
			if meant := mistake == wrong.ID; meant && !done || !meant && done && mistake != bankclient.ForeignConsent {
				t.Errorf("%s: %s is %v", wrong.ID, mistake, done)
			}
		}
	}
}

func TestARightCallAfterOneWithoutCertificateShowsItAgain(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	for _, m := range []bankclient.Mistake{"", bankclient.NoQWAC, ""} {
		if _, err := b.client.Send(t.Context(), identity(), consent(m)); err != nil {
			t.Fatal(err)
		}
	}

	calls := b.seen()

	if len(calls) != 3 || calls[0].peer == nil || calls[1].peer != nil || calls[2].peer == nil {
		t.Errorf("%d calls", len(calls))
	}
}

func TestAMistakeIsSignedElsewhereToo(t *testing.T) {
	t.Parallel()
	for _, wrong := range bankclient.Mistakes() {
		b, id, r := newBank(t, ok), identity(), consent(wrong.ID)
		key := id.SealKey
		id.SealKey = nil
		if wrong.NoSeal {
			if _, err := b.client.Send(t.Context(), id, r); err != nil || len(b.seen()) != 1 {
				t.Errorf("%s, which needs no seal: %v", wrong.ID, err)
			}
			continue
		}
		sign := signedBy
		if wrong.ID == bankclient.PSS {
			sign = signedByPSS
		}
		text, err := b.client.SigningString(id, r)
		if err != nil {
			t.Fatal(err)
		}
		r.Signature = sign(t, key, text)

		e, err := b.client.Send(t.Context(), id, r)
		r.Signature = sign(t, keys()[0].key, text)
		_, refused := b.client.Send(t.Context(), id, r)

		if err != nil || e.SigningString != text || refused == nil || len(b.seen()) != 1 {
			t.Errorf("%s: %v, %v", wrong.ID, err, refused)
		}
	}
}

func signedByPSS(t *testing.T, key crypto.Signer, text string) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	signature, err := key.Sign(rand.Reader, sum[:], &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256}) // as a browser does
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func TestNoMistakeIsMadeInLiveAndNoneThatIsNotOfTheList(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	live, free := consent(bankclient.CRLF), consent("X-Forwarded-For: 1")
	live.Environment = "live"
	for _, r := range []bankclient.Request{live, free} {
		if _, err := b.client.Send(t.Context(), identity(), r); err == nil {
			t.Errorf("%s in %s was made", r.Mistake, r.Environment)
		}
	}

	if n := len(b.seen()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}
