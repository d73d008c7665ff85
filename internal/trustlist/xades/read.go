package xades

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// maxName is how many bytes of a name are kept.
const maxName = 1000

var errTime = errors.New("a time cannot be read")

// readList reads the element that a signature covers.
func readList(root *etree.Element) (List, error) {
	if !isList(root) {
		return List{}, ErrNotAList
	}
	l, err := readScheme(first(root, "SchemeInformation"))
	if err != nil {
		return List{}, err
	}
	if l.LOTL {
		return l, nil
	}
	for _, p := range below(root, "TrustServiceProviderList", "TrustServiceProvider") {
		provider, err := readProvider(p)
		if err != nil {
			return List{}, ErrNotAList.With(err)
		}
		l.Providers = append(l.Providers, provider)
	}
	return l, nil
}

func readScheme(scheme *etree.Element) (List, error) {
	l := List{
		LOTL:      text(first(scheme, "TSLType")) == typeLOTL,
		Territory: text(first(scheme, "SchemeTerritory")),
		Operator:  short(english(below(scheme, "SchemeOperatorName", "Name"))),
	}
	var err error
	if l.Version, err = version(scheme); err != nil {
		return List{}, err
	}
	l.Sequence, err = strconv.ParseInt(text(first(scheme, "TSLSequenceNumber")), 10, 64)
	if err != nil || l.Sequence < 1 || !isTerritory(l.Territory) {
		return List{}, ErrNotAList.With(err)
	}
	if l.IssuedAt, err = readTime(text(first(scheme, "ListIssueDateTime"))); err != nil {
		return List{}, ErrNotAList.With(err)
	}
	// A territory's last list has none (TS 119 612 §5.3.15).
	if written := text(first(scheme, "NextUpdate", "dateTime")); written != "" {
		if l.NextUpdate, err = readTime(written); err != nil {
			return List{}, ErrNotAList.With(err)
		}
	}
	for _, p := range below(scheme, "PointersToOtherTSL", "OtherTSLPointer") {
		if pointer, ok := readPointer(p); ok {
			l.Pointers = append(l.Pointers, pointer)
		}
	}
	return l, nil
}

// readPointer leaves out pointers to a PDF and those that nobody may sign.
func readPointer(e *etree.Element) (Pointer, bool) {
	p := Pointer{Location: text(first(e, "TSLLocation"))}
	mime := ""
	for _, o := range below(e, "AdditionalInformation", "OtherInformation") {
		p.LOTL = p.LOTL || text(first(o, "TSLType")) == typeLOTL
		if t := text(first(o, "SchemeTerritory")); t != "" {
			p.Territory = t
		}
		if m := text(child(o, nsAdditional, "MimeType")); m != "" {
			mime = m
		}
	}
	for _, identity := range below(e, "ServiceDigitalIdentities", "ServiceDigitalIdentity") {
		p.Signers = append(p.Signers, certificates(identity)...)
	}
	return p, mime == mimeList && isTerritory(p.Territory) && len(p.Signers) > 0
}

func readProvider(e *etree.Element) (Provider, error) {
	p := Provider{Name: short(english(below(e, "TSPInformation", "TSPName", "Name")))}
	for _, s := range below(e, "TSPServices", "TSPService") {
		service, err := readService(s)
		if err != nil {
			return Provider{}, err
		}
		p.Services = append(p.Services, service)
	}
	return p, nil
}

func readService(e *etree.Element) (Service, error) {
	now := first(e, "ServiceInformation")
	s := Service{Type: text(first(now, "ServiceTypeIdentifier")), Name: short(english(below(now, "ServiceName", "Name")))}
	for _, identity := range below(now, "ServiceDigitalIdentity") {
		s.Certificates = append(s.Certificates, certificates(identity)...)
	}
	current, err := readState(now, s.Type)
	if err != nil {
		return Service{}, err
	}
	s.States = []State{current}
	for _, h := range below(e, "ServiceHistory", "ServiceHistoryInstance") {
		if earlier, err := readState(h, s.Type); err == nil { // one without a readable day proves nothing and harms nothing
			s.States = append(s.States, earlier)
		}
	}
	slices.SortStableFunc(s.States[1:], func(a, b State) int { return b.Since.Compare(a.Since) })
	return s, nil
}

func readState(e *etree.Element, serviceType string) (State, error) {
	since, err := readTime(text(first(e, "StatusStartingTime")))
	if err != nil {
		return State{}, err
	}
	s := State{
		Granted: text(first(e, "ServiceStatus")) == statusGranted && text(first(e, "ServiceTypeIdentifier")) == serviceType,
		Since:   since,
	}
	for _, extension := range below(e, "ServiceInformationExtensions", "Extension") {
		s.readExtension(extension)
	}
	return s, nil
}

// readExtension reads purposes and conditions (TS 119 612 §5.5.9). What is critical and not known here counts as a
// condition.
func (s *State) readExtension(extension *etree.Element) {
	critical := extension.SelectAttrValue("Critical", "") == "true" || extension.SelectAttrValue("Critical", "") == "1"
	for _, e := range extension.ChildElements() {
		switch space := e.NamespaceURI(); {
		case space == nsList && e.Tag == "AdditionalServiceInformation":
			s.readPurpose(text(first(e, "URI")))
		case space == nsQualifications && e.Tag == "Qualifications":
			s.readQualifiers(e)
		case space == nsAdditional && e.Tag == "TakenOverBy", space == nsList && e.Tag == "ExpiredCertsRevocationInfo":
		case critical:
			s.addQualifier(e.Tag)
		}
	}
}

func (s *State) readPurpose(address string) {
	switch address {
	case forWeb:
		s.Web = true
	case forSeals:
		s.Seal = true
	case forSignature:
		s.Signature = true
	}
}

func (s *State) readQualifiers(e *etree.Element) {
	for _, element := range children(e, nsQualifications, "QualificationElement") {
		for _, all := range children(element, nsQualifications, "Qualifiers") {
			for _, q := range children(all, nsQualifications, "Qualifier") {
				s.addQualifier(strings.TrimPrefix(strings.TrimSpace(q.SelectAttrValue("uri", "")), information))
			}
		}
	}
}

func (s *State) addQualifier(name string) {
	if name = short(name); !slices.Contains(s.Qualifiers, name) {
		s.Qualifiers = append(s.Qualifiers, name)
	}
}

// certificates are those of one identity; what is no base64 is left out.
func certificates(identity *etree.Element) [][]byte {
	var found [][]byte
	for _, c := range below(identity, "DigitalId", "X509Certificate") {
		if der, err := fromBase64(text(c)); err == nil && len(der) > 0 {
			found = append(found, der)
		}
	}
	return found
}

// readTime reads an XML dateTime; one without a zone is UTC.
func readTime(s string) (time.Time, error) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1900 && t.Year() < 9999 {
			return t.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, errTime
}

func short(s string) string {
	if len(s) > maxName {
		return strings.ToValidUTF8(s[:maxName], "")
	}
	return s
}
