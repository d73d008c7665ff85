package totp_test

import (
	"net/url"
	"testing"
	"time"

	"fairway/internal/totp"
)

// key is the one of RFC 6238, appendix B.
var key = []byte("12345678901234567890")

func TestCodesAreThoseOfTheStandard(t *testing.T) {
	t.Parallel()
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totp.Code(key, totp.Step(time.Unix(at, 0))); got != want {
			t.Errorf("at %d it is %s, want %s", at, got, want)
		}
	}
	// RFC 4226, appendix D, counts from nought.
	for step, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := totp.Code(key, int64(step)); got != want {
			t.Errorf("step %d is %s, want %s", step, got, want)
		}
	}
}

func TestACodeHoldsForItsStepAndTheOnesBeside(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 10, 0, time.UTC)
	present := totp.Step(now)
	for off, want := range map[int64]bool{-3: false, -2: false, -1: true, 0: true, 1: true, 2: false, 3: false} {
		step, ok := totp.Match(key, totp.Code(key, present+off), now)
		if ok != want || ok && step != present+off {
			t.Errorf("%+d: %v, step %d", off, ok, step)
		}
	}
	code := totp.Code(key, present)
	for _, typed := range []string{"", code[:5], code + "0", " " + code, "000000000000", "\x00"} {
		if _, ok := totp.Match(key, typed, now); ok {
			t.Errorf("%q is accepted", typed)
		}
	}
	if _, ok := totp.Match([]byte("another key of 20 b."), code, now); ok {
		t.Error("the code holds for another key")
	}
}

func TestAKeyIsReadBackFromItsText(t *testing.T) {
	t.Parallel()
	text := totp.Text(key)

	got, err := totp.ParseText(text)

	if err != nil || string(got) != string(key) || text != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" {
		t.Errorf("%s: %q, %v", text, got, err)
	}
	for _, wrong := range []string{"", text[:8], text + "AAAAAAAA", "not base32!", text[:31] + "1"} {
		if _, err := totp.ParseText(wrong); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
}

func TestTheAddressForAppsNamesKeyIssuerAndAccount(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(totp.URL(key, "Fairway", "ada+x@fairway.example"))
	if err != nil {
		t.Fatal(err)
	}

	q := u.Query()

	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Fairway:ada+x@fairway.example" {
		t.Errorf("%s", u)
	}
	for name, want := range map[string]string{"secret": totp.Text(key), "issuer": "Fairway", "algorithm": "SHA1", "digits": "6", "period": "30"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
}
