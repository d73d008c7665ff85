package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// certificate is a PEM block of somebody's.
func certificate(t *testing.T) string {
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
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestThePinnedSignersAreReadFromTheirFile(t *testing.T) {
	t.Parallel()
	one, two := certificate(t), certificate(t)
	half := one[:len(one)/2]

	for name, c := range map[string]struct {
		file    string
		signers int
	}{
		"one":                     {one, 1},
		"two, with words between": {"Subject: CN=Commission\n" + one + "\nSubject: CN=Other\n" + two + "\n\n", 2},
		"nothing":                 {"", 0},
		"words":                   {"see the Official Journal\n", 0},
		"half of the last":        {one + half, 0},
		"a key beside it":         {one + "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", 0},
		"no certificate inside":   {"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", 0},
		"too many":                {strings.Repeat(one, 51), 0},
		"too large":               {one + strings.Repeat(" ", 256<<10), 0},
	} {
		s := settings(t)
		s.LOTLSigners = filepath.Join(t.TempDir(), "signers.pem")
		writeFile(t, s.LOTLSigners, c.file, 0o644)

		if c.signers > 0 {
			if cfg := check(t, s); len(cfg.LOTLSigners) != c.signers {
				t.Errorf("%s: %d signers", name, len(cfg.LOTLSigners))
			}
		} else if got := faults(t, s); !slices.Equal(got, []string{"LOTL_SIGNERS"}) {
			t.Errorf("%s: faults %v", name, got)
		}
	}
}

func TestTheFileOfPinnedSignersIsOptionalButMustExist(t *testing.T) {
	t.Parallel()
	s := settings(t)

	none := check(t, s)
	s.LOTLSigners = filepath.Join(t.TempDir(), "missing.pem")

	if got := faults(t, s); len(none.LOTLSigners) != 0 || !slices.Equal(got, []string{"LOTL_SIGNERS"}) {
		t.Errorf("%d signers without a file; faults %v without it being there", len(none.LOTLSigners), got)
	}
}
