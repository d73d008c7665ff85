package enrolments

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fairway/internal/db"
)

// HistoryIn is History in the caller's transaction.
func (s *Enrolments) HistoryIn(tx db.Tx, organisationID string) ([]*Enrolment, error) {
	return history(tx, organisationID, maxHistory)
}

// OwnersOf lists the organisations that handed in a certificate with this SHA-256 in hex, or with this organisation
// identifier, for staff. One that is a draft's counts as well: its owner asks about it.
func (s *Enrolments) OwnersOf(tx db.Tx, fingerprint, identifier string) ([]string, error) {
	var found []string
	if fingerprint != "" {
		ids, err := ownersByFingerprint(tx, fingerprint)
		if err != nil {
			return nil, err
		}
		found = ids
	}
	if identifier != "" {
		ids, err := ownersByIdentifier(tx, identifier)
		if err != nil {
			return nil, err
		}
		found = append(found, ids...)
	}
	return found, nil
}

// OwnerOf is the organisation of the enrolment with this reference, a draft's as well; empty where there is none.
func (s *Enrolments) OwnerOf(tx db.Tx, id string) (string, error) {
	ids, err := ownerByID(tx, id)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

// Holder is an organisation and the name that its certificates for Live give it.
type Holder struct{ OrganisationID, Name string }

// HoldersNamed lists organisations whose certificates for Live name a company that begins with this text, whatever they
// signed up as. Capital and small letters are the same; it looks at the newest 2,000 submissions.
func (s *Enrolments) HoldersNamed(tx db.Tx, beginning string) ([]Holder, error) {
	rows, err := holders(tx)
	if err != nil {
		return nil, fmt.Errorf("list holders of certificates: %w", err)
	}
	beginning = strings.ToLower(beginning)
	var found []Holder
	for _, r := range rows {
		for _, packed := range [][]byte{r.QWAC, r.QSeal} {
			h := Holder{OrganisationID: r.OrganisationID, Name: holderOf(packed)}
			if h.Name != "" && strings.HasPrefix(strings.ToLower(h.Name), beginning) && !slices.Contains(found, h) && len(found) < maxOwners {
				found = append(found, h)
			}
		}
	}
	return found, nil
}

// holderOf is the organisation that a stored upload is made out to. What cannot be read has no name.
func holderOf(packed []byte) string {
	var s stored
	if len(packed) == 0 || json.Unmarshal(packed, &s) != nil || len(s.Certificates) == 0 {
		return ""
	}
	cert, err := x509.ParseCertificate(s.Certificates[0])
	if err != nil || len(cert.Subject.Organization) == 0 {
		return ""
	}
	return cert.Subject.Organization[0]
}
