// Package xades owns trusted lists as signed files: the XML of ETSI TS 119 612 with its enveloped XAdES signature, read,
// verified and written. It is pure: nothing here knows a database, a network or the time.
package xades

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"fairway/internal/fault"
)

// MaxFile is the largest list that is read, in bytes of XML. The largest of the Union have 2 MB.
const MaxFile = 10 << 20

// The other bounds of a file. Real lists are less than 20 levels deep and have less than 50,000 elements and 1,000 services.
const (
	maxDepth      = 64
	maxElements   = 400_000
	maxAttributes = 64
	maxServices   = 10_000
)

// Why a file is refused before or at its signature.
var (
	ErrTooLarge = fault.New(fault.Invalid, "list_too_large",
		"The file is larger than 10 MB. No trusted list is; send the list as its publisher signed it.")
	errTooManyServices = ErrTooLarge.Saying("The file names more than 10,000 services. No trusted list does; send the list as its publisher signed it.")
	// ErrNotAList is a file that is something else.
	ErrNotAList = fault.New(fault.Invalid, "list_not_a_list",
		"The file is not a trusted list: it is not the XML of ETSI TS 119 612. Send the list itself, not its PDF or the page that links to it.")
	ErrWrongVersion = fault.New(fault.Invalid, "list_wrong_version",
		"The list is of a version that is not read here. Versions 5 and 6 of ETSI TS 119 612 are.")
	ErrUnknownSigner = fault.New(fault.Invalid, "list_signer_unknown",
		"The list is signed with a certificate that is not among those that may sign it.")
	ErrBrokenSignature = fault.New(fault.Invalid, "list_signature_broken",
		"The list's signature does not fit its contents: the file was changed after it was signed. Fetch it anew from its publisher.")
)

// Document is a file of the right form whose signature has not been looked at: nothing that it says can be believed yet.
type Document struct {
	root, signature *etree.Element
	sum             string
	lotl            bool
	territory       string
}

// Unpack gives the XML of a file, which may be compressed with gzip. More than MaxFile bytes are ErrTooLarge.
func Unpack(file []byte) ([]byte, error) {
	if len(file) > MaxFile {
		return nil, ErrTooLarge
	}
	if !bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
		return file, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, ErrNotAList.With(err)
	}
	data, err := io.ReadAll(io.LimitReader(z, MaxFile+1))
	if err != nil {
		return nil, ErrNotAList.With(err)
	}
	if len(data) > MaxFile {
		return nil, ErrTooLarge
	}
	return data, nil
}

// Read checks the form of a list: its size and depth, the root, the version, and that there is one signature. The faults
// are ErrTooLarge, ErrNotAList, ErrWrongVersion and ErrBrokenSignature.
func Read(data []byte) (*Document, error) {
	if len(data) > MaxFile {
		return nil, ErrTooLarge
	}
	if err := bounded(data); errors.Is(err, errTooManyServices) {
		return nil, err
	} else if err != nil {
		return nil, ErrNotAList.With(err)
	}
	tree := etree.NewDocument()
	tree.ReadSettings.MaxDepth = maxDepth
	if err := tree.ReadFromBytes(data); err != nil {
		return nil, ErrNotAList.With(err)
	}
	root := tree.Root()
	if !isList(root) {
		return nil, ErrNotAList
	}
	sum := sha256.Sum256(data)
	d := &Document{root: root, sum: hex.EncodeToString(sum[:])}
	scheme := child(root, nsList, "SchemeInformation")
	d.lotl = text(child(scheme, nsList, "TSLType")) == typeLOTL
	d.territory = text(child(scheme, nsList, "SchemeTerritory"))
	if !isTerritory(d.territory) {
		return nil, ErrNotAList
	}
	if _, err := version(scheme); err != nil {
		return nil, err
	}
	return d, d.findSignature()
}

// LOTL tells whether the file calls itself a list of the lists.
func (d *Document) LOTL() bool { return d.lotl }

// Territory is the country that the file says it is of.
func (d *Document) Territory() string { return d.territory }

// SHA256 is the sum of the XML in lower-case hex.
func (d *Document) SHA256() string { return d.sum }

// findSignature wants exactly one signature, below the root, and makes it the first child: the verifier looks at the first
// thousand elements only. The signature is taken out before the list is hashed, so its place changes nothing.
func (d *Document) findSignature() error {
	var all []*etree.Element
	each(d.root, func(e *etree.Element) {
		if e.Tag == dsig.SignatureTag {
			all = append(all, e)
		}
	})
	switch {
	case len(all) == 0:
		return ErrBrokenSignature.Saying("The list has no signature. Fetch it anew from its publisher.")
	case len(all) > 1:
		return ErrBrokenSignature.Saying("The list has more than one signature, so it is not clear which one speaks for it. Fetch it anew from its publisher.")
	case all[0].Parent() != d.root || all[0].NamespaceURI() != dsig.Namespace:
		return ErrBrokenSignature.Saying("The list's signature is not where ETSI TS 119 612 puts it. Fetch it anew from its publisher.")
	}
	d.signature = all[0]
	d.root.InsertChildAt(0, d.root.RemoveChild(d.signature))
	return nil
}

// bounded reads the tokens of a file without building anything of them. Custom entities and foreign character sets are
// refused by the reader, document types here.
func bounded(data []byte) error {
	in := xml.NewDecoder(bytes.NewReader(data))
	depth, elements, roots, services := 0, 0, 0, 0
	for {
		token, err := in.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				roots++
			}
			elements++
			if t.Name.Local == "TSPService" {
				services++
			}
			if services > maxServices {
				return errTooManyServices
			}
			if depth > maxDepth || elements > maxElements || roots > 1 || len(t.Attr) > maxAttributes {
				return fmt.Errorf("too deep, too many or too broad: level %d, element %d, %d attributes", depth, elements, len(t.Attr))
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			return errors.New("a document type is declared")
		}
	}
	if depth != 0 || roots != 1 {
		return errors.New("not one element")
	}
	return nil
}

func isList(e *etree.Element) bool {
	return e != nil && e.Tag == "TrustServiceStatusList" && e.NamespaceURI() == nsList
}

// version is the edition of the format; others than 5 and 6 are ErrWrongVersion.
func version(scheme *etree.Element) (int, error) {
	written := text(child(scheme, nsList, "TSLVersionIdentifier"))
	n, err := strconv.Atoi(written)
	if err != nil {
		return 0, ErrNotAList
	}
	if !slices.Contains([]int{5, Version}, n) {
		return 0, ErrWrongVersion
	}
	return n, nil
}

func isTerritory(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}
