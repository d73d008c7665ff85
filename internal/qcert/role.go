package qcert

import (
	"encoding/asn1"
	"slices"
	"strings"
)

// Role is what a payment service provider may do, by the name that ETSI TS 119 495 Annex A gives it.
type Role string

// The roles of TS 119 495 V1.8.1. Only the first four are a payment service provider's; PI, AI and IC open this interface.
const (
	RoleAS          Role = "PSP_AS"      // account servicing
	RolePI          Role = "PSP_PI"      // payment initiation
	RoleAI          Role = "PSP_AI"      // account information
	RoleIC          Role = "PSP_IC"      // issuing of card-based payment instruments
	RoleUnspecified Role = "Unspecified" // none named
	RoleCB          Role = "PSP_CB"      // international central bank
	RolePA          Role = "PSP_PA"      // international public authority
	RoleVOPRS       Role = "VOP_RS"      // verification of payee, requesting
	RoleVOPVS       Role = "VOP_VS"      // verification of payee, verifying
)

// roleArc holds the roles' last OID arcs below 0.4.0.19495.1.
var roleArc = map[Role]int{
	RoleUnspecified: 0, RoleAS: 1, RolePI: 2, RoleAI: 3, RoleIC: 4, RoleCB: 5, RolePA: 6, RoleVOPRS: 51, RoleVOPVS: 52,
}

// Roles lists the four roles of a payment service provider, in the order of their OIDs.
func Roles() []Role { return []Role{RoleAS, RolePI, RoleAI, RoleIC} }

// ParseRole finds the role of that exact name.
func ParseRole(name string) (Role, bool) {
	_, ok := roleArc[Role(name)]
	if !ok {
		return "", false
	}
	return Role(name), true
}

// RoleByOID finds the role with that object identifier.
func RoleByOID(oid asn1.ObjectIdentifier) (Role, bool) {
	for r := range roleArc {
		if oid.Equal(r.OID()) {
			return r, true
		}
	}
	return "", false
}

// OID is the role's object identifier, below 0.4.0.19495.1; nil for a role that ETSI does not know.
func (r Role) OID() asn1.ObjectIdentifier {
	arc, ok := roleArc[r]
	if !ok {
		return nil
	}
	return asn1.ObjectIdentifier{0, 4, 0, 19495, 1, arc}
}

// OfProvider tells whether the role is one of a payment service provider. Unspecified, central bank, authority and
// verification of payee are not: they give no access to accounts.
func (r Role) OfProvider() bool { return slices.Contains(Roles(), r) }

// namesNoAuthority tells whether the role's holder has no competent authority: NCAName and NCAId are then "NA" (GEN-5.2.3-5).
func (r Role) namesNoAuthority() bool { return r == RoleCB || r == RolePA }

// JoinRoles writes roles one behind the other, as in "PSP_AI, PSP_PI"; the empty text for none.
func JoinRoles(roles []Role, separator string) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, separator)
}

// SplitRoles reads roles that stand between blanks. It is for what we wrote ourselves: names are not checked.
func SplitRoles(text string) []Role {
	var roles []Role
	for name := range strings.FieldsSeq(text) {
		roles = append(roles, Role(name))
	}
	return roles
}
