package enrolments

import "fairway/internal/db"

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
