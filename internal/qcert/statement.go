package qcert

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of what is read from one extension; real ones hold a handful.
const (
	maxStatements = 32
	maxRoles      = 32
	maxLocations  = 16
)

// Statement is the PSD2 statement (TS 119 495 §5.1).
type Statement struct {
	// Roles are ETSI's roles in the order of the certificate, each once, taken by object identifier.
	Roles []Role

	// RoleNames are the names as written, one for each entry of the list, known or not.
	RoleNames []string

	// OtherRoles are the object identifiers of roles that are not ETSI's; they entitle to nothing.
	OtherRoles []string

	NCAName, NCAID string

	// Bare tells that the list around the statements was missing, Flattened that the roles were not a list of pairs:
	// two faults of test tools that still circulate.
	Bare, Flattened bool
}

// PDS is one address of the PKI disclosure statement with its language.
type PDS struct{ URL, Language string }

// Statements is what a qcStatements extension says.
type Statements struct {
	Kind        Kind
	PSD2        *Statement
	Compliance  bool
	Device      bool
	PDS         []PDS
	Legislation []string // countries of QcCClegislation: declared under a law outside the EU
	Findings    []Finding

	types  []string // OIDs of QcType
	counts map[string]int
	found  findings
}

// PDSURL is the English address, or the first one.
func (s *Statements) PDSURL() string {
	for _, p := range s.PDS {
		if p.Language == "en" || p.Language == "EN" {
			return p.URL
		}
	}
	if len(s.PDS) > 0 {
		return s.PDS[0].URL
	}
	return ""
}

// ReadQCStatements reads the value of a qcStatements extension (RFC 3739 §3.2.6, EN 319 412-5, TS 119 495). It also reads
// the two wrong layouts that are in circulation. Whatever is wrong or missing is a finding, never an error.
func ReadQCStatements(value []byte) Statements {
	s := Statements{Kind: Unknown, counts: map[string]int{}}
	in := cryptobyte.String(value)
	var list cryptobyte.String
	switch {
	case len(value) > MaxUpload, !in.ReadASN1(&list, asn1.SEQUENCE), !in.Empty():
		s.broken("The qualified statements are not valid DER.")
	case list.PeekASN1Tag(asn1.OBJECT_IDENTIFIER):
		s.found.fail(QCEncoding, "qcStatements", "The list around the qualified statements is missing: the extension holds one bare statement. ETSI TS 119 495 asks for a list.")
		s.read(list)
		if s.PSD2 != nil {
			s.PSD2.Bare = true
		}
	default:
		s.readList(list)
	}
	s.judge()
	s.Findings = s.found
	return s
}

func (s *Statements) broken(text string) { s.found.fail(QCEncoding, "qcStatements", "%s", text) }

func (s *Statements) readList(list cryptobyte.String) {
	for n := 0; !list.Empty(); n++ {
		var one cryptobyte.String
		if n == maxStatements {
			s.broken("The certificate has more qualified statements than are read.")
			return
		}
		if !list.ReadASN1(&one, asn1.SEQUENCE) {
			s.broken("One of the qualified statements is not valid DER.")
			return
		}
		s.read(one)
	}
}

// read takes one QCStatement: SEQUENCE { statementId, statementInfo ANY OPTIONAL }.
func (s *Statements) read(in cryptobyte.String) {
	var oid, info, rest cryptobyte.String
	var tag asn1.Tag
	if !in.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
		s.broken("One of the qualified statements has no identifier.")
		return
	}
	rest = in
	if !in.Empty() && (!in.ReadAnyASN1Element(&info, &tag) || !in.Empty()) {
		s.broken("One of the qualified statements is not an identifier with at most one value.")
		info = rest
	}

	id := string(oid)
	s.counts[id]++
	if s.counts[id] > 1 && id != oidType {
		if s.counts[id] == 2 && (id == oidPSD2 || len(id) > len(oidETSIStmt) && id[:len(oidETSIStmt)] == oidETSIStmt) {
			s.found.fail(QCEncoding, "qcStatements", "The %s statement occurs more than once.", statementLabel(id))
		}
		return
	}
	s.dispatch(id, info)
}

