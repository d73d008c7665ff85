package demo

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairway/internal/fault"
)

// Folder keeps a provider on the disk, for its owner alone: a certificate and a key for each authority, a certificate in
// issued/ for each that was given to somebody, and a note in revoked/ for each that was revoked. Every file is written
// whole and never changed, so that a server reads beside a command that writes.
type Folder struct{ Dir string }

// The faults of a folder.
var (
	// ErrNoProvider is returned where the folder holds no provider.
	ErrNoProvider = fault.New(fault.NotFound, "demo_no_provider",
		"There is no demonstration provider yet. Make one with portal demo qtsp issue.")
	// ErrNotIssued is returned for a serial number that the provider never gave.
	ErrNotIssued = fault.New(fault.NotFound, "demo_not_issued",
		"The demonstration provider issued no certificate of that serial number. openssl x509 -noout -serial prints the number of one.")
)

const (
	issuedDir  = "issued"
	revokedDir = "revoked"
	certSuffix = ".pem"
	keySuffix  = ".key"
)

// maxEntries and maxFile bound what is read back: the folder is ours, and yet files.
const (
	maxEntries = 10_000
	maxFile    = 64 << 10
)

// Open reads the provider. What it issues from now on points below the base. ErrNoProvider where there is none.
func (f Folder) Open(base string) (*QTSP, error) {
	if _, err := os.Stat(filepath.Join(f.Dir, string(Root)+certSuffix)); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoProvider
	}
	q, err := newProvider(base)
	if err != nil {
		return nil, err
	}
	for _, role := range roles() {
		if q.all[role], err = f.authority(role); err != nil {
			return nil, fmt.Errorf("read the demonstration provider: %w", err)
		}
	}
	return q, nil
}

// OpenOrMake reads the provider, or makes one where there is none; made says which.
func (f Folder) OpenOrMake(now time.Time, base string) (q *QTSP, made bool, err error) {
	if q, err = f.Open(base); !errors.Is(err, ErrNoProvider) {
		return q, false, err
	}
	if q, err = NewQTSP(now, base); err != nil {
		return nil, false, err
	}
	if err := f.save(q); err != nil {
		return nil, false, fmt.Errorf("keep the demonstration provider: %w", err)
	}
	q, err = f.Open(base) // another command may have been first
	return q, true, err
}

