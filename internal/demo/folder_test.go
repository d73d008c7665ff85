package demo_test

import (
	"crypto/rsa"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
)

func newFolder(t *testing.T) (demo.Folder, *demo.QTSP) {
	t.Helper()
	f := demo.Folder{Dir: filepath.Join(t.TempDir(), "data", "qtsp")}
	q, made, err := f.OpenOrMake(instant, demotest.Base)
	if err != nil || !made {
		t.Fatalf("made %v: %v", made, err)
	}
	return f, q
}

func TestAProviderIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	f, q := newFolder(t)

	again, made, err := f.OpenOrMake(instant.AddDate(0, 1, 0), "http://other.example.com/")

	if err != nil || made {
		t.Fatalf("made %v: %v", made, err)
	}
	for _, ca := range demo.CAs() {
		if !again.Certificate(ca).Equal(q.Certificate(ca)) {
			t.Errorf("%s is another one", ca)
		}
	}
	if !again.LOTLSigner().Equal(q.LOTLSigner()) {
		t.Error("another one signs the list of the lists")
	}
	p := demotest.Issue(t, again, demo.Request{At: instant})
	if p.QWAC.OCSPServer[0] != "http://other.example.com/ocsp" {
		t.Errorf("the certificate points to %v", p.QWAC.OCSPServer)
	}
	if err := p.QWAC.CheckSignatureFrom(q.Certificate(demo.Websites)); err != nil {
		t.Error(err)
	}
}

func TestNobodyElseReadsTheKeys(t *testing.T) {
	t.Parallel()
	f, q := newFolder(t)
	if err := f.Record(demotest.Issue(t, q, demo.Request{At: instant}).QWAC); err != nil {
		t.Fatal(err)
	}

	seen := 0
	err := filepath.WalkDir(f.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %s", path, info.Mode())
		}
		seen++
		return err
	})
	if err != nil || seen < 17 {
		t.Errorf("%d files and folders: %v", seen, err)
	}
}

func TestTwoThatMakeAProviderAtOnceHaveTheSame(t *testing.T) {
	t.Parallel()
	f := demo.Folder{Dir: filepath.Join(t.TempDir(), "qtsp")}
	made := make([]*demo.QTSP, 4)
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			q, _, err := f.OpenOrMake(instant, demotest.Base)
			if err != nil {
				t.Error(err)
			}
			made[i] = q
		})
	}
	all.Wait()

	for _, q := range made[1:] {
		if !q.Certificate(demo.Root).Equal(made[0].Certificate(demo.Root)) {
			t.Error("two providers were made")
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(f.Dir), ".demo-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestWhatIsRevokedStaysRevoked(t *testing.T) {
	t.Parallel()
	f, q := newFolder(t)
	p := demotest.Issue(t, q, demo.Request{At: instant})
	if err := f.Record(p.QWAC, p.Seal); err != nil {
		t.Fatal(err)
	}
	serial := strings.ToUpper(p.QWAC.SerialNumber.Text(16))
	spaced := "serial=" + strings.ToLower(serial[:4]) + ":" + serial[4:]

	first, err := f.Revoke(spaced, instant, 1)
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.Revoke(serial, instant.Add(time.Hour), 4)
	if err != nil {
		t.Fatal(err)
	}
	l, err := f.Ledger()

	if err != nil || len(l) != 2 {
		t.Fatalf("%d entries: %v", len(l), err)
	}
	for _, e := range l {
		revoked := e.Certificate.Equal(p.QWAC)
		if e.RevokedAt.Equal(instant) != revoked || revoked && e.Reason != 1 {
			t.Errorf("%s: revoked at %s for %d", e.Certificate.Subject, e.RevokedAt, e.Reason)
		}
	}
	if !first.RevokedAt.Equal(second.RevokedAt) || second.Reason != 1 {
		t.Errorf("revoked again: %+v", second)
	}
}

func TestWhatWasNeverIssuedCannotBeRevoked(t *testing.T) {
	t.Parallel()
	f, _ := newFolder(t)

	for _, serial := range []string{"", "0", "-1", "12AB", "../root", "zz", strings.Repeat("A", 65)} {
		if _, err := f.Revoke(serial, instant, 0); !errors.Is(err, demo.ErrNotIssued) {
			t.Errorf("%q: %v", serial, err)
		}
	}
}

func TestAFolderWithoutAProviderSaysSo(t *testing.T) {
	t.Parallel()
	if _, err := (demo.Folder{Dir: filepath.Join(t.TempDir(), "none")}).Open(demotest.Base); !errors.Is(err, demo.ErrNoProvider) {
		t.Error(err)
	}
}

func TestAFolderWithADamagedKeyIsRefused(t *testing.T) {
	t.Parallel()
	f, _ := newFolder(t)
	if err := os.WriteFile(filepath.Join(f.Dir, "web.key"), []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}

	if _, err := f.Open(demotest.Base); err == nil || errors.Is(err, demo.ErrNoProvider) {
		t.Error(err)
	}
}

func TestKeysAreWrittenAsPKCS8(t *testing.T) {
	t.Parallel()
	p := demotest.Issue(t, demotest.New(t, instant), demo.Request{At: instant})

	text, err := demo.KeyPEM(p.SealKey)

	if err != nil || !strings.HasPrefix(string(text), "-----BEGIN PRIVATE KEY-----\n") {
		t.Errorf("%.40s %v", text, err)
	}
	if p.SealKey.Public().(*rsa.PublicKey).N.BitLen() != 2048 {
		t.Error("another size of key")
	}
}
