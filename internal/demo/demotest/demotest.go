// Package demotest gives tests a demonstration provider and pairs of it in two lines.
package demotest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"sync"
	"testing"
	"time"

	"fairway/internal/demo"
)

// Base is the address that the certificates of New's providers point to; nobody answers there.
const Base = "http://qtsp.example.com"

// Keys are made once for a process: they are what issuing spends its time on.
var (
	webKey  = sync.OnceValues(newKey)
	sealKey = sync.OnceValues(newKey)
)

func newKey() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// New makes a provider of the test's own.
func New(t testing.TB, now time.Time) *demo.QTSP {
	t.Helper()
	return At(t, now, Base)
}

// At is New with another address, for tests that answer there.
func At(t testing.TB, now time.Time, base string) *demo.QTSP {
	t.Helper()
	q, err := demo.NewQTSP(now, base)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Issue makes a pair. Where the request has no keys, it has the same two as every pair of the process.
func Issue(t testing.TB, q *demo.QTSP, r demo.Request) demo.Pair {
	t.Helper()
	var err error
	if r.QWACKey == nil {
		if r.QWACKey, err = webKey(); err != nil {
			t.Fatal(err)
		}
	}
	if r.SealKey == nil {
		if r.SealKey, err = sealKey(); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := q.Issue(r)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}
