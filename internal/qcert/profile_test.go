package qcert

import (
	"bytes"
	//lint:ignore SA1019 such keys must be refused
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"
)

// check judges a certificate made from a template.
func check(t testing.TB, template *x509.Certificate, kind Kind) []Finding {
	t.Helper()
	cert := mustSelf(t, template, rsaKey())
	return CheckProfile(mustParse(t, cert), cert, kind, instant)
}

func TestValidityIsJudgedAtTheGivenInstant(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	p := profile(t, QWAC)
	p.NotBefore, p.NotAfter = instant, instant.AddDate(0, 0, 90)
	cert := f.mustIssue(t, p, rsaKey().Public())
	i := mustParse(t, cert)

	for _, c := range []struct {
		at   time.Time
		code string
	}{
		{instant.Add(-6 * time.Minute), CertNotYetValid},
		{instant.Add(-5 * time.Minute), ""},
		{instant, ""},
		{p.NotAfter.AddDate(0, 0, -14), ""},
		{p.NotAfter.AddDate(0, 0, -14).Add(time.Second), CertExpiresSoon},
		{p.NotAfter, CertExpiresSoon},
		{p.NotAfter.Add(time.Second), CertExpired},
	} {
		all := CheckProfile(i, cert, QWAC, c.at)
		for _, code := range []string{CertNotYetValid, CertExpired, CertExpiresSoon} {
			if (level(all, code) != "") != (code == c.code) {
				t.Errorf("%v: want %q, found %v", c.at, c.code, all)
			}
		}
	}
}

// flaw is one change to a good QWAC, and how a code must then be found in it.
type flaw struct {
	kind   Kind
	change func(*x509.Certificate)
	code   string
	level  string
}

var tlsUses = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}

func flaws(t *testing.T) map[string]flaw {
	sealed := built(t, Standard, QSealC, RoleAI)
	return map[string]flaw{
		"no statements":                     {QWAC, func(c *x509.Certificate) { c.ExtraExtensions = nil }, QCMissing, LevelError},
		"a seal in the QWAC's field":        {QWAC, func(c *x509.Certificate) { c.ExtraExtensions[0].Value = sealed }, CertSwapped, LevelError},
		"a QWAC in the seal's field":        {QSealC, func(*x509.Certificate) {}, CertSwapped, LevelError},
		"code signing":                      {QWAC, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning} }, CertWrongEKU, LevelError},
		"serverAuth only":                   {QWAC, func(c *x509.Certificate) { c.ExtKeyUsage = tlsUses[:1] }, CertNoClientAuth, LevelWarning},
		"clientAuth only":                   {QWAC, func(c *x509.Certificate) { c.ExtKeyUsage = tlsUses[1:] }, CertWrongEKU, ""},
		"any use":                           {QWAC, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }, CertWrongEKU, ""},
		"no extended key usage":             {QWAC, func(c *x509.Certificate) { c.ExtKeyUsage = nil }, CertWrongEKU, LevelWarning},
		"a seal for TLS":                    {QSealC, func(c *x509.Certificate) { c.ExtraExtensions[0].Value = sealed }, CertWrongEKU, LevelWarning},
		"QWAC that cannot sign":             {QWAC, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, CertWrongKU, LevelError},
		"QWAC without key usage":            {QWAC, func(c *x509.Certificate) { c.KeyUsage = 0 }, CertWrongKU, LevelWarning},
		"seal that cannot sign":             {QSealC, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, CertWrongKU, LevelError},
		"seal that commits":                 {QSealC, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment }, CertWrongKU, ""},
		"seal without key usage":            {QSealC, func(c *x509.Certificate) { c.KeyUsage = 0 }, CertWrongKU, LevelWarning},
		"no DNS name":                       {QWAC, func(c *x509.Certificate) { c.DNSNames = nil }, CertNames, LevelWarning},
		"another common name":               {QWAC, func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} }, CertNames, LevelWarning},
		"common name in capitals":           {QWAC, func(c *x509.Certificate) { c.DNSNames = []string{"TPP.EXAMPLE"} }, CertNames, ""},
		"a CA":                              {QWAC, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }, CertIsCA, LevelError},
		"the right to sign certificates":    {QWAC, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }, CertIsCA, LevelError},
		"its own issuer":                    {QWAC, func(*x509.Certificate) {}, CertSelfSigned, LevelError},
		"no place to ask for revocation":    {QWAC, func(c *x509.Certificate) { c.CRLDistributionPoints = nil }, CertNoRevocation, LevelWarning},
		"a responder":                       {QWAC, func(c *x509.Certificate) { c.CRLDistributionPoints, c.OCSPServer = nil, []string{"http://o.example"} }, CertNoRevocation, ""},
		"short-term":                        {QWAC, func(c *x509.Certificate) { c.CRLDistributionPoints = nil; addExtension(c, oidShortTerm, false) }, CertNoRevocation, ""},
		"an unknown critical extension":     {QWAC, func(c *x509.Certificate) { addExtension(c, "\x2a\x03\x04", true) }, CertMalformed, LevelError},
		"an unknown extension":              {QWAC, func(c *x509.Certificate) { addExtension(c, "\x2a\x03\x04", false) }, CertMalformed, ""},
		"an end before the beginning":       {QWAC, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = instant, instant.AddDate(-1, 0, 0) }, CertMalformed, LevelError},
		"no organizationIdentifier":         {QWAC, func(*x509.Certificate) {}, OrgIDFormat, LevelError},
		"no country":                        {QWAC, func(*x509.Certificate) {}, SubjectIncomplete, LevelWarning},
		"two organisations":                 {QWAC, func(c *x509.Certificate) { c.Subject.Organization = []string{"A", "B"} }, SubjectIncomplete, LevelWarning},
		"nothing wrong with the statements": {QWAC, func(*x509.Certificate) {}, QCEncoding, ""},
	}
}

