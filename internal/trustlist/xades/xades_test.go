package xades

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	dsig "github.com/russellhaering/goxmldsig"
)

func TestASignedListIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]crypto.Signer{"RSA": rsaKey(), "ECDSA": ecKey()} {
		by := newSigner(t, key)
		closed := national(by.Certificate.Raw)
		closed.NextUpdate = time.Time{}
		for _, l := range []List{national(by.Certificate.Raw), lotl(by.Certificate.Raw), closed} {
			got, err := verified(mustSign(t, l, by), by.Certificate)

			if diff := cmp.Diff(l, got); err != nil || diff != "" {
				t.Errorf("%s, %s: %v %s", name, l.Territory, err, diff)
			}
		}
	}
}

// The verifier looks at the list alone; a strict reader looks at the properties too.
func TestTheSignatureCoversItsOwnProperties(t *testing.T) {
	t.Parallel()
	by := newSigner(t, rsaKey())
	tree := etree.NewDocument()
	must(t, tree.ReadFromBytes(mustSign(t, national(by.Certificate.Raw), by)))
	signature := child(tree.Root(), dsig.Namespace, "Signature")
	references := children(child(signature, dsig.Namespace, "SignedInfo"), dsig.Namespace, "Reference")
	properties := child(child(child(signature, dsig.Namespace, "Object"), nsXAdES, "QualifyingProperties"), nsXAdES, "SignedProperties")

	canonical, err := canonicalForm(properties)

	must(t, err)
	sum := sha256.Sum256(canonical)
	if len(references) != 2 || text(child(references[1], dsig.Namespace, "DigestValue")) != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("%d references; the properties are\n%s", len(references), canonical)
	}
	digest := sha256.Sum256(by.Certificate.Raw)
	for _, part := range []string{"<xades:SigningTime>2026-11-21T12:00:00Z<", "<xades:SigningCertificateV2>", base64.StdEncoding.EncodeToString(digest[:]), mimeList} {
		if !strings.Contains(string(canonical), part) {
			t.Errorf("the properties lack %s", part)
		}
	}
}

func TestAListThatCannotBeReadBackIsNotSigned(t *testing.T) {
	t.Parallel()
	by := newSigner(t, rsaKey())
	other := newSigner(t, ecKey())
	for name, broken := range map[string]func(l *List, s *Signer){
		"a character that XML has not": func(l *List, _ *Signer) { l.Operator = "a\x01b" },
		"no territory":                 func(l *List, _ *Signer) { l.Territory = "" },
		"a service without a state":    func(l *List, _ *Signer) { l.Providers[0].Services[0].States = nil },
		"another key's certificate":    func(_ *List, s *Signer) { s.Certificate = other.Certificate },
		"no key":                       func(_ *List, s *Signer) { s.Key = nil },
	} {
		l, s := national(by.Certificate.Raw), by
		broken(&l, &s)

		if file, err := Sign(l, About{}, s); err == nil || file != nil {
			t.Errorf("%s: signed", name)
		}
	}
}

