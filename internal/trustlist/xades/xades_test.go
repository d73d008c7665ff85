package xades

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	dsig "github.com/russellhaering/goxmldsig"

	"fairway/internal/fault"
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
		"no signer named":             {replaced(sound[strings.Index(sound, "<ds:KeyInfo>"):strings.Index(sound, "<ds:Object>")], ""), by, ErrUnknownSigner},
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

// resigned is a list signed over a signed info that the test changes first.
func resigned(t *testing.T, by Signer, hash crypto.Hash, change func(info, root *etree.Element)) []byte {
	t.Helper()
	l := national(by.Certificate.Raw)
	root, properties := build(l, About{}.complete(l)), by.properties()
	info, err := signedInfo(root, properties, dsig.RSASHA256SignatureMethod)
	must(t, err)
	change(info, root)
	canonical, err := canonicalForm(info)
	must(t, err)
	sum := hash.New()
	_, err = sum.Write(canonical)
	must(t, err)
	value, err := by.Key.Sign(rand.Reader, sum.Sum(nil), hash)
	must(t, err)
	root.AddChild(by.signature(info, value, properties))
	file, err := write(root)
	must(t, err)
	return file
}

func TestAWeakHashIsNotBelievedEvenWhereItFits(t *testing.T) {
	t.Parallel()
	by := newSigner(t, rsaKey())
	method := func(uri string) func(info, _ *etree.Element) {
		return func(info, _ *etree.Element) {
			child(info, dsig.Namespace, "SignatureMethod").CreateAttr("Algorithm", uri)
		}
	}
	digest := func(info, root *etree.Element) {
		canonical, err := canonicalForm(root)
		must(t, err)
		sum := sha1.Sum(canonical)
		reference := children(info, dsig.Namespace, "Reference")[0]
		child(reference, dsig.Namespace, "DigestMethod").CreateAttr("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")
		child(reference, dsig.Namespace, "DigestValue").SetText(base64.StdEncoding.EncodeToString(sum[:]))
	}

	_, strong := verified(resigned(t, by, crypto.SHA512, method(dsig.RSASHA512SignatureMethod)), by.Certificate)
	_, weakMethod := verified(resigned(t, by, crypto.SHA1, method(dsig.RSASHA1SignatureMethod)), by.Certificate)
	_, weakDigest := verified(resigned(t, by, crypto.SHA256, digest), by.Certificate)

	if strong != nil {
		t.Errorf("SHA-512: %v", strong)
	}
	for name, err := range map[string]error{"signed with SHA-1": weakMethod, "hashed with SHA-1": weakDigest} {
		if !errors.Is(err, ErrBrokenSignature) || !strings.Contains(fault.Of(err).Message, "algorithm") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The reader's bounds let every published list through, with room to grow.
func TestTheBoundsAreFarFromPublishedLists(t *testing.T) {
	t.Parallel()
	file, _ := publishedLOTL(t)
	tree := etree.NewDocument()
	must(t, tree.ReadFromBytes(file))
	elements, deepest := 0, 0
	each(tree.Root(), func(e *etree.Element) {
		elements++
		depth := 0
		for p := e; p != nil; p = p.Parent() {
			depth++
		}
		deepest = max(deepest, depth)
	})

	if elements*10 > maxElements || deepest*2 > maxDepth || len(file)*10 > MaxFile {
		t.Errorf("%d elements, %d levels, %d bytes", elements, deepest, len(file))
	}
}

func TestAListWithoutMeasureIsRefusedBeforeItIsBuilt(t *testing.T) {
	t.Parallel()
	const head, end = `<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><TrustServiceProviderList>`, "</TrustServiceProviderList></TrustServiceStatusList>"
	services := []byte(head + strings.Repeat("<TSPService/>", 100_000) + end)
	elements := []byte(head + strings.Repeat("<a/>", maxElements) + end)

	_, large := Read(append([]byte(head), make([]byte, 60<<20)...))
	_, many := Read(services)
	_, broad := Read(elements)

	if !errors.Is(large, ErrTooLarge) || !errors.Is(many, errTooManyServices) || !errors.Is(broad, ErrNotAList) {
		t.Errorf("60 MB: %v; 100,000 services: %v; %d elements: %v", large, many, maxElements, broad)
	}
	if !errors.Is(bounded(services), errTooManyServices) || bounded(elements) == nil {
		t.Error("it takes the whole tree to find out")
	}
}
