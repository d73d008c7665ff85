package xades

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"

	"fairway/internal/fault"
)

func seeds(f *testing.F, by Signer) {
	f.Helper()
	for _, l := range []List{national(by.Certificate.Raw), lotl(by.Certificate.Raw)} {
		f.Add(mustSign(f, l, by))
	}
	sound := mustSign(f, national(by.Certificate.Raw), by)
	f.Add(bytes.Replace(sound, []byte(`URI=""`), []byte(`URI="#list"`), 1))
	f.Add(bytes.Replace(sound, []byte("<ds:SignatureValue>"), []byte("<ds:SignatureValue/><ds:SignatureValue>"), 1))
	f.Add(bytes.Replace(sound, []byte("xmlns:ds="), []byte("xmlns:xml="), 1))
	f.Add([]byte("<a/>"))
	if dir := os.Getenv("FAIRWAY_TESTDATA"); dir != "" {
		if b, err := os.ReadFile(filepath.Join(dir, "tsl", "se-tl-2019-06.xml")); err == nil {
			f.Add(b)
		}
	}
}

// Whatever is believed is what was signed: one of the two lists that the seeds sign.
func FuzzVerify(f *testing.F) {
	by := newSigner(f, rsaKey())
	signed := []List{national(by.Certificate.Raw), lotl(by.Certificate.Raw)}
	seeds(f, by)

	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)

		l, err := verified(data, by.Certificate)

		if !bytes.Equal(before, data) {
			t.Fatal("the file was changed")
		}
		if err != nil {
			var fe *fault.Error
			if !errors.As(err, &fe) || fe.Kind != fault.Invalid || fe.Message == "" {
				t.Fatalf("refused without a sentence: %v", err)
			}
			return
		}
		if !cmp.Equal(l, signed[0]) && !cmp.Equal(l, signed[1]) {
			t.Fatalf("believed: %+v", l)
		}
	})
}

// A list that was signed is read without surprise, whatever it says.
func FuzzReadList(f *testing.F) {
	seeds(f, newSigner(f, rsaKey()))

	f.Fuzz(func(t *testing.T, data []byte) {
		tree := etree.NewDocument()
		if bounded(data) != nil || tree.ReadFromBytes(data) != nil {
			return
		}

		l, err := readList(tree.Root())

		if err != nil {
			return
		}
		if l.Sequence < 1 || !isTerritory(l.Territory) || l.IssuedAt.IsZero() || l.LOTL && len(l.Providers) > 0 {
			t.Fatalf("%+v", l)
		}
		for _, p := range l.Providers {
			for _, s := range p.Services {
				if len(s.States) == 0 || len(s.Name) > maxName {
					t.Fatalf("%+v", s)
				}
			}
		}
	})
}
