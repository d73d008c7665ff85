package xades

import (
	"encoding/base64"
	"strconv"
	"time"

	"github.com/beevik/etree"
)

// About is what a list says for people, beside its entries; each has a default.
type About struct {
	// Address is where the operator and its rules are found.
	Address string
	// Street, Place, PostalCode and Country are the operator's seat.
	Street, Place, PostalCode, Country string
	// Notice is the policy or legal notice.
	Notice string
}

const days = 65535 // history is kept for ever (TS 119 612 §5.3.12)

// build writes the tree of a list, in the order of the schema and without the signature.
func build(l List, about About) *etree.Element {
	root := etree.NewElement("TrustServiceStatusList")
	root.CreateAttr("xmlns", nsList)
	root.CreateAttr("xmlns:tslx", nsAdditional)
	root.CreateAttr("xmlns:sie", nsQualifications)
	root.CreateAttr("Id", rootID)
	root.CreateAttr("TSLTag", "http://uri.etsi.org/19612/TSLTag")
	writeScheme(root.CreateElement("SchemeInformation"), l, about)
	if !l.LOTL && len(l.Providers) > 0 {
		all := root.CreateElement("TrustServiceProviderList")
		for _, p := range l.Providers {
			writeProvider(all.CreateElement("TrustServiceProvider"), p, about)
		}
	}
	return root
}

func writeScheme(e *etree.Element, l List, about About) {
	kind, determination, rules := typeNational, "EUappropriate", "EUcommon"
	if l.LOTL {
		kind, determination, rules = typeLOTL, "EUlistofthelists", "EUlistofthelists"
	}
	add(e, "TSLVersionIdentifier", strconv.Itoa(Version))
	add(e, "TSLSequenceNumber", strconv.FormatInt(l.Sequence, 10))
	add(e, "TSLType", kind)
	names(e.CreateElement("SchemeOperatorName"), l.Operator)
	writeAddress(e.CreateElement("SchemeOperatorAddress"), about)
	names(e.CreateElement("SchemeName"), l.Territory+":"+l.Operator)
	address(e.CreateElement("SchemeInformationURI"), about.Address)
	add(e, "StatusDeterminationApproach", trusted+"StatusDetn/"+determination)
	community := e.CreateElement("SchemeTypeCommunityRules")
	address(community, trusted+"schemerules/"+rules)
	if !l.LOTL {
		address(community, trusted+"schemerules/"+l.Territory)
	}
	add(e, "SchemeTerritory", l.Territory)
	inEnglish(e.CreateElement("PolicyOrLegalNotice"), "TSLLegalNotice", about.Notice)
	add(e, "HistoricalInformationPeriod", strconv.Itoa(days))
	if len(l.Pointers) > 0 {
		pointers := e.CreateElement("PointersToOtherTSL")
		for _, p := range l.Pointers {
			writePointer(pointers.CreateElement("OtherTSLPointer"), p, l.Operator)
		}
	}
	add(e, "ListIssueDateTime", dateTime(l.IssuedAt))
	next := e.CreateElement("NextUpdate")
	if !l.NextUpdate.IsZero() {
		add(next, "dateTime", dateTime(l.NextUpdate))
	}
}

func writePointer(e *etree.Element, p Pointer, operator string) {
	identities := e.CreateElement("ServiceDigitalIdentities")
	for _, der := range p.Signers {
		writeCertificates(identities.CreateElement("ServiceDigitalIdentity"), [][]byte{der})
	}
	add(e, "TSLLocation", p.Location)
	kind, rules := typeNational, "EUcommon"
	if p.LOTL {
		kind, rules = typeLOTL, "EUlistofthelists"
	}
	information := e.CreateElement("AdditionalInformation")
	add(information.CreateElement("OtherInformation"), "TSLType", kind)
	names(information.CreateElement("OtherInformation").CreateElement("SchemeOperatorName"), operator)
	address(information.CreateElement("OtherInformation").CreateElement("SchemeTypeCommunityRules"), trusted+"schemerules/"+rules)
	add(information.CreateElement("OtherInformation"), "SchemeTerritory", p.Territory)
	add(information.CreateElement("OtherInformation"), "tslx:MimeType", mimeList)
}

