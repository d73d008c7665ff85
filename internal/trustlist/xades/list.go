package xades

import "time"

// Namespaces of ETSI TS 119 612 and EN 319 132-1.
const (
	nsList           = "http://uri.etsi.org/02231/v2#"
	nsAdditional     = "http://uri.etsi.org/02231/v2/additionaltypes#"
	nsQualifications = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"
	nsXAdES          = "http://uri.etsi.org/01903/v1.3.2#"
)

// Addresses that stand for kinds of lists, states and purposes (TS 119 612 §5.5 and annex D).
const (
	trusted      = "http://uri.etsi.org/TrstSvc/TrustedList/"
	typeLOTL     = trusted + "TSLType/EUlistofthelists"
	typeNational = trusted + "TSLType/EUgeneric"

	statusGranted   = trusted + "Svcstatus/granted"
	statusWithdrawn = trusted + "Svcstatus/withdrawn"

	// information opens the addresses of purposes and of qualifiers.
	information  = trusted + "SvcInfoExt/"
	forWeb       = information + "ForWebSiteAuthentication"
	forSeals     = information + "ForeSeals"
	forSignature = information + "ForeSignatures"

	mimeList = "application/vnd.etsi.tsl+xml"
)

// TypeCAQC is the service type of an authority that issues qualified certificates.
const TypeCAQC = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"

// Version is the edition of the format that Sign writes: TS 119 612 V2.4.1, in force since 28 April 2026.
const Version = 6

// List is what a trusted list says, or a list of the lists.
type List struct {
	// LOTL tells a list of the lists, which has pointers, from a national list, which has providers.
	LOTL bool
	// Version is the edition of the format: 5 or 6.
	Version int
	// Sequence counts a territory's lists.
	Sequence int64
	// Territory is the country as the lists write it: EL for Greece, EU for the list of the lists.
	Territory string
	// Operator is who publishes the list.
	Operator string
	IssuedAt time.Time
	// NextUpdate is when the list goes stale; zero where it is the last one of its territory.
	NextUpdate time.Time
	Pointers   []Pointer
	Providers  []Provider
}

// Pointer names a list elsewhere and who may sign it. Only those to the XML form of a list are kept.
type Pointer struct {
	Territory string
	Location  string
	// LOTL says that it points to a list of the lists, as each list does.
	LOTL bool
	// Signers are the certificates in DER, as they stand in the list.
	Signers [][]byte
}

// Provider is a trust service provider with its services.
type Provider struct {
	Name     string
	Services []Service
}

// Service is one entry of a list.
type Service struct {
	// Type is the address of the service type, as TypeCAQC.
	Type string
	Name string
	// Certificates identify the service, in DER. A certificate may stand in several services, also of one provider.
	Certificates [][]byte
	// States are the current state and the earlier ones, newest first; there is at least one.
	States []State
}

// State is what was true of a service since a day.
type State struct {
	// Granted says that it was qualified, and of the type that the service has now.
	Granted bool
	Since   time.Time
	// Web, Seal and Signature are the kinds of certificates that it issues.
	Web, Seal, Signature bool
	// Qualifiers are the names of the conditions on some of its certificates, as "NotQualified", and of critical extensions
	// that are not known here. Which certificates they are on is not read.
	Qualifiers []string
}

// Services counts the entries of all providers.
func (l List) Services() int {
	n := 0
	for _, p := range l.Providers {
		n += len(p.Services)
	}
	return n
}
