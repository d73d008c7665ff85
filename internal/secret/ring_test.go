package secret_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"fairway/internal/secret"
)

func key(id string, fill byte) string {
	return id + ":" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))
}

func ring(t *testing.T, keys ...string) *secret.Ring {
	t.Helper()
	r, err := secret.ParseRing(secret.Text(strings.Join(keys, ",")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const place = "app_credentials|cred_1|sealed"

func TestWhatWasSealedOpensAtItsPlace(t *testing.T) {
	t.Parallel()
	r := ring(t, key("k1", 1))
	for _, clear := range [][]byte{{}, []byte("secret"), bytes.Repeat([]byte{0, 255}, 10_000)} {
		sealed, err := r.Seal(place, clear)
		if err != nil {
			t.Fatal(err)
		}

		got, err := r.Open(place, sealed)

		if err != nil || !bytes.Equal(got, clear) {
			t.Errorf("%d bytes: %v", len(clear), err)
		}
		if len(clear) > 0 && strings.Contains(sealed, string(clear)) {
			t.Error("the clear text shows")
		}
	}
}

func TestSealingTwiceGivesTwoTexts(t *testing.T) {
	t.Parallel()
	r := ring(t, key("k1", 1))
	a, errA := r.Seal(place, []byte("same"))
	b, errB := r.Seal(place, []byte("same"))

	if errA != nil || errB != nil || a == b {
		t.Error("equal values can be told to be equal")
	}
}

func TestAValueThatWasMovedDoesNotOpen(t *testing.T) {
	t.Parallel()
	r := ring(t, key("k1", 1))
	sealed, err := r.Seal(place, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}

	for _, elsewhere := range []string{"", "app_credentials|cred_2|sealed", "app_credentials|cred_1|other", "key|" + place, place + " "} {
		if got, err := r.Open(elsewhere, sealed); !errors.Is(err, secret.ErrSealed) || got != nil {
			t.Errorf("at %q it opens: %v", elsewhere, err)
		}
	}
}

// The data key of one value must not open the body of another, even of the same place.
func TestHalvesOfTwoValuesDoNotOpenTogether(t *testing.T) {
	t.Parallel()
	r := ring(t, key("k1", 1))
	a, _ := r.Seal(place, []byte("first"))
	b, _ := r.Seal(place, []byte("second"))
	x, y := strings.Split(a, "."), strings.Split(b, ".")

	if _, err := r.Open(place, strings.Join([]string{x[0], x[1], x[2], y[3]}, ".")); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("they open: %v", err)
	}
}

func TestAChangedValueDoesNotOpen(t *testing.T) {
	t.Parallel()
	r := ring(t, key("k1", 1), key("k2", 2))
	sealed, err := r.Seal(place, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	changed := []string{"", ".", "...", "v1.k1..", "v2" + sealed[2:], strings.Replace(sealed, "k1", "k2", 1), strings.Replace(sealed, "k1", "k3", 1), sealed + ".x", sealed[:len(sealed)-1]}
	for i := range sealed {
		other := byte('A')
		if sealed[i] == 'A' {
			other = 'B'
		}
		changed = append(changed, sealed[:i]+string(other)+sealed[i+1:])
	}

	for _, c := range changed {
		// The last character of base64 has bits that carry nothing; the same bytes may come out of it.
		if got, err := r.Open(place, c); !errors.Is(err, secret.ErrSealed) && string(got) != "secret" {
			t.Errorf("%q opens as %q, %v", c, got, err)
		}
	}
}

func TestARotatedRingOpensTheOldAndSealsWithTheNew(t *testing.T) {
	t.Parallel()
	before := ring(t, key("k1", 1))
	both := ring(t, key("k2", 2), key("k1", 1))
	after := ring(t, key("k2", 2))
	old, _ := before.Seal(place, []byte("secret"))

	opened, err := both.Open(place, old)
	again, sealErr := both.Seal(place, opened)
	last, lastErr := after.Open(place, again)

	if err != nil || sealErr != nil || lastErr != nil || string(last) != "secret" {
		t.Errorf("%v %v %v %q", err, sealErr, lastErr, last)
	}
	if _, err := after.Open(place, old); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("without its key the old value opens: %v", err)
	}
	if _, err := before.Open(place, again); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("the old key opens the new value: %v", err)
	}
}

func TestAMACHoldsForItsPurposeMessageAndRing(t *testing.T) {
	t.Parallel()
	r, rotated, other := ring(t, key("k1", 1)), ring(t, key("k2", 2), key("k1", 1)), ring(t, key("k3", 3))
	sum := r.MAC("form", "abc")

	if !r.CheckMAC("form", "abc", sum) || !rotated.CheckMAC("form", "abc", sum) {
		t.Error("a right MAC is refused")
	}
	for name, ok := range map[string]bool{
		"another purpose": r.CheckMAC("link", "abc", sum), "another message": r.CheckMAC("form", "abd", sum), "another ring": other.CheckMAC("form", "abc", sum),
		"nothing": r.CheckMAC("form", "abc", ""), "a part": r.CheckMAC("form", "abc", sum[:42]), "more": r.CheckMAC("form", "abc", sum+"A"),
		"purpose and message moved": r.CheckMAC("forma", "bc", sum),
	} {
		if ok {
			t.Errorf("%s is accepted", name)
		}
	}
	if len(sum) != 43 || rotated.MAC("form", "abc") == sum {
		t.Error("the MAC is not 256 bits of the first key")
	}
}

func TestARingOfWrongKeysIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", ",", "k1", "k1:", ":" + strings.TrimPrefix(key("", 1), ":"), "k1:not base64", "k1:AAAA", key("k1", 1) + ",", key("k.1", 1),
		key("k1", 1) + "," + key("k1", 2), "k1:" + base64.StdEncoding.EncodeToString(make([]byte, 33)),
	} {
		if r, err := secret.ParseRing(secret.Text(text)); err == nil || r != nil {
			t.Errorf("%q is read", text)
		} else if strings.Contains(err.Error(), "AAAA") || strings.Contains(err.Error(), "AQEB") {
			t.Errorf("the fault shows the key: %v", err)
		}
	}
}

func TestAFreshRingIsReadBack(t *testing.T) {
	t.Parallel()
	text := secret.NewRingText("dev1")
	r := ring(t, text.Reveal())

	sealed, err := r.Seal(place, []byte("x"))

	if err != nil || !strings.HasPrefix(sealed, "v1.dev1.") || text == secret.NewRingText("dev1") {
		t.Error(sealed, err)
	}
}

func TestBlanksAroundKeysAreNoFault(t *testing.T) {
	t.Parallel()
	r := ring(t, " "+key("k1", 1), " "+key("k2", 2)+"\n")
	sealed, err := ring(t, key("k2", 2)).Seal(place, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}

	if _, err := r.Open(place, sealed); err != nil {
		t.Error(err)
	}
}

func TestAKeyOfOurOwnMakingIsNotWeak(t *testing.T) {
	t.Parallel()
	for range 2000 {
		if text := secret.NewRingText("k"); ring(t, text.Reveal()).Weak() {
			t.Fatal("a random key counts as weak")
		}
	}
	demo := "k:" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef"))
	if !ring(t, secret.NewRingText("new").Reveal(), demo).Weak() || !ring(t, key("zero", 0)).Weak() {
		t.Error("a key written by hand counts as random")
	}
}
