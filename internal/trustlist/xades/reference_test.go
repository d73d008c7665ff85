package xades

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// ownSigner is the certificate that a file names beside its signature. A test may pin it; the product never does.
func ownSigner(t testing.TB, file []byte) *x509.Certificate {
	t.Helper()
	tree := etree.NewDocument()
	must(t, tree.ReadFromBytes(file))
	signature := child(tree.Root(), dsig.Namespace, "Signature")
	der, err := fromBase64(text(child(child(child(signature, dsig.Namespace, "KeyInfo"), dsig.Namespace, "X509Data"), dsig.Namespace, "X509Certificate")))
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}

func publishedLOTL(t testing.TB) (file []byte, list List) {
	t.Helper()
	file, err := Unpack(testdata(t, "tsl/eu-lotl-341-2024-05.xml.gz"))
	must(t, err)
	list, err = verified(file, ownSigner(t, file))
	must(t, err)
	return file, list
}

func parsed(t testing.TB, l List, territory string) []*x509.Certificate {
	t.Helper()
	var signers []*x509.Certificate
	for _, p := range l.Pointers {
		for _, der := range p.Signers {
			if p.Territory == territory {
				c, err := x509.ParseCertificate(der)
				must(t, err)
				signers = append(signers, c)
			}
		}
	}
	return signers
}

func TestThePublishedListOfTheListsNamesItsLists(t *testing.T) {
	t.Parallel()

	_, l := publishedLOTL(t)

	territories := map[string]int{}
	for _, p := range l.Pointers {
		territories[p.Territory]++
	}
	if !l.LOTL || l.Version != 5 || l.Sequence != 341 || l.Territory != "EU" || l.Operator != "European Commission" || len(l.Providers) != 0 {
		t.Errorf("%+v", l)
	}
	if len(territories) != 32 || territories["EL"] != 1 || territories["UK"] != 1 || territories["FI"] != 1 {
		t.Errorf("%d territories: %v", len(territories), territories)
	}
	if i := slices.IndexFunc(l.Pointers, func(p Pointer) bool { return p.Territory == "FI" }); l.Pointers[i].Location != "https://dp.trustedlist.fi/fi-tl.xml" {
		t.Errorf("%s", l.Pointers[i].Location)
	}
}

func TestThePublishedListOfFinlandVerifiesThroughTheListOfTheLists(t *testing.T) {
	t.Parallel()
	_, lotl := publishedLOTL(t)

	l, err := verified(testdata(t, "tsl/fi-tl-v5-2024-11.xml"), parsed(t, lotl, "FI")...)

	must(t, err)
	if l.LOTL || l.Version != 5 || l.Sequence != 49 || l.Territory != "FI" || l.NextUpdate.Sub(l.IssuedAt) > 190*24*time.Hour {
		t.Errorf("%d of %s, %s to %s", l.Sequence, l.Territory, l.IssuedAt, l.NextUpdate)
	}
	web, seal := 0, 0
	for _, p := range l.Providers {
		for _, s := range p.Services {
			if now := s.States[0]; s.Type == TypeCAQC && now.Granted {
				if now.Web {
					web++
				}
				if now.Seal {
					seal++
				}
				if len(s.Certificates) == 0 || s.Name == "" || now.Since.IsZero() {
					t.Errorf("%+v", s)
				}
			}
		}
	}
	if len(l.Providers) != 1 || web != 6 || seal != 0 {
		t.Errorf("%d providers, %d granted for web, %d for seals", len(l.Providers), web, seal)
	}
}

func TestPublishedListsAreRefusedWhereSomethingIsWrong(t *testing.T) {
	t.Parallel()
	file, lotl := publishedLOTL(t)
	finland, sweden := testdata(t, "tsl/fi-tl-v5-2024-11.xml"), testdata(t, "tsl/se-tl-2019-06.xml")
	inSweden := parsed(t, lotl, "SE")
	altered := bytes.Replace(finland, []byte("Svcstatus/withdrawn"), []byte("Svcstatus/granted"), 1)
	wrapped := bytes.Replace(file, []byte("<TSLSequenceNumber>341"), []byte("<TSLSequenceNumber>342"), 1)

	_, old := verified(sweden, inSweden...)
	_, foreign := verified(finland, inSweden...)
	_, changed := verified(altered, parsed(t, lotl, "FI")...)
	_, renumbered := verified(wrapped, ownSigner(t, file))

	if !errors.Is(old, ErrUnknownSigner) || !errors.Is(foreign, ErrUnknownSigner) {
		t.Errorf("Sweden 2019: %v; Finland by Sweden: %v", old, foreign)
	}
	if !errors.Is(changed, ErrBrokenSignature) || !errors.Is(renumbered, ErrBrokenSignature) {
		t.Errorf("a changed state: %v; a changed number: %v", changed, renumbered)
	}
}

// Sweden's list of 2019 is signed by a certificate that is no longer named, and by nothing worse.
func TestThePublishedListOfSwedenVerifiesByItsOwnSigner(t *testing.T) {
	t.Parallel()
	file := testdata(t, "tsl/se-tl-2019-06.xml")

	l, err := verified(file, ownSigner(t, file))

	if err != nil || l.Territory != "SE" || l.Services() == 0 {
		t.Errorf("%v: %s, %d services", err, l.Territory, l.Services())
	}
}
