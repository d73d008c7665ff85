package main

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairway/internal/trustlist/xades"
)

// newListSigner has a key and a certificate of its own.
func newListSigner(t *testing.T) xades.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<31, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return xades.Signer{Key: key, Certificate: cert, At: time.Unix(1<<30, 0)}
}

// writeList signs a list into a file, packed where its name says so.
func writeList(t *testing.T, path string, l xades.List, by xades.Signer) {
	t.Helper()
	l.IssuedAt = by.At
	file, err := xades.Sign(l, xades.About{}, by)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err = z.Write(file)
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		file = packed.Bytes()
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTrustedListsAreImportedByTheCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	commission, helsinki := newListSigner(t), newListSigner(t)
	writeList(t, in("fi.xml"), xades.List{Sequence: 7, Territory: "FI", Operator: "Agency"}, helsinki)
	writeList(t, in("foreign.xml"), xades.List{Sequence: 8, Territory: "FI", Operator: "Agency"}, commission)
	writeList(t, in("lotl.xml.gz"), xades.List{LOTL: true, Sequence: 400, Territory: "EU", Operator: "Commission",
		Pointers: []xades.Pointer{{Territory: "FI", Location: "https://fi.example/tl.xml", Signers: [][]byte{helsinki.Certificate.Raw}}}}, commission)
	pinned := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: commission.Certificate.Raw})
	if err := os.WriteFile(in("signers.pem"), pinned, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(files ...string) (string, error) {
		var stdout bytes.Buffer
		getenv := func(name string) string {
			return map[string]string{"PORTAL_DATA_DIR": in("data"), "PORTAL_LOTL_SIGNERS": in("signers.pem")}[name]
		}
		err := run(t.Context(), append([]string{"trustlist", "import"}, files...), getenv, &stdout, &bytes.Buffer{})
		return stdout.String(), err
	}

	good, err := run(in("fi.xml"), in("lotl.xml.gz"))
	mixed, refused := run(in("foreign.xml"), in("fi.xml"))
	_, missing := run(in("nowhere.xml"))

	if err != nil || !strings.Contains(good, "fi.xml: FI: list 7 of 10 Jan 2004 imported, 0 services, next update none.\n") || !strings.Contains(good, "lotl.xml.gz: EU: list 400") {
		t.Errorf("%v:\n%s", err, good)
	}
	if refused == nil || refused.Error() != "1 of 2 files were refused" || !strings.Contains(mixed, "foreign.xml: FI: refused. The list is signed with") || !strings.Contains(mixed, "held already") {
		t.Errorf("%v:\n%s", refused, mixed)
	}
	if missing == nil {
		t.Error("a file that is not there was read")
	}
}