func writeProvider(e *etree.Element, p Provider, about About) {
	information := e.CreateElement("TSPInformation")
	names(information.CreateElement("TSPName"), p.Name)
	names(information.CreateElement("TSPTradeName"), p.Name)
	writeAddress(information.CreateElement("TSPAddress"), about)
	address(information.CreateElement("TSPInformationURI"), about.Address)
	services := e.CreateElement("TSPServices")
	for _, s := range p.Services {
		writeService(services.CreateElement("TSPService"), s)
	}
}

func writeService(e *etree.Element, s Service) {
	if len(s.States) == 0 {
		return // what has no state is refused when it is read back
	}
	writeState(e.CreateElement("ServiceInformation"), s, s.States[0])
	if len(s.States) == 1 {
		return
	}
	history := e.CreateElement("ServiceHistory")
	for _, earlier := range s.States[1:] {
		writeState(history.CreateElement("ServiceHistoryInstance"), s, earlier)
	}
}

func writeState(e *etree.Element, s Service, state State) {
	status := statusWithdrawn
	if state.Granted {
		status = statusGranted
	}
	add(e, "ServiceTypeIdentifier", s.Type)
	names(e.CreateElement("ServiceName"), s.Name)
	writeCertificates(e.CreateElement("ServiceDigitalIdentity"), s.Certificates)
	add(e, "ServiceStatus", status)
	add(e, "StatusStartingTime", dateTime(state.Since))
	writeExtensions(e, state)
}

func writeExtensions(e *etree.Element, state State) {
	var purposes []string
	for _, p := range []struct {
		is  bool
		uri string
	}{{state.Web, forWeb}, {state.Seal, forSeals}, {state.Signature, forSignature}} {
		if p.is {
			purposes = append(purposes, p.uri)
		}
	}
	if len(purposes)+len(state.Qualifiers) == 0 {
		return
	}
	extensions := e.CreateElement("ServiceInformationExtensions")
	extension := func() *etree.Element {
		x := extensions.CreateElement("Extension")
		x.CreateAttr("Critical", "true")
		return x
	}
	for _, uri := range purposes {
		address(extension().CreateElement("AdditionalServiceInformation"), uri)
	}
	if len(state.Qualifiers) == 0 {
		return
	}
	element := extension().CreateElement("sie:Qualifications").CreateElement("sie:QualificationElement")
	qualifiers := element.CreateElement("sie:Qualifiers")
	for _, q := range state.Qualifiers {
		qualifiers.CreateElement("sie:Qualifier").CreateAttr("uri", information+q)
	}
	criteria := element.CreateElement("sie:CriteriaList")
	criteria.CreateAttr("assert", "all")
	bit := criteria.CreateElement("sie:KeyUsage").CreateElement("sie:KeyUsageBit")
	bit.CreateAttr("name", "digitalSignature")
	bit.SetText("true")
}

func writeCertificates(identity *etree.Element, all [][]byte) {
	for _, der := range all {
		add(identity.CreateElement("DigitalId"), "X509Certificate", base64.StdEncoding.EncodeToString(der))
	}
}

func writeAddress(e *etree.Element, about About) {
	postal := e.CreateElement("PostalAddresses").CreateElement("PostalAddress")
	postal.CreateAttr("xml:lang", "en")
	add(postal, "StreetAddress", about.Street)
	add(postal, "Locality", about.Place)
	add(postal, "PostalCode", about.PostalCode)
	add(postal, "CountryName", about.Country)
	address(e.CreateElement("ElectronicAddress"), about.Address)
}

func add(e *etree.Element, tag, content string) { e.CreateElement(tag).SetText(content) }

func names(e *etree.Element, name string)  { inEnglish(e, "Name", name) }
func address(e *etree.Element, uri string) { inEnglish(e, "URI", uri) }

func inEnglish(e *etree.Element, tag, content string) {
	c := e.CreateElement(tag)
	c.CreateAttr("xml:lang", "en")
	c.SetText(content)
}

// dateTime is written to the second, as TS 119 612 §5.1.4 asks.
func dateTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
