package httpsig

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"strings"
	"testing"
)

// vectors is testdata/cavage10-vectors.json: appendix C of the draft, with
// rsa-sha512 signatures added.
type vectors struct {
	PublicKeyPem, PrivateKeyPem string
	Request                     struct {
		Method, Target, Body string
		Headers              [][2]string
	}
	Vectors []struct {
		Name, SigningString string
		Headers             *string
		RSA256              string `json:"signature_rsa_sha256"`
		RSA512              string `json:"signature_rsa_sha512_computed"`
	}
}

func mustVectors(t *testing.T) (v vectors, h http.Header, host string) {
	t.Helper()
	raw, err := os.ReadFile("testdata/cavage10-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Vectors) != 3 {
		t.Fatalf("read %d vectors, want 3", len(v.Vectors))
	}
	h = http.Header{}
	for _, pair := range v.Request.Headers {
		if pair[0] == "Host" {
			host = pair[1] // as net/http keeps it
		} else {
			h.Add(pair[0], pair[1])
		}
	}

	return v, h, host
}

func TestTheVectorsOfTheDraftVerifyAndSign(t *testing.T) {
	t.Parallel()
	v, h, host := mustVectors(t)
	public, _ := pem.Decode([]byte(v.PublicKeyPem))
	parsed, err := x509.ParsePKIXPublicKey(public.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	private, _ := pem.Decode([]byte(v.PrivateKeyPem))
	key, err := x509.ParsePKCS1PrivateKey(private.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CheckDigest(h, []byte(v.Request.Body)); err != nil {
		t.Errorf("digest of the draft: %v", err)
	}
	for _, c := range v.Vectors {
		names := []string{"date"} // the draft's default
		if c.Headers != nil {
			names = strings.Fields(*c.Headers)
		}

		text, m := join(names, requestLookUp(v.Request.Method, v.Request.Target, host, h))

		if m != nil || text != c.SigningString {
			t.Errorf("%s: signing string %q, %v; want %q", c.Name, text, m, c.SigningString)
		}
		for hash, want := range map[crypto.Hash]string{crypto.SHA256: c.RSA256, crypto.SHA512: c.RSA512} {
			s := sum(hash, []byte(text))
			sig, err := base64.StdEncoding.DecodeString(want)
			if err != nil {
				t.Fatal(err)
			}
			if err := rsa.VerifyPKCS1v15(parsed.(*rsa.PublicKey), hash, s.bytes(), sig); err != nil {
				t.Errorf("%s with %v does not verify: %v", c.Name, hash, err)
			}
			if b := uncover(parsed.(*rsa.PublicKey), sig); b.scheme != pkcs1 || b.hash != hash || !b.of([]byte(text)) {
				t.Errorf("%s with %v uncovers as %+v", c.Name, hash, b)
			}
			if got, err := key.Sign(nil, s.bytes(), hash); err != nil || base64.StdEncoding.EncodeToString(got) != want {
				t.Errorf("%s with %v signs differently: %v", c.Name, hash, err)
			}
		}
	}
}

// Drafts up to 07 printed a signature over a date with the wrong weekday.
func TestTheWrongVectorOfEarlyDraftsIsOverAnotherText(t *testing.T) {
	t.Parallel()
	v, h, _ := mustVectors(t)

	text, err := SigningString(h, []string{"date"})

	if err != nil || text == strings.Replace(v.Vectors[0].SigningString, "Sun", "Thu", 1) || text != v.Vectors[0].SigningString {
		t.Errorf("signing string %q, %v", text, err)
	}
}

func TestSigningStringFollowsSection23OfTheDraft(t *testing.T) {
	t.Parallel()
	h := http.Header{
		"Digest":           {"  " + emptySHA256 + " \t"},
		"X-Request-Id":     {requestID},
		"psu-id":           {"1345611"}, // as a log or a form may spell it
		"Cache-Control":    {"max-age=60 ", " must-revalidate"},
		"Tpp-Redirect-Uri": {backTo},
		"Psu-Corporate-Id": {""},
	}
	for _, c := range []struct {
		name, want string
		headers    []string
	}{
		{"order of the list", "x-request-id: " + requestID + "\ndigest: " + emptySHA256, []string{"x-request-id", "digest"}},
		{"blanks around a value go", "digest: " + emptySHA256, []string{"digest"}},
		{"names become lower case", "digest: " + emptySHA256 + "\nx-request-id: " + requestID, []string{"Digest", "X-Request-ID"}},
		{"any spelling is found", "psu-id: 1345611", []string{"psu-id"}},
		{"several values are joined", "cache-control: max-age=60, must-revalidate", []string{"cache-control"}},
		{"percent codes stay", "tpp-redirect-uri: " + backTo, []string{"tpp-redirect-uri"}},
		{"an empty value keeps its blank", "psu-corporate-id: ", []string{"psu-corporate-id"}},
	} {
		if got, err := SigningString(h, c.headers); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}

	_, err := SigningString(h, []string{"digest", "tpp-signature-certificate"})
	wantMistake(t, err, HeadersAbsent, "TPP-Signature-Certificate")
	_, err = SigningString(h, []string{"(request-target)"})
	wantMistake(t, err, HeadersAbsent, "(request-target)")
	if got, err := SigningString(http.Header{"Digest": {"a"}, "digest": {"b"}}, []string{"digest"}); err != nil || got != "digest: a, b" {
		t.Errorf("two spellings: %q, %v", got, err)
	}
}
