package e2e

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// emptySum is the SHA-256 of no byte at all.
const emptySum = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

func TestBothHashesAreAcceptedInAllFourPairs(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	for _, digest := range []crypto.Hash{crypto.SHA256, crypto.SHA512} {
		for _, algorithm := range []crypto.Hash{crypto.SHA256, crypto.SHA512} {
			c := p.read(cardsPath, g)
			c.hash = digest
			c.header.Set("Digest", c.digest())
			c.hash = algorithm
			if a := p.ask(t, c); a.status != http.StatusOK {
				t.Errorf("digest %v, signature %v: %s", digest, algorithm, a)
			}
		}
	}
}

func TestConditionalHeadersAreSignedIfAndOnlyIfTheyAreSent(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	own := p.ownToken(t)
	post := func() *call {
		return p.call(http.MethodPost, consentsPath, own, []byte(allAccounts)).set("PSU-ID", "1345611").set("TPP-Redirect-URI", redirectURI)
	}

	if a := p.ask(t, post()); a.status != http.StatusCreated {
		t.Errorf("both sent and signed: %s", a)
	}
	unsigned := post()
	unsigned.order = []string{"x-request-id", "digest", "psu-id"}
	refusal{401, "SIGNATURE_INVALID", "Signature", "tpp-redirect-uri"}.check(t, p.ask(t, unsigned))
	absent := p.call(http.MethodPost, consentsPath, own, []byte(allAccounts))
	absent.order = []string{"x-request-id", "digest", "psu-id"}
	refusal{401, "SIGNATURE_INVALID", "PSU-ID", "psu-id"}.check(t, p.ask(t, absent))
}

func TestADigestThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	sum := sha256.Sum256(nil)
	two := func(c *call) { c.header["Digest"] = []string{"SHA-256=" + emptySum, "SHA-256=" + emptySum} }
	value := func(v string) func(*call) { return func(c *call) { c.header.Set("Digest", v) } }
	for name, c := range map[string]struct {
		spoil func(*call)
		says  string
	}{
		"none":                      {func(c *call) { c.header.Del("Digest") }, "missing"},
		"of other bytes":            {value("SHA-256=" + base64Of(make([]byte, 32))), "SHA-256"},
		"of an empty object":        {value("SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="), ""},
		"in hexadecimal":            {value("SHA-256=" + hex.EncodeToString(sum[:])), "hexadecimal"},
		"in base64url":              {value("SHA-256=" + base64.RawURLEncoding.EncodeToString(sum[:])), ""},
		"cut off":                   {value("SHA-256=" + emptySum[:30]), ""},
		"without its name":          {value(emptySum), ""},
		"by MD5":                    {value("MD5=1B2M2Y8AsgTpgAmY7PhCfg=="), "MD5"},
		"by SHA-1":                  {value("SHA=2jmj7l5rSw0yVb/vlWAYkK/YBwk="), ""},
		"two in one":                {value("SHA-256=" + emptySum + ",SHA-512=" + emptySum), "one"},
		"two":                       {two, ""},
		"SHA-512 by name alone":     {value("SHA-512=" + emptySum), "bytes"},
		"in quotes":                 {value(`"SHA-256=` + emptySum + `"`), ""},
		"as RFC 9530 writes it":     {value("sha-256=:" + emptySum + ":"), "9530"},
		"of eight thousand letters": {value("SHA-256=" + strings.Repeat("A", 8000)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			call := p.read(cardsPath, g).sign(t)
			c.spoil(call)
			refusal{401, "SIGNATURE_INVALID", "Digest", c.says}.check(t, p.send(t, call))
		})
	}
	small := p.read(cardsPath, g).set("Digest", "sha-256="+emptySum)
	if a := p.ask(t, small); a.status != http.StatusOK {
		t.Errorf("the algorithm in small letters (RFC 3230 does not tell them apart): %s", a)
	}
}

func TestABodyThatWasChangedAfterSigningIsRefused(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	c := p.call(http.MethodPost, consentsPath, p.ownToken(t), []byte(allAccounts)).sign(t)
	for _, body := range []string{allAccounts + "\n", strings.Replace(allAccounts, ":", ": ", 1), "", strings.Replace(allAccounts, "4", "3", 1)} {
		c.body = []byte(body)
		a := p.send(t, c)
		if a.status != http.StatusUnauthorized || a.code() != "SIGNATURE_INVALID" || a.path() != "Digest" {
			t.Errorf("%q: %s", body, a)
		}
	}
}