func TestProfileFindsWhatIsWrongWithACertificate(t *testing.T) {
	t.Parallel()
	for what, c := range flaws(t) {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			cert := flawed(t, c)

			all := CheckProfile(mustParse(t, cert), cert, c.kind, instant)

			if got := level(all, c.code); got != c.level {
				t.Errorf("%s is %q, want %q: %v", c.code, got, c.level, all)
			}
			for _, f := range all {
				if f.Text == "" || f.Field == "" || f.Code == "" || f.Level != LevelError && f.Level != LevelWarning {
					t.Errorf("incomplete finding %+v", f)
				}
			}
		})
	}
}

// flawed is a QWAC with one flaw.
func flawed(t *testing.T, f flaw) *x509.Certificate {
	t.Helper()
	template := withStatements(built(t, Standard, QWAC, RoleAI))
	template.Subject.CommonName, template.DNSNames = "tpp.example", []string{"tpp.example"}
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, tlsUses
	template.CRLDistributionPoints = []string{"http://crl.example"}
	f.change(template)
	return mustSelf(t, template, rsaKey())
}

func addExtension(c *x509.Certificate, oid string, critical bool) {
	c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1OID(oid), Critical: critical, Value: []byte{5, 0}})
}

func TestUnknownPurposeIsTheCertificatesOwn(t *testing.T) {
	t.Parallel()
	template := withStatements(built(t, Standard, QSealC, RoleAI))
	template.KeyUsage = x509.KeyUsageKeyEncipherment

	if all := check(t, template, Unknown); level(all, CertWrongKU) != LevelError {
		t.Errorf("found %v", all)
	}
}

// resigned is the certificate with another signature algorithm written into both places; its signature is then void.
func resigned(t *testing.T, cert *x509.Certificate, from, to string) *x509.Certificate {
	t.Helper()
	if n := bytes.Count(cert.Raw, []byte(from)); n != 2 {
		t.Fatalf("the algorithm occurs %d times", n)
	}
	out, err := x509.ParseCertificate(bytes.ReplaceAll(cert.Raw, []byte(from), []byte(to)))
	must(t, err)
	return out
}

func TestWeakSignatureHashesAreFound(t *testing.T) {
	t.Parallel()
	const rsaArc = "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
	template := withStatements(built(t, Standard, QWAC, RoleAI))
	template.SignatureAlgorithm = x509.SHA256WithRSA
	good := mustSelf(t, template, rsaKey())

	for to, want := range map[string]string{"\x05": LevelError, "\x04": LevelError, "\x0d": "", "\x0c": "", "\x63": LevelError} {
		cert := resigned(t, good, rsaArc+"\x0b", rsaArc+to)
		if got := level(CheckProfile(mustParse(t, cert), cert, QWAC, instant), CertWeakHash); got != want {
			t.Errorf("%s: level %q, want %q", cert.SignatureAlgorithm, got, want)
		}
	}
}