func (s *Statements) dispatch(id string, info cryptobyte.String) {
	switch id {
	case oidPSD2:
		s.PSD2 = readPSD2(info, &s.found)
	case oidType:
		s.readTypes(info)
	case oidCompliance:
		s.Compliance = true
		s.expectNothing(id, info)
	case oidDevice:
		s.Device = true
		s.expectNothing(id, info)
	case oidPDS:
		s.readPDS(info)
	case oidLegislation:
		s.readLegislation(info)
	case oidTypeESign, oidTypeESeal, oidTypeWeb:
		s.found.fail(QCType, "qcStatements", "A type of certificate stands as a statement of its own; it belongs inside the QcType statement.")
	}
}

func statementLabel(id string) string {
	switch id {
	case oidPSD2:
		return "PSD2"
	case oidCompliance:
		return "QcCompliance"
	case oidDevice:
		return "QcSSCD"
	case oidPDS:
		return "QcPDS"
	case oidLegislation:
		return "QcCClegislation"
	}
	text, _ := dotted([]byte(id))
	return text
}

func (s *Statements) expectNothing(id string, info cryptobyte.String) {
	if !info.Empty() {
		s.found.warn(QCEncoding, "qcStatements", "The %s statement carries a value; ETSI EN 319 412-5 defines none.", statementLabel(id))
	}
}

func (s *Statements) readTypes(info cryptobyte.String) {
	var list, oid cryptobyte.String
	if !info.ReadASN1(&list, asn1.SEQUENCE) || !info.Empty() {
		s.found.fail(QCType, "qcStatements", "The QcType statement is not a list of types.")
		return
	}
	for !list.Empty() && len(s.types) < maxStatements {
		if !list.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
			s.found.fail(QCType, "qcStatements", "The QcType statement is not a list of types.")
			return
		}
		s.types = append(s.types, string(oid))
	}
}

func (s *Statements) readPDS(info cryptobyte.String) {
	var list, pair, url, language cryptobyte.String
	var urlTag, languageTag asn1.Tag
	ok := info.ReadASN1(&list, asn1.SEQUENCE) && info.Empty() && !list.Empty()
	for ok && !list.Empty() && len(s.PDS) < maxLocations {
		ok = list.ReadASN1(&pair, asn1.SEQUENCE) && pair.ReadAnyASN1(&url, &urlTag) && pair.ReadAnyASN1(&language, &languageTag) && pair.Empty()
		if !ok {
			break
		}
		address, isText := decodeText(urlTag, url)
		code, _ := decodeText(languageTag, language)
		if !isText {
			ok = false
			break
		}
		s.PDS = append(s.PDS, PDS{URL: DisplayText(address, 2*maxField), Language: DisplayText(code, 8)})
		if urlTag != asn1.IA5String || languageTag != asn1.PrintableString || len(code) != 2 {
			s.found.warn(QCPDS, "qcStatements", "The disclosure statement (QcPDS) is not an IA5String address with a two-letter PrintableString language.")
		}
		if len(address) < 8 || address[:8] != "https://" {
			s.found.warn(QCPDS, "qcStatements", "The disclosure statement (QcPDS) does not start with https://: %s", DisplayText(address, 80))
		}
	}
	if !ok {
		s.found.warn(QCPDS, "qcStatements", "The disclosure statement (QcPDS) is not encoded as ETSI EN 319 412-5 requires.")
	}
}

func (s *Statements) readLegislation(info cryptobyte.String) {
	var list, country cryptobyte.String
	var tag asn1.Tag
	if !info.ReadASN1(&list, asn1.SEQUENCE) {
		s.found.warn(QCEncoding, "qcStatements", "The QcCClegislation statement is not a list of countries.")
		return
	}
	for !list.Empty() && len(s.Legislation) < maxLocations && list.ReadAnyASN1(&country, &tag) {
		text, _ := decodeText(tag, country)
		s.Legislation = append(s.Legislation, DisplayText(text, 8))
	}
}
