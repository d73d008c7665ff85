package register

import (
	"strings"
	"unicode"
)

// key is how an institution is found: its authority and the number that the authority gave it.
type key struct {
	authority Authority
	known     bool
	// named is the authority as the certificate writes it.
	named string
	// number is as the certificate writes it.
	number string
	// authorisation says that the identifier is an authorisation number (PSD…), and not another number of the company.
	authorisation bool
}

// keyOf reads a certificate's organizationIdentifier. Where that names no authority of the table, the nCAId of the PSD2
// statement says which it is, unless it speaks of another country.
func keyOf(organizationIdentifier, ncaID string) key {
	if len(organizationIdentifier) > maxCode || len(ncaID) > maxCode {
		return key{}
	}
	parts := strings.SplitN(organizationIdentifier, "-", 3) // the number may have hyphens itself
	k := key{named: ncaID}
	if prefix, ok := strings.CutPrefix(parts[0], "PSD"); ok && len(parts) == 3 && authorityForm.MatchString(prefix+"-"+parts[1]) {
		k.named, k.number, k.authorisation = prefix+"-"+parts[1], parts[2], true
	} else if _, number, ok := strings.Cut(organizationIdentifier, "-"); ok {
		k.number = number
	}
	k.authority, k.known = AuthorityByID(k.named)
	if !k.known && k.authorisation {
		other, known := AuthorityByID(ncaID)
		if known && strings.HasPrefix(k.named, other.Country+"-") {
			k.authority, k.known = other, true
		}
	}
	return k
}

// wellFormed tells whether the key names an authority and a number at all.
func (k key) wellFormed() bool { return authorityForm.MatchString(k.named) && normal(k.number) != "" }

// normal is a number as both sides compare it: capital letters and digits without blanks, hyphens, dots and slashes,
// which certificates and the register set differently.
func normal(number string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-./", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, number)
}

// SameNumber tells whether two spellings are of one authorisation number: blanks, hyphens, dots, slashes and case do not
// matter, as they do not when the register is asked.
func SameNumber(a, b string) bool { return normal(a) != "" && normal(a) == normal(b) }