func TestKeysAreJudged(t *testing.T) {
	t.Parallel()
	strong := rsaKey()
	edPublic, _, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	odd := func(bits int) *big.Int { // an odd number of that size without small factors is beside the point: size comes first
		return new(big.Int).SetBit(big.NewInt(1), bits-1, 1)
	}
	p, q := strong.Primes[0], strong.Primes[1]
	near := nextPrime(new(big.Int).Add(p, big.NewInt(1)))
	for what, c := range map[string]struct {
		key any
		bad bool
	}{
		"RSA 2048":              {strong.Public(), false},
		"RSA 2047":              {&rsa.PublicKey{N: odd(2047), E: 65537}, true},
		"RSA 4097":              {&rsa.PublicKey{N: odd(4097), E: 65537}, true},
		"RSA 16384":             {&rsa.PublicKey{N: odd(16384), E: 65537}, true},
		"exponent 3":            {&rsa.PublicKey{N: strong.N, E: 3}, true},
		"exponent 1":            {&rsa.PublicKey{N: strong.N, E: 1}, true},
		"even exponent":         {&rsa.PublicKey{N: strong.N, E: 65538}, true},
		"even modulus":          {&rsa.PublicKey{N: new(big.Int).Sub(strong.N, big.NewInt(1)), E: 65537}, true},
		"modulus by 3581":       {&rsa.PublicKey{N: new(big.Int).Mul(big.NewInt(3581), q).Mul(q, new(big.Int).Mul(big.NewInt(3581), p)), E: 65537}, true},
		"neighbouring primes":   {&rsa.PublicKey{N: atLeast(2048, p, near), E: 65537}, true},
		"a square":              {&rsa.PublicKey{N: atLeast(2048, p, p), E: 65537}, true},
		"the ROCA fingerprint":  {&rsa.PublicKey{N: roca(), E: 65537}, true},
		"P-256":                 {ecKey().Public(), false},
		"P-384":                 {&ecdsa.PublicKey{Curve: elliptic.P384()}, false},
		"P-521":                 {&ecdsa.PublicKey{Curve: elliptic.P521()}, false},
		"P-224":                 {&ecdsa.PublicKey{Curve: elliptic.P224()}, true},
		"Ed25519":               {edPublic, true},
		"DSA":                   {&dsa.PublicKey{Parameters: dsa.Parameters{P: odd(2048)}}, true},
		"nothing that Go knows": {nil, true},
	} {
		got := level(CheckKey(c.key), CertWeakKey)
		if (got == LevelError) != c.bad {
			t.Errorf("%s: %q", what, got)
		}
	}
}

// atLeast multiplies two primes of 1024 bits with their top bits set.
func atLeast(bits int, p, q *big.Int) *big.Int {
	n := new(big.Int).Mul(p, q)
	if n.BitLen() < bits {
		panic("primes too small")
	}
	return n
}

func nextPrime(n *big.Int) *big.Int {
	n = new(big.Int).SetBit(n, 0, 1)
	for !n.ProbablyPrime(10) {
		n.Add(n, big.NewInt(2))
	}
	return n
}

// roca builds a modulus with the structure that Nemec and others describe: a power of 65537 modulo the product of the
// primes up to 167. It need not be a product of two primes to have the fingerprint.
func roca() *big.Int {
	m := big.NewInt(1)
	for _, p := range smallPrimes(168) {
		m.Mul(m, big.NewInt(p))
	}
	n := new(big.Int).Exp(big.NewInt(65537), big.NewInt(1234567), m)
	top := new(big.Int).Lsh(big.NewInt(1), 2047)
	n.Add(n, new(big.Int).Mul(m, new(big.Int).Add(new(big.Int).Div(top, m), big.NewInt(1))))
	for hasSmallFactor(n) {
		n.Add(n, m)
	}
	return n
}

func TestSoundKeysAreNotTakenForBrokenOnes(t *testing.T) {
	t.Parallel()
	for range 3 {
		if found := CheckKey(newRSA(2048).Public()); len(found) != 0 {
			t.Errorf("found %v", found)
		}
	}
	if !fromBrokenLibrary(roca()) || fromBrokenLibrary(rsaKey().N) {
		t.Error("the fingerprint is not told from its absence")
	}
}