func TestAFileThatIsNoListIsRefusedBeforeItsSignature(t *testing.T) {
	t.Parallel()
	by := newSigner(t, rsaKey())
	sound := string(mustSign(t, national(by.Certificate.Raw), by))
	replaced := func(from, to string) string {
		if !strings.Contains(sound, from) {
			t.Fatalf("the list has no %s", from)
		}
		return strings.Replace(sound, from, to, 1)
	}
	signature := sound[strings.Index(sound, "<ds:Signature "):strings.Index(sound, "</TrustServiceStatusList>")]

	for name, c := range map[string]struct {
		file string
		want error
	}{
		"nothing":                      {"", ErrNotAList},
		"a page":                       {"<!DOCTYPE html><html><body>Lists</body></html>", ErrNotAList},
		"half a list":                  {sound[:len(sound)/2], ErrNotAList},
		"another root":                 {strings.ReplaceAll(sound, "TrustServiceStatusList", "Other"), ErrNotAList},
		"another namespace":            {replaced(`xmlns="`+nsList+`"`, `xmlns="http://other.example/"`), ErrNotAList},
		"two roots":                    {sound + "<a></a>", ErrNotAList},
		"a document type":              {replaced("<TrustServiceStatusList", `<!DOCTYPE a [<!ENTITY e "x">]><TrustServiceStatusList`), ErrNotAList},
		"an entity":                    {replaced("CA one", "&e;"), ErrNotAList},
		"another character set":        {replaced("UTF-8", "ISO-8859-1"), ErrNotAList},
		"too deep":                     {replaced("CA one", strings.Repeat("<a>", maxDepth)+strings.Repeat("</a>", maxDepth)), ErrNotAList},
		"too many elements":            {replaced("CA one", strings.Repeat("<a/>", maxElements)), ErrNotAList},
		"no territory":                 {replaced("<SchemeTerritory>FI", "<SchemeTerritory>Finland"), ErrNotAList},
		"version 4":                    {replaced("Identifier>6<", "Identifier>4<"), ErrWrongVersion},
		"version 7":                    {replaced("Identifier>6<", "Identifier>7<"), ErrWrongVersion},
		"larger than 10 MB":            {sound + strings.Repeat(" ", MaxFile), ErrTooLarge},
		"no signature":                 {replaced(signature, ""), ErrBrokenSignature},
		"two signatures":               {replaced(signature, signature+signature), ErrBrokenSignature},
		"a signature within the list":  {replaced("CA one", signature), ErrBrokenSignature},
		"its only signature elsewhere": {strings.Replace(replaced(signature, ""), "CA one", signature, 1), ErrBrokenSignature},
	} {
		if _, err := Read([]byte(c.file)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAListIsBelievedOnlyAsItWasSignedByWhoMaySign(t *testing.T) {
	t.Parallel()
	by, other := newSigner(t, rsaKey()), newSigner(t, ecKey())
	same := newSigner(t, rsaKey()) // the same key with another certificate
	sound := string(mustSign(t, national(by.Certificate.Raw), by))
	replaced := func(from, to string) string { return strings.Replace(sound, from, to, 1) }

	for name, c := range map[string]struct {
		file string
		by   Signer
		want error
	}{
		"as signed":                   {sound, by, nil},
		"another signer":              {sound, other, ErrUnknownSigner},
		"the key's other certificate": {sound, same, ErrUnknownSigner},
		"a name changed":              {replaced("CA one", "CA two"), by, ErrBrokenSignature},
		"a state changed":             {replaced("Svcstatus/withdrawn", "Svcstatus/granted"), by, ErrBrokenSignature},
		"a space more":                {replaced("</SchemeInformation>", " </SchemeInformation>"), by, ErrBrokenSignature},
		"an entry around it":          {replaced("</TrustServiceProviderList>", "<TrustServiceProvider></TrustServiceProvider></TrustServiceProviderList>"), by, ErrBrokenSignature},
		"another signer's name on it": {strings.Replace(sound, "<ds:X509Certificate>"+base64.StdEncoding.EncodeToString(by.Certificate.Raw), "<ds:X509Certificate>"+base64.StdEncoding.EncodeToString(other.Certificate.Raw), 1), other, ErrBrokenSignature},
		"no signer named":             {replaced("<ds:KeyInfo>", "<ds:KeyInfo2>"), by, ErrNotAList},
		"SHA-1":                       {replaced("xmldsig-more#rsa-sha256", "xmldsig#rsa-sha1"), by, ErrBrokenSignature},
		"a digest of SHA-1":           {replaced("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1"), by, ErrBrokenSignature},
		"no value":                    {replaced("<ds:SignatureValue>", "<ds:SignatureValue>!"), by, ErrBrokenSignature},
		"the value indented":          {replaced("<ds:SignatureValue>", "<ds:SignatureValue>\n\t "), by, nil},
		"a comment within a name":     {replaced("CA one", "CA<!-- --> one"), by, nil}, // comments are not signed, and not read
	} {
		l, err := verified([]byte(c.file), c.by.Certificate)

		if c.want == nil && (err != nil || l.Providers[0].Services[0].Name != "CA one") || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFileMayBeCompressedWithinTheLimit(t *testing.T) {
	t.Parallel()
	packed := func(b []byte) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, err := z.Write(b)
		must(t, errors.Join(err, z.Close()))
		return out.Bytes()
	}

	plain, err := Unpack([]byte("<a/>"))
	small, smallErr := Unpack(packed([]byte("<a/>")))
	_, bomb := Unpack(packed(make([]byte, MaxFile+1)))
	_, broken := Unpack(packed([]byte("<a/>"))[:14])

	if err != nil || smallErr != nil || string(plain) != "<a/>" || string(small) != "<a/>" {
		t.Errorf("%q %v, %q %v", plain, err, small, smallErr)
	}
	if !errors.Is(bomb, ErrTooLarge) || !errors.Is(broken, ErrNotAList) {
		t.Errorf("%v, %v", bomb, broken)
	}
}
