package httpsig

import (
	"crypto"
	"crypto/rsa"
	"strconv"
	"testing"
)

// The first of each pair is the RSA operation alone, the floor that nothing can
// go below.
func BenchmarkVerify(b *testing.B) {
	for _, bits := range []int{2048, 4096} {
		s := newSeal(b, bits)
		h := newRequest()
		text := mustSign(b, h, nil, s, crypto.SHA256)
		v := NewVerifier(s.cert)
		p, err := Parse(h.Get("Signature"))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strconv.Itoa(bits)+"/rsa", func(b *testing.B) {
			for b.Loop() {
				d := sum(crypto.SHA256, []byte(text))
				if err := rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, d.bytes(), p.Signature); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(strconv.Itoa(bits)+"/request", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := CheckDigest(h, nil); err != nil {
					b.Fatal(err)
				}
				if _, err := v.Verify(h); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWithoutPreparedVerifier(b *testing.B) {
	s := newSeal(b, 2048)
	h := newRequest()
	mustSign(b, h, nil, s, crypto.SHA256)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Verify(h, s.cert); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefuse is a signature that is wrong, as a flood of them would be.
func BenchmarkRefuse(b *testing.B) {
	s, other := newSeal(b, 2048), newSeal(b, 2049)
	h := signed(b, s, newRequest(), nil, over(b, other.key, crypto.SHA256, goodText))
	v := NewVerifier(s.cert)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(h); err == nil {
			b.Fatal("accepted")
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	for _, bits := range []int{2048, 4096} {
		s := newSeal(b, bits)
		for name, hash := range map[string]crypto.Hash{"sha256": crypto.SHA256, "sha512": crypto.SHA512} {
			two := signed(b, s, newRequest("Date", "today"), nil, over(b, s.key, hash, "unknown"))
			five := signed(b, s, newRequest(append([]string{"Date", "today", "Consent-ID", "5f1c"}, allHeaders...)...), nil, over(b, s.key, hash, "unknown"))
			b.Run(strconv.Itoa(bits)+"/two headers/"+name, func(b *testing.B) {
				for b.Loop() {
					Explain(two, nil, s.cert)
				}
			})
			b.Run(strconv.Itoa(bits)+"/five headers/"+name, func(b *testing.B) {
				for b.Loop() {
					Explain(five, nil, s.cert)
				}
			})
		}
	}
}

// BenchmarkDiagnose is the widest search: nothing that is tried fits, and neither
// does the digest. It may take 200 ms.
func BenchmarkDiagnose(b *testing.B) {
	other := newSeal(b, 2049)
	for _, bits := range []int{2048, 3072, 4096} {
		s := newScene(b, newSeal(b, bits), other, true)
		s.digests(Digest("SHA-256", []byte("another body")))
		s.signs("unknown")
		b.Run(strconv.Itoa(bits), func(b *testing.B) {
			for b.Loop() {
				s.request().Diagnose(s.seal.cert, diagnosed, other.cert)
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	s := newSeal(b, 2048)
	h := newRequest()
	for b.Loop() {
		mustSign(b, h, nil, s, crypto.SHA256)
	}
}