func TestJudgingTheLargestKeyIsCheap(t *testing.T) {
	t.Parallel()
	n := new(big.Int).SetBit(new(big.Int).Lsh(big.NewInt(1), 4095), 0, 1)
	begun := time.Now()

	for range 20 {
		CheckKey(&rsa.PublicKey{N: n, E: 65537})
	}

	if spent := time.Since(begun) / 20; spent > 100*time.Millisecond {
		t.Errorf("%v for one key", spent)
	}
}

func TestSealNeedsAnRSAKey(t *testing.T) {
	t.Parallel()
	cert := mustSelf(t, withStatements(built(t, Standard, QSealC, RoleAI)), ecKey())

	all := CheckProfile(mustParse(t, cert), cert, QSealC, instant)

	if level(all, CertSealNotRSA) != LevelError || level(all, CertWeakKey) != "" {
		t.Errorf("found %v", all)
	}
}

func TestPairsAreJudgedTogether(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	make2 := func(change func(q, s *Profile)) (Info, Info) {
		q, s := profile(t, QWAC), profile(t, QSealC)
		change(&q, &s)
		return mustParse(t, f.mustIssue(t, q, rsaKey().Public())), mustParse(t, f.mustIssue(t, s, secondKey().Public()))
	}
	good, seal := make2(func(*Profile, *Profile) {})
	spelt, other := make2(func(q, s *Profile) {
		q.OrganizationIdentifier, s.OrganizationIdentifier = "PSDFI-FINFSA-1234567-8", "PSDFI-FINFSA-1234.5678"
	})
	strange, _ := make2(func(q, _ *Profile) { q.OrganizationIdentifier = "PSDFI-FINFSA-99" })
	sameKey := mustParse(t, f.mustIssue(t, profile(t, QSealC), rsaKey().Public()))

	for what, c := range map[string]struct {
		qwac, seal Info
		code       string
	}{
		"a good pair":              {good, seal, ""},
		"one number in two ways":   {spelt, other, ""},
		"the same certificate":     {good, good, CertSameKey},
		"two with the same key":    {good, sameKey, CertSameKey},
		"swapped":                  {seal, good, CertSwapped},
		"two companies":            {strange, seal, CertDifferentOrg},
		"one without identifier":   {good, Info{SHA256: "x", KeySHA256: "y"}, CertDifferentOrg},
		"country against number":   {withID(good, "PSDFI-FIN-FSA1"), withID(seal, "PSDFI-FINFSA-1"), CertDifferentOrg},
		"capitals are no distinct": {withID(good, "PSDFI-FINFSA-a1"), withID(seal, "PSDFI-FINFSA-A1"), ""},
	} {
		all := CheckPair(c.qwac, c.seal)
		if c.code == "" && len(all) != 0 || c.code != "" && level(all, c.code) != LevelError {
			t.Errorf("%s: %v", what, all)
		}
	}
}

func withID(i Info, id string) Info {
	i.OrganizationIdentifier = id
	return i
}

func TestSerialIsPrintedAsOpenSSLDoes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0xe62a8b: "E62A8B", 0x0abc: "0ABC", 1: "01", 0: "00"} {
		if got := serialHex(&x509.Certificate{SerialNumber: big.NewInt(n)}); got != want {
			t.Errorf("%x: %s", n, got)
		}
	}
}

func TestOnlyKnownIdentifiersOfExtensionsMatch(t *testing.T) {
	t.Parallel()
	for contents, want := range map[string]string{
		oidQCStatements: "1.3.6.1.5.5.7.1.3", oidPSD2: "0.4.0.19495.2", oidCompliance: "0.4.0.1862.1.1", oidType: "0.4.0.1862.1.6",
		oidTypeESeal: "0.4.0.1862.1.6.2", oidShortTerm: "0.4.0.194121.2.1", oidOrgID: "2.5.4.97", oidUserNotice: "1.3.6.1.5.5.7.2.2",
		oidPolicies: "2.5.29.32", oidRoleArc: "0.4.0.19495.1", arcPKCS7: "1.2.840.113549.1.7", arcDigest: "2.16.840.1.101.3.4.2",
	} {
		if got := asn1OID(contents); got.String() != want || oidBytes(got) != contents {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if oidBytes(asn1.ObjectIdentifier{}) != "" {
		t.Error("an empty identifier has contents")
	}
}