// save writes beside the folder and moves it there whole: of two at once one stays.
func (f Folder) save(q *QTSP) (err error) {
	if err := os.MkdirAll(filepath.Dir(f.Dir), 0o700); err != nil {
		return err
	}
	draft, err := os.MkdirTemp(filepath.Dir(f.Dir), ".demo-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(draft)) }()
	for _, dir := range []string{issuedDir, revokedDir} {
		if err := os.Mkdir(filepath.Join(draft, dir), 0o700); err != nil {
			return err
		}
	}
	for role, a := range q.all {
		key, err := KeyPEM(a.key)
		if err != nil {
			return err
		}
		for name, body := range map[string][]byte{string(role) + certSuffix: CertificatePEM(a.cert), string(role) + keySuffix: key} {
			if err := os.WriteFile(filepath.Join(draft, name), body, 0o600); err != nil {
				return err
			}
		}
	}
	if err := os.Rename(draft, f.Dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (f Folder) authority(role CA) (authority, error) {
	cert, err := readCertificate(filepath.Join(f.Dir, string(role)+certSuffix))
	if err != nil {
		return authority{}, err
	}
	text, err := readFile(filepath.Join(f.Dir, string(role)+keySuffix))
	if err != nil {
		return authority{}, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return authority{}, fmt.Errorf("the key of %s is not PEM", role)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return authority{}, fmt.Errorf("the key of %s: %w", role, err)
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return authority{}, fmt.Errorf("the key of %s cannot sign", role)
	}
	return authority{cert, key}, nil
}

// Record keeps what was issued, so that it can be asked about and revoked.
func (f Folder) Record(certs ...*x509.Certificate) error {
	for _, c := range certs {
		if err := writeWhole(filepath.Join(f.Dir, issuedDir, serialOf(c)+certSuffix), CertificatePEM(c)); err != nil {
			return fmt.Errorf("keep an issued certificate: %w", err)
		}
	}
	return nil
}

// Revoke notes that a certificate is revoked from now on, and gives its entry. The serial is hexadecimal, as OpenSSL prints
// it; what was revoked before stays so. ErrNotIssued where the provider never gave that number.
func (f Folder) Revoke(serial string, at time.Time, reason int) (Entry, error) {
	name, err := plainSerial(serial)
	if err != nil {
		return Entry{}, err
	}
	e, err := f.entry(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Entry{}, ErrNotIssued
	}
	if err != nil || !e.RevokedAt.IsZero() {
		return e, err
	}
	e.RevokedAt, e.Reason = at.UTC().Truncate(time.Second), reason
	note := e.RevokedAt.Format(time.RFC3339) + " " + strconv.Itoa(reason) + "\n"
	if err := writeWhole(filepath.Join(f.Dir, revokedDir, name), []byte(note)); err != nil {
		return Entry{}, fmt.Errorf("note a revocation: %w", err)
	}
	return e, nil
}

// Ledger reads what was issued and what was revoked.
func (f Folder) Ledger() (Ledger, error) {
	files, err := os.ReadDir(filepath.Join(f.Dir, issuedDir))
	if err != nil {
		return nil, fmt.Errorf("read what was issued: %w", err)
	}
	var l Ledger
	for _, file := range files[:min(len(files), maxEntries)] {
		name, ok := strings.CutSuffix(file.Name(), certSuffix)
		if !ok {
			continue
		}
		e, err := f.entry(name)
		if err != nil {
			return nil, fmt.Errorf("read what was issued: %w", err)
		}
		l = append(l, e)
	}
	return l, nil
}

func (f Folder) entry(name string) (Entry, error) {
	cert, err := readCertificate(filepath.Join(f.Dir, issuedDir, name+certSuffix))
	if err != nil {
		return Entry{}, err
	}
	note, err := readFile(filepath.Join(f.Dir, revokedDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return Entry{Certificate: cert}, nil
	}
	if err != nil {
		return Entry{}, err
	}
	day, reason, _ := strings.Cut(strings.TrimSpace(string(note)), " ")
	e := Entry{Certificate: cert}
	if e.RevokedAt, err = time.Parse(time.RFC3339, day); err == nil {
		e.Reason, err = strconv.Atoi(reason)
	}
	return e, err
}

// serialOf names a certificate's files.
func serialOf(c *x509.Certificate) string {
	return strings.ToUpper(hex.EncodeToString(c.SerialNumber.Bytes()))
}

// plainSerial reads a serial number as OpenSSL, browsers and people write it.
func plainSerial(text string) (string, error) {
	text = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "serial=")
	text = strings.Map(func(r rune) rune {
		if r == ':' || r == ' ' {
			return -1
		}
		return r
	}, text)
	n, ok := new(big.Int).SetString(strings.TrimPrefix(text, "0x"), 16)
	if len(text) > 64 || !ok || n.Sign() <= 0 {
		return "", ErrNotIssued
	}
	return strings.ToUpper(hex.EncodeToString(n.Bytes())), nil
}

// CertificatePEM writes certificates one after another.
func CertificatePEM(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// KeyPEM writes a private key as PKCS#8.
func KeyPEM(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func readCertificate(path string) (*x509.Certificate, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", filepath.Base(path))
	}
	return x509.ParseCertificate(block.Bytes)
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

// writeWhole lets a reader see all of a file or nothing.
func writeWhole(path string, body []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".draft-*")
	if err != nil {
		return err
	}
	_, err = draft.Write(body)
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		_ = os.Remove(draft.Name())
	}
	return err
}

// roles are the authorities and those who sign lists.
func roles() []CA { return slices.Concat(CAs(), []CA{unionSigner, nationalSigner}) }
