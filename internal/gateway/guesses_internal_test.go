package gateway

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func TestGuessesAreSpentForOneSenderAndOneSecond(t *testing.T) {
	t.Parallel()
	g, now := newGuesses(), time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for n := range maxGuesses {
		if g.spent("org_1", now) {
			t.Fatalf("spent after %d keys", n)
		}
		g.add("org_1", now.Add(time.Duration(n)*time.Millisecond))
	}

	if !g.spent("org_1", now.Add(999*time.Millisecond)) {
		t.Error("a flood goes on")
	}
	if g.spent("org_2", now) || g.spent("", now) {
		t.Error("others pay for it")
	}
	if g.spent("org_1", now.Add(time.Second)) {
		t.Error("the next second is not free")
	}
	g.add("org_2", now.Add(time.Second))
	if g.spent("org_1", now.Add(time.Second)) {
		t.Error("an old second is still counted")
	}
}

func TestACertificateIsToldFromAKeyByItsBeginning(t *testing.T) {
	t.Parallel()
	rest := strings.Repeat("\x00", 600)
	for name, der := range map[string]string{
		"a key (PKCS #8)":    "\x30\x82\x04\xbd\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86" + rest,
		"a key (PKCS #1)":    "\x30\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01\x00\xc0\xff\xee" + rest,
		"an EC key":          "\x30\x77\x02\x01\x01\x04\x20\xc0\xff\xee\xc0\xff\xee\xc0\xff" + rest,
		"a short one":        "\x30\x82\x04\x53\x30\x82\x03\x3b\xa0\x03\x02\x01\x02\x02\x10",
		"another version":    "\x30\x82\x04\x53\x30\x82\x03\x3b\xa0\x03\x02\x01\x01\x02\x10" + rest,
		"anything":           rest,
		"a key in two parts": "\x30\x82\x04\x53\x30\x82\x03\x3b\x02\x01\x00\x30\x0d\x06\x09" + rest,
	} {
		if beginsCertificate(base64.StdEncoding.EncodeToString([]byte(der))) {
			t.Errorf("%s passes for a certificate", name)
		}
	}

	der := "\x30\x82\x04\x53\x30\x82\x03\x3b\xa0\x03\x02\x01\x02\x02\x10" + rest
	if !beginsCertificate(base64.StdEncoding.EncodeToString([]byte(der))) {
		t.Error("a certificate is not known")
	}
	if beginsCertificate("%" + strings.Repeat("A", 600)) {
		t.Error("what is no base64 passes for a certificate")
	}
}
