package httpsig

import (
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// attack changes a request that was right, and says how it must be refused.
type attack struct {
	name       string
	edit       func(h http.Header)
	code, path string
}

// edits of one header
func set(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
func add(name, value string) func(http.Header) { return func(h http.Header) { h.Add(name, value) } }
func raw(name, value string) func(http.Header) {
	return func(h http.Header) { h[name] = []string{value} }
}
func without(name string) func(http.Header) { return func(h http.Header) { h.Del(name) } }
func sig(f func(string) string) func(http.Header) {
	return func(h http.Header) { h.Set("Signature", f(h.Get("Signature"))) }
}

// swap replaces one text in the Signature header.
func swap(old, with string) func(http.Header) {
	return sig(func(s string) string {
		if !strings.Contains(s, old) {
			panic("nothing to replace: " + old)
		}

		return strings.Replace(s, old, with, 1)
	})
}

// list replaces the parameter headers, algorithm and keyId the other two.
func list(names string) func(http.Header) {
	return swap(`headers="digest x-request-id psu-id"`, `headers="`+names+`"`)
}
func algorithm(name string) func(http.Header) {
	return swap(`algorithm="rsa-sha256"`, `algorithm="`+name+`"`)
}
func keyID(value string) func(http.Header) {
	return swap(`keyId="SN=5D01F2A0B3,CA=CN=Fairway%20Sandbox%20CA,O=Fairway%20Sandbox,C=FI"`, `keyId="`+value+`"`)
}

// value replaces the parameter signature by a function of itself.
func value(f func(string) string) func(http.Header) {
	return sig(func(s string) string {
		p, err := Parse(s)
		if err != nil {
			panic(err)
		}

		return withSignature(s, f(base64.StdEncoding.EncodeToString(p.Signature)))
	})
}

const rightCA = "CN=Fairway%20Sandbox%20CA,O=Fairway%20Sandbox,C=FI"

func presence() []attack {
	return []attack{
		{"no Signature", without("Signature"), Missing, "Signature"},
		{"empty Signature", set("Signature", ""), Missing, "Signature"},
		{"blank Signature", set("Signature", " \t "), Missing, "Signature"},
		{"no certificate", without(pathCertificate), Missing, pathCertificate},
		{"empty certificate", set(pathCertificate, ""), Missing, pathCertificate},
		{"no Digest", without("Digest"), Missing, "Digest"},
		{"no X-Request-ID", without("X-Request-ID"), Missing, "X-Request-ID"},
		{"empty X-Request-ID", set("X-Request-ID", ""), Missing, "X-Request-ID"},
		{"nothing at all", func(h http.Header) { clear(h) }, Missing, "Signature"},
		{"no values", func(h http.Header) { h["Signature"] = nil }, Missing, "Signature"},
		{"a second Signature", add("Signature", "x"), Repeated, "Signature"},
		{"a second Signature in front", func(h http.Header) { h["Signature"] = append([]string{"x"}, h["Signature"]...) }, Repeated, "Signature"},
		{"a second Signature, spelt otherwise", raw("signature", "x"), Repeated, "Signature"},
		{"a second Digest", add("Digest", emptySHA256), Repeated, "Digest"},
		{"the same Digest, spelt otherwise", raw("DIGEST", emptySHA256), Repeated, "Digest"},
		{"a second X-Request-ID", add("X-Request-ID", requestID), Repeated, "X-Request-ID"},
		{"X-Request-ID as IANA spells it too", raw("X-Request-ID", requestID), Repeated, "X-Request-ID"},
		{"a second certificate", add(pathCertificate, "x"), Repeated, pathCertificate},
		{"a second PSU-ID", add("PSU-ID", psuID), Repeated, "PSU-ID"},
		{"a second, empty PSU-ID", add("PSU-ID", ""), Repeated, "PSU-ID"},
		{"two unsigned redirects", func(h http.Header) { h["Tpp-Redirect-Uri"] = []string{"a", "b"} }, Repeated, "TPP-Redirect-URI"},
		{"line feed in X-Request-ID", set("X-Request-ID", requestID+"\ndigest: x"), ControlCharacter, "X-Request-ID"},
		{"CR in PSU-ID", set("PSU-ID", "13\r45"), ControlCharacter, "PSU-ID"},
		{"NUL in PSU-ID", set("PSU-ID", psuID+"\x00"), ControlCharacter, "PSU-ID"},
		{"DEL in Digest", set("Digest", emptySHA256+"\x7f"), ControlCharacter, "Digest"},
		{"folded Signature", sig(func(s string) string { return strings.Replace(s, ",algorithm", ",\r\n algorithm", 1) }), ControlCharacter, "Signature"},
		{"folded certificate", func(h http.Header) { c := h.Get(pathCertificate); h.Set(pathCertificate, c[:64]+"\r\n "+c[64:]) }, ControlCharacter, pathCertificate},
		{"Connection takes PSU-ID away", set("Connection", "keep-alive, PSU-ID"), HopByHop, "Connection"},
		{"Connection takes Signature away", raw("connection", "signature"), HopByHop, "Connection"},
		{"Connection twice", func(h http.Header) { h["Connection"] = []string{"close", " Digest "} }, HopByHop, "Connection"},
	}
}

func grammar() []attack {
	long := strings.Repeat("a", maxSignature)

	return []attack{
		{"longer than 8 KiB", swap(`keyId="SN`, `keyId="`+long+`SN`), TooLong, "Signature"},
		{"8 KiB of quotation marks", set("Signature", strings.Repeat(`"`, maxSignature)), Syntax, "Signature"},
		{"8 KiB of commas", set("Signature", strings.Repeat(`,`, maxSignature)), Syntax, "Signature"},
		{"8 KiB of backslashes", set("Signature", `keyId="`+strings.Repeat(`\`, maxSignature-8)), Syntax, "Signature"},
		{"8 KiB of names", list(strings.Repeat("a ", 3000) + "a"), HeadersSyntax, "Signature"},
		{"garbage", set("Signature", "garbage"), Syntax, "Signature"},
		{"only a comma", set("Signature", ","), Syntax, "Signature"},
		{"only an equals sign", set("Signature", "="), Syntax, "Signature"},
		{"JSON", set("Signature", `{"keyId":"x"}`), Syntax, "Signature"},
		{"scheme in front", sig(func(s string) string { return "Signature " + s }), Syntax, "Signature"},
		{"comma in front", sig(func(s string) string { return "," + s }), Syntax, "Signature"},
		{"comma behind", sig(func(s string) string { return s + "," }), Syntax, "Signature"},
		{"two commas", swap(`,algorithm`, `,,algorithm`), Syntax, "Signature"},
		{"semicolons", sig(func(s string) string { return strings.ReplaceAll(s, `",`, `";`) }), Syntax, "Signature"},
		{"blanks for commas", sig(func(s string) string { return strings.ReplaceAll(s, `",`, `" `) }), Syntax, "Signature"},
		{"text behind", sig(func(s string) string { return s + "x" }), Syntax, "Signature"},
		{"no quotation marks", swap(`algorithm="rsa-sha256"`, `algorithm=rsa-sha256`), Syntax, "Signature"},
		{"single quotation marks", swap(`algorithm="rsa-sha256"`, `algorithm='rsa-sha256'`), Syntax, "Signature"},
		{"blank before the equals sign", swap(`algorithm=`, `algorithm =`), Syntax, "Signature"},
		{"blank behind the equals sign", swap(`algorithm=`, `algorithm= `), Syntax, "Signature"},
		{"no closing mark", sig(func(s string) string { return strings.TrimSuffix(s, `"`) }), Syntax, "Signature"},
		{"escaped closing mark", sig(func(s string) string { return strings.TrimSuffix(s, `"`) + `\"` }), Syntax, "Signature"},
		{"cut off", sig(func(s string) string { return s[:len(s)/2] }), Syntax, "Signature"},
		{"quotation mark in keyId", swap("O=Fairway%20Sandbox", `O="Fairway Sandbox"`), Syntax, "Signature"},
		{"letters outside ASCII", swap("CN=Fairway", "CN=Färway"), Syntax, "Signature"},
		{"full-width quotation marks", swap(`keyId="`, "keyId=“"), Syntax, "Signature"},
		{"keyId twice", sig(func(s string) string { return `keyId="x",` + s }), DuplicateParameter, "Signature"},
		{"the same headers twice", sig(func(s string) string { return s + `,headers="digest x-request-id psu-id"` }), DuplicateParameter, "Signature"},
		{"weaker headers behind", sig(func(s string) string { return s + `,headers="digest"` }), DuplicateParameter, "Signature"},
		{"algorithm twice", sig(func(s string) string { return s + `,algorithm="none"` }), DuplicateParameter, "Signature"},
		{"signature twice", sig(func(s string) string { return s + `,signature="AAAA"` }), DuplicateParameter, "Signature"},
		{"unknown parameter", sig(func(s string) string { return s + `,nonce="1"` }), UnknownParameter, "Signature"},
		{"created", sig(func(s string) string { return `created="1402170695",` + s }), UnknownParameter, "Signature"},
		{"expires", sig(func(s string) string { return s + `,expires="1402170999"` }), UnknownParameter, "Signature"},
		{"keyid in lower case", swap("keyId=", "keyid="), UnknownParameter, "Signature"},
		{"Algorithm with a capital", swap("algorithm=", "Algorithm="), UnknownParameter, "Signature"},
		{"RFC 9421", set("Signature", `sig1=:AAAA:`), UnknownParameter, "Signature"},
		{"no keyId", sig(func(s string) string { return s[strings.Index(s, "algorithm"):] }), MissingParameter, "Signature"},
		{"no algorithm", swap(`algorithm="rsa-sha256",`, ""), MissingParameter, "Signature"},
		{"no headers", swap(`headers="digest x-request-id psu-id",`, ""), MissingParameter, "Signature"},
		{"no signature", sig(func(s string) string { return s[:strings.Index(s, ",signature")] }), MissingParameter, "Signature"},
		{"empty keyId", keyID(""), MissingParameter, "Signature"},
		{"empty headers", list(""), MissingParameter, "Signature"},
		{"empty signature", value(func(string) string { return "" }), MissingParameter, "Signature"},
		{"empty algorithm", algorithm(""), MissingParameter, "Signature"},
	}
}

func lists() []attack {
	return []attack{
		{"digest stripped", list("x-request-id psu-id"), HeadersMissing, "Signature"},
		{"x-request-id stripped", list("digest psu-id"), HeadersMissing, "Signature"},
		{"psu-id stripped", list("digest x-request-id"), HeadersMissing, "Signature"},
		{"redirect added to the request", set("TPP-Redirect-URI", backTo), HeadersMissing, "Signature"},
		{"corporate id added to the request", set("PSU-Corporate-ID", "x"), HeadersMissing, "Signature"},
		{"empty corporate id added", set("PSU-Corporate-ID", ""), HeadersMissing, "Signature"},
		{"psu-id taken from the request", without("PSU-ID"), HeadersAbsent, "PSU-ID"},
		{"redirect listed, not sent", list("digest x-request-id psu-id tpp-redirect-uri"), HeadersAbsent, "TPP-Redirect-URI"},
		{"order swapped", list("x-request-id digest psu-id"), SignatureMismatch, "Signature"},
		{"digest twice", list("digest digest x-request-id psu-id"), HeadersDuplicate, "Signature"},
		{"psu-id twice", list("digest x-request-id psu-id psu-id"), HeadersDuplicate, "Signature"},
		{"capitals", list("Digest X-Request-ID PSU-ID"), HeadersCase, "Signature"},
		{"one capital", list("digest x-request-iD psu-id"), HeadersCase, "Signature"},
		{"commas", list("digest,x-request-id,psu-id"), HeadersSyntax, "Signature"},
		{"semicolons in the list", list("digest;x-request-id;psu-id"), HeadersSyntax, "Signature"},
		{"two blanks", list("digest  x-request-id psu-id"), HeadersSyntax, "Signature"},
		{"tab", list("digest\tx-request-id psu-id"), HeadersSyntax, "Signature"},
		{"blank in front", list(" digest x-request-id psu-id"), HeadersSyntax, "Signature"},
		{"blank behind", list("digest x-request-id psu-id "), HeadersSyntax, "Signature"},
		{"one blank only", list(" "), HeadersSyntax, "Signature"},
		{"date", list("date digest x-request-id psu-id"), HeadersNotAllowed, "Signature"},
		{"request target", list("(request-target) digest x-request-id psu-id"), HeadersNotAllowed, "Signature"},
		{"host", list("digest x-request-id psu-id host"), HeadersNotAllowed, "Signature"},
		{"(created)", list("(created) digest x-request-id psu-id"), HeadersNotAllowed, "Signature"},
		{"(expires)", list("(expires) digest x-request-id psu-id"), HeadersNotAllowed, "Signature"},
		{"consent-id", list("digest x-request-id psu-id consent-id"), HeadersNotAllowed, "Signature"},
		{"authorization", list("digest x-request-id psu-id authorization"), HeadersNotAllowed, "Signature"},
		{"x-api-key", list("digest x-request-id psu-id x-api-key"), HeadersNotAllowed, "Signature"},
		{"the certificate", list("digest x-request-id psu-id tpp-signature-certificate"), HeadersNotAllowed, "Signature"},
		{"the signature", list("digest x-request-id psu-id signature"), HeadersNotAllowed, "Signature"},
		{"content-type", list("digest x-request-id psu-id content-type"), HeadersNotAllowed, "Signature"},
		{"content-length", list("digest x-request-id psu-id content-length"), HeadersNotAllowed, "Signature"},
		{"psu-ip-address", list("digest x-request-id psu-id psu-ip-address"), HeadersNotAllowed, "Signature"},
		{"psu-id-type", list("digest x-request-id psu-id psu-id-type"), HeadersNotAllowed, "Signature"},
		{"psu-corporate-id-type", list("digest x-request-id psu-id psu-corporate-id-type"), HeadersNotAllowed, "Signature"},
		{"tpp-nok-redirect-uri", list("digest x-request-id psu-id tpp-nok-redirect-uri"), HeadersNotAllowed, "Signature"},
		{"an unknown header", list("digest x-request-id psu-id x-evil"), HeadersNotAllowed, "Signature"},
		{"a backslash", list(`digest x-request-id psu-id\"`), HeadersNotAllowed, "Signature"},
	}
}

func parameters() []attack {
	return []attack{
		{"hs2019", algorithm("hs2019"), Algorithm, "Signature"},
		{"none", algorithm("none"), Algorithm, "Signature"},
		{"rsa-sha1", algorithm("rsa-sha1"), Algorithm, "Signature"},
		{"ecdsa-sha256", algorithm("ecdsa-sha256"), Algorithm, "Signature"},
		{"ed25519", algorithm("ed25519"), Algorithm, "Signature"},
		{"hmac-sha256", algorithm("hmac-sha256"), Algorithm, "Signature"},
		{"rsa-pss-sha256", algorithm("rsa-pss-sha256"), Algorithm, "Signature"},
		{"PS256", algorithm("PS256"), Algorithm, "Signature"},
		{"RS256", algorithm("RS256"), Algorithm, "Signature"},
		{"SHA256withRSA", algorithm("SHA256withRSA"), Algorithm, "Signature"},
		{"SHA-256", algorithm("SHA-256"), Algorithm, "Signature"},
		{"RSA-SHA256", algorithm("RSA-SHA256"), Algorithm, "Signature"},
		{"rsa-sha384", algorithm("rsa-sha384"), Algorithm, "Signature"},
		{"blank behind the algorithm", algorithm("rsa-sha256 "), Algorithm, "Signature"},
		{"the other algorithm", algorithm("rsa-sha512"), SignatureMismatch, "Signature"},
		{"keyId of the draft", keyID("Test"), KeyIDSyntax, "Signature"},
		{"keyId without CA", keyID("SN=5D01F2A0B3"), KeyIDSyntax, "Signature"},
		{"keyId the other way round", keyID("CA=" + rightCA + ",SN=5D01F2A0B3"), KeyIDSyntax, "Signature"},
		{"keyId without SN", keyID("CA=" + rightCA), KeyIDSyntax, "Signature"},
		{"empty serial", keyID("SN=,CA=" + rightCA), KeyIDSerial, "Signature"},
		{"minus", keyID("SN=-5D01F2A0B3,CA=" + rightCA), KeyIDSerial, "Signature"},
		{"decimal", keyID("SN=399464636595,CA=" + rightCA), KeyIDSerial, "Signature"},
		{"colons", keyID("SN=5D:01:F2:A0:B3,CA=" + rightCA), KeyIDSerial, "Signature"},
		{"0x", keyID("SN=0x5D01F2A0B3,CA=" + rightCA), KeyIDSerial, "Signature"},
		{"another serial", keyID("SN=5D01F2A0B4,CA=" + rightCA), KeyIDSerial, "Signature"},
		{"a serial of 7 KiB", keyID("SN=" + strings.Repeat("1", 7000) + ",CA=" + rightCA), KeyIDSerial, "Signature"},
		{"another issuer", keyID("SN=5D01F2A0B3,CA=CN=some-ca"), KeyIDIssuer, "Signature"},
		{"empty issuer", keyID("SN=5D01F2A0B3,CA="), KeyIDIssuer, "Signature"},
		{"part of the issuer", keyID("SN=5D01F2A0B3,CA=CN=Fairway%20Sandbox%20CA"), KeyIDIssuer, "Signature"},
		{"coded twice", keyID("SN=5D01F2A0B3,CA=" + strings.ReplaceAll(rightCA, "%", "%25")), KeyIDIssuer, "Signature"},
		{"plus for blanks", keyID("SN=5D01F2A0B3,CA=" + strings.ReplaceAll(rightCA, "%20", "+")), KeyIDIssuer, "Signature"},
		{"slashes", keyID("SN=5D01F2A0B3,CA=/C=FI/O=Fairway Sandbox/CN=Fairway Sandbox CA"), KeyIDIssuer, "Signature"},
		{"7 KiB of percent signs", keyID("SN=5D01F2A0B3,CA=" + strings.Repeat("%2", 3500)), KeyIDIssuer, "Signature"},
	}
}

func signatures() []attack {
	return []attack{
		{"blank in the signature", value(func(s string) string { return s[:64] + " " + s[64:] }), SignatureEncoding, "Signature"},
		{"blank behind the signature", value(func(s string) string { return s + " " }), SignatureEncoding, "Signature"},
		{`\n in the signature`, value(func(s string) string { return s[:64] + `\n` + s[64:] }), SignatureEncoding, "Signature"},
		{"no padding", value(func(s string) string { return strings.TrimRight(s, "=") }), SignatureEncoding, "Signature"},
		{"base64url", value(func(s string) string { return strings.Repeat("-_", 170) + s[340:] }), SignatureEncoding, "Signature"},
		{"percent-coded", value(func(s string) string { return strings.ReplaceAll(s, "=", "%3D") }), SignatureEncoding, "Signature"},
		{"stray bits", value(func(s string) string { return s[:len(s)-3] + "h==" }), SignatureEncoding, "Signature"},
		{"not base64", value(func(string) string { return "!!!!" }), SignatureEncoding, "Signature"},
		{"base64 twice", value(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }), SignatureEncoding, "Signature"},
		{"hexadecimal", value(func(s string) string { b, _ := base64.StdEncoding.DecodeString(s); return hex.EncodeToString(b) }), SignatureLength, "Signature"},
		{"base64 of hexadecimal", value(func(s string) string {
			b, _ := base64.StdEncoding.DecodeString(s)

			return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(b)))
		}), SignatureEncoding, "Signature"},
		{"too short", value(func(s string) string { return s[:340] }), SignatureLength, "Signature"},
		{"zero in front", value(func(s string) string {
			b, _ := base64.StdEncoding.DecodeString(s)

			return base64.StdEncoding.EncodeToString(append([]byte{0}, b...))
		}), SignatureLength, "Signature"},
		{"one bit", value(func(s string) string {
			b, _ := base64.StdEncoding.DecodeString(s)
			b[100] ^= 4

			return base64.StdEncoding.EncodeToString(b)
		}), SignatureMismatch, "Signature"},
		{"another X-Request-ID", set("X-Request-ID", strings.ToUpper(requestID)), SignatureMismatch, "Signature"},
		{"another digest", set("Digest", objectSHA), SignatureMismatch, "Signature"},
		{"another PSU", set("PSU-ID", "1345612"), SignatureMismatch, "Signature"},
	}
}

func TestHostileSignaturesAreRefusedWithTheirReason(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	good := newRequest("PSU-ID", psuID)
	mustSign(t, good, nil, s, crypto.SHA256)
	v := NewVerifier(s.cert)
	attacks := slices.Concat(presence(), grammar(), lists(), parameters(), signatures())
	if len(attacks) < 120 {
		t.Errorf("only %d attacks", len(attacks))
	}
	seen := map[string]bool{}
	for _, a := range attacks {
		if seen[a.name] {
			t.Errorf("two attacks are named %q", a.name)
		}
		seen[a.name] = true
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			h := good.Clone()
			a.edit(h)

			_, err := v.Verify(h)

			if a.code == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}

				return
			}
			m := wantMistake(t, err, a.code, a.path)
			if p := h.Get("Signature"); len(p) > 100 && strings.Contains(m.Text, p[len(p)-100:len(p)-10]) {
				t.Errorf("text repeats the signature: %s", m.Text)
			}
		})
	}
}