func TestASealThatIsNotTheRegisteredOneIsRefused(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	other := p.sv.newTPP(t)
	elsewhere := town(t, "").newTPP(t)
	key := strings.ReplaceAll(string(mustRead(t, filepath.Join(p.dir, "qseal.key"))), "\n", " ")
	value := func(v string) func(*call) { return func(c *call) { c.header.Set("TPP-Signature-Certificate", v) } }
	for name, c := range map[string]struct {
		spoil func(*call)
		want  refusal
	}{
		"none":               {func(c *call) { c.header.Del("TPP-Signature-Certificate") }, refusal{401, "CERTIFICATE_MISSING", "TPP-Signature-Certificate", ""}},
		"no base64":          {value("-certificate-"), refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", ""}},
		"cut off":            {value(base64Of(p.seal.cert.Raw[:200])), refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", ""}},
		"the QWAC":           {value(base64Of(p.qwac.Leaf.Raw)), refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", ""}},
		"another TPP's":      {value(base64Of(other.seal.cert.Raw)), refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", ""}},
		"of another sandbox": {value(base64Of(elsewhere.seal.cert.Raw)), refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", ""}},
		"a stranger's":       {value(base64Of(selfMade(t).Certificate[0])), refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", ""}},
		"the private key":    {value(key), refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", "private key"}},
		"two":                {func(c *call) { c.header.Add("TPP-Signature-Certificate", base64Of(p.seal.cert.Raw)) }, refusal{400, "FORMAT_ERROR", "TPP-Signature-Certificate", "twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			call := p.read(cardsPath, g).sign(t)
			c.spoil(call)
			c.want.check(t, p.send(t, call))
		})
	}
	signedByOther := p.read(cardsPath, g)
	signedByOther.seal = other.seal
	refusal{401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate", ""}.check(t, p.ask(t, signedByOther))
}

func TestTheGrammarOfTheSignatureIsStrict(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	for name, c := range map[string]struct{ from, to, says string }{
		"no keyId":              {`keyId=`, `key=`, "key"},
		"no algorithm":          {`algorithm="rsa-sha256",`, ``, "algorithm"},
		"no headers":            {`headers="digest x-request-id",`, ``, "headers"},
		"no signature":          {`,signature=`, `,sig=`, ""},
		"a parameter twice":     {`algorithm=`, `algorithm="rsa-sha256",algorithm=`, "algorithm"},
		"a stranger's":          {`algorithm=`, `created="1",algorithm=`, "created"},
		"hs2019":                {`"rsa-sha256"`, `"hs2019"`, "hs2019"},
		"none":                  {`"rsa-sha256"`, `"none"`, "none"},
		"SHA-1":                 {`"rsa-sha256"`, `"rsa-sha1"`, "rsa-sha1"},
		"the date":              {`"digest x-request-id"`, `"digest x-request-id date"`, "date"},
		"the request's target":  {`"digest x-request-id"`, `"(request-target) digest x-request-id"`, "request-target"},
		"the token":             {`"digest x-request-id"`, `"digest x-request-id authorization"`, "authorization"},
		"a name twice":          {`"digest x-request-id"`, `"digest x-request-id digest"`, "digest"},
		"no digest":             {`"digest x-request-id"`, `"x-request-id"`, "digest"},
		"no request id":         {`"digest x-request-id"`, `"digest"`, "x-request-id"},
		"capitals in the list":  {`"digest x-request-id"`, `"Digest X-Request-ID"`, "lower"},
		"commas in the list":    {`"digest x-request-id"`, `"digest,x-request-id"`, ""},
		"another serial number": {`SN=`, `SN=1`, "serial"},
		"another issuer":        {`CA=`, `CA=CN=Somebody,`, ""},
		"no quotes":             {`"rsa-sha256"`, `rsa-sha256`, ""},
		"SHA-512 by name alone": {`"rsa-sha256"`, `"rsa-sha512"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			call := p.read(cardsPath, g).sign(t)
			spoilt := strings.Replace(call.header.Get("Signature"), c.from, c.to, 1)
			if spoilt == call.header.Get("Signature") {
				t.Fatalf("nothing was spoilt: %s", spoilt)
			}
			call.header.Set("Signature", spoilt)
			refusal{401, "SIGNATURE_INVALID", "Signature", c.says}.check(t, p.send(t, call))
		})
	}
	none := p.read(cardsPath, g).sign(t).without("Signature")
	refusal{401, "SIGNATURE_MISSING", "Signature", ""}.check(t, p.send(t, none))
	two := p.read(cardsPath, g).sign(t)
	two.header.Add("Signature", two.header.Get("Signature"))
	if a := p.send(t, two); a.status != http.StatusUnauthorized || a.code() != "SIGNATURE_INVALID" {
		t.Errorf("two signatures: %s", a)
	}
}

func TestKeyIdIsComparedByValue(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	id := keyID(t, p.seal.cert)
	sn, ca, _ := strings.Cut(id, ",CA=")
	serial := strings.TrimPrefix(sn, "SN=")
	parts := strings.Split(ca, ",")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	for name, other := range map[string]string{
		"capitals":             "SN=" + strings.ToUpper(serial) + ",CA=" + ca,
		"a leading zero":       "SN=00" + serial + ",CA=" + ca,
		"the other way around": "SN=" + serial + ",CA=" + strings.Join(parts, ","),
		"all percent-coded":    "SN=" + serial + ",CA=" + strings.NewReplacer("=", "%3D", ",", "%2C").Replace(ca),
	} {
		call := p.read(cardsPath, g).sign(t)
		call.header.Set("Signature", strings.Replace(call.header.Get("Signature"), id, other, 1))
		if a := p.send(t, call); a.status != http.StatusOK {
			t.Errorf("%s: %s", name, a)
		}
	}
}
