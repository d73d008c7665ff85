package qcert

import "testing"

func BenchmarkReadPEM(b *testing.B) {
	p := leafPEM()
	for b.Loop() {
		if _, _, err := ReadPEM(p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	cert := newFamily(b, ForTPPs).mustIssue(b, profile(b, QSealC), rsaKey().Public())
	for b.Loop() {
		if _, err := Parse(cert); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckProfile(b *testing.B) {
	cert := newFamily(b, ForTPPs).mustIssue(b, profile(b, QSealC), rsaKey().Public())
	i := mustParse(b, cert)
	for b.Loop() {
		CheckProfile(i, cert, QSealC, instant)
	}
}