func TestHarmlessVariationsAreAccepted(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	good := newRequest("PSU-ID", psuID)
	mustSign(t, good, nil, s, crypto.SHA256)
	for name, edit := range map[string]func(http.Header){
		"blanks behind the commas":   sig(func(s string) string { return strings.ReplaceAll(s, `",`, `", `) }),
		"blanks and tabs all around": sig(func(s string) string { return " \t" + strings.ReplaceAll(s, `",`, "\" ,\t") + " " }),
		"parameters in another order": sig(func(s string) string {
			i := strings.Index(s, "algorithm")

			return s[i:] + "," + strings.TrimSuffix(s[:i], ",")
		}),
		"serial in lower case with zeros": swap("SN=5D01F2A0B3", "SN=005d01f2a0b3"),
		"issuer with plain blanks":        swap(rightCA, "CN=Fairway Sandbox CA, O=Fairway Sandbox, C=FI"),
		"blanks around the values":        set("X-Request-ID", "  "+requestID+"\t"),
		"headers that are not signed":     set("Consent-ID", "5f1c"),
		"Connection: keep-alive":          set("Connection", "keep-alive"),
		"names in lower case": func(h http.Header) {
			for _, n := range []string{"Signature", "Digest", "X-Request-Id", "Psu-Id", pathCertificate} {
				v := h[http.CanonicalHeaderKey(n)]
				h.Del(n)
				h[strings.ToLower(n)] = v
			}
		},
	} {
		h := good.Clone()
		edit(h)

		if _, err := Verify(h, s.cert); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
