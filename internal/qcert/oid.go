package qcert

import (
	"crypto/x509"
	"encoding/asn1"
)

// Object identifiers as the contents of their DER encoding, so that reading compares bytes and no arc can be too large.
const (
	oidQCStatements = "\x2b\x06\x01\x05\x05\x07\x01\x03" // 1.3.6.1.5.5.7.1.3 (RFC 3739)
	oidPSD2         = "\x04\x00\x81\x98\x27\x02"         // 0.4.0.19495.2 (TS 119 495)
	oidRoleArc      = "\x04\x00\x81\x98\x27\x01"         // 0.4.0.19495.1
	oidETSIStmt     = "\x04\x00\x8e\x46\x01"             // 0.4.0.1862.1 (EN 319 412-5)
	oidCompliance   = oidETSIStmt + "\x01"
	oidDevice       = oidETSIStmt + "\x04"
	oidPDS          = oidETSIStmt + "\x05"
	oidType         = oidETSIStmt + "\x06"
	oidLegislation  = oidETSIStmt + "\x07"
	oidTypeESign    = oidType + "\x01"
	oidTypeESeal    = oidType + "\x02"
	oidTypeWeb      = oidType + "\x03"

	oidPolicies   = "\x55\x1d\x20"                     // 2.5.29.32
	oidUserNotice = "\x2b\x06\x01\x05\x05\x07\x02\x02" // 1.3.6.1.5.5.7.2.2
	oidShortTerm  = "\x04\x00\x8b\xec\x49\x02\x01"     // 0.4.0.194121.2.1 (EN 319 412-1)

	oidCommonName   = "\x55\x04\x03"
	oidCountry      = "\x55\x04\x06"
	oidOrganization = "\x55\x04\x0a"
	oidOrgID        = "\x55\x04\x61" // 2.5.4.97
)

// asn1OID gives an identifier in the form that crypto/x509 takes. It is called with the constants above only.
func asn1OID(contents string) asn1.ObjectIdentifier {
	var oid asn1.ObjectIdentifier
	der := append([]byte{asn1.TagOID, byte(len(contents))}, contents...)
	if _, err := asn1.Unmarshal(der, &oid); err != nil {
		return nil
	}
	return oid
}

// oidBytes is the contents of the DER encoding; empty for an identifier that has none.
func oidBytes(oid asn1.ObjectIdentifier) string {
	der, err := asn1.Marshal(oid)
	if err != nil || len(der) < 2 {
		return ""
	}
	return string(der[2:])
}

// dotted writes an identifier from a certificate for people.
func dotted(contents []byte) (string, bool) {
	var oid x509.OID
	if err := oid.UnmarshalBinary(contents); err != nil {
		return "", false
	}
	return DisplayText(oid.String(), maxField), true
}
