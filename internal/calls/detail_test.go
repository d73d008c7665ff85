package calls

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
)

func TestADetailComesBackAsItWasStored(t *testing.T) {
	t.Parallel()
	details := map[string]Detail{
		"empty":   {},
		"typical": typicalList(),
		"refused": typicalRefusal(),
		"every field": {
			Steps: []Step{{Name: "a", Verdict: Failed, Text: "b", Micros: 1 << 40}}, RequestHeaders: [][2]string{{"c", "d"}}, ResponseHeaders: [][2]string{{"", "e"}},
			RequestBody: "f", ResponseBody: "g\x00\"\xff", Truncated: true, SigningString: "h", Reason: "i", ErrorPath: "j", TLSVersion: "k", Thumbprint: "l",
			Subject: "m", RemoteIP: "n", Repeated: true,
		},
		"large bodies": {RequestBody: strings.Repeat("0123456789abcdef", MaxBody/16), ResponseBody: strings.Repeat("x", MaxBody), Repeated: true},
	}
	for name, d := range details {
		got, err := unpack(d.pack())
		if err != nil || !reflect.DeepEqual(got, d) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Every field must be set above, or a new one could be forgotten in the stored form.
func TestEveryFieldOfADetailIsStored(t *testing.T) {
	t.Parallel()
	const known = "Steps RequestHeaders ResponseHeaders RequestBody ResponseBody Truncated SigningString Reason ErrorPath TLSVersion Thumbprint Subject RemoteIP Repeated"
	var names []string
	for i := range reflect.TypeFor[Detail]().NumField() {
		names = append(names, reflect.TypeFor[Detail]().Field(i).Name)
	}
	if got := strings.Join(names, " "); got != known {
		t.Errorf("a detail has %s; store what is new, at the end, and add it to the tests here", got)
	}
}

func TestTypicalCallsTakeLittleRoom(t *testing.T) {
	t.Parallel()
	d := typicalRefusal()
	d.Steps[0].Text = "The QWAC of PSDXX-FWYSBX-Z9Y8X7W6V5 is registered and valid until 1 Jan 2027, 00:00 UTC."

	if n := len(d.pack()); n > 400 {
		t.Errorf("a call that differs little from the dictionary takes %d bytes", n)
	}
}

func TestTheDictionaryOfStoredRowsDoesNotChange(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256(dictionaryText())
	if got := hex.EncodeToString(sum[:8]); got != "d17ee135149c1f4a" {
		t.Errorf("the dictionary is another one (%s): rows that are stored could no longer be read. Make a second form.", got)
	}
}

func TestADetailThatCannotBeReadIsAFault(t *testing.T) {
	t.Parallel()
	d := typicalList()
	good := d.pack()
	for name, stored := range map[string][]byte{
		"another form": append([]byte{9}, good[1:]...),
		"cut off":      good[:len(good)/2],
		"no block":     {packedForm, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"huge":         append([]byte{packedForm}, bytes.Repeat([]byte{0xff, 0xff, 0xff, 0x7f}, 2)...),
		"cut values":   append([]byte{packedForm}, s2.Encode(nil, []byte{1, 5, 'a'})...),
		"many values":  append([]byte{packedForm}, s2.Encode(nil, []byte{0xff, 0xff, 0x7f})...),
	} {
		if _, err := unpack(stored); !errors.Is(err, errPacked) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	d := typicalConsent()
	f.Add(d.pack()[1:])
	f.Add(s2.Encode(nil, []byte{1, 5, 'a'}))
	f.Fuzz(func(t *testing.T, stored []byte) {
		got, err := unpack(append([]byte{packedForm}, stored...))
		if err != nil {
			return
		}
		again, err := unpack(got.pack())
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%+v became %+v, %v", got, again, err)
		}
	})
}
