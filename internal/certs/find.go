package certs

import "fairway/internal/db"

// Sought is a certificate or an organisation by one of its names: a thumbprint or a serial number as rows write them, or an
// organisation identifier. What is empty is not looked for.
type Sought struct{ Thumbprint, Serial, Identifier string }

// OwnerOf says whose certificate or sandbox identity this is, for staff; empty where it is nobody's.
func (c *Certs) OwnerOf(tx db.Tx, s Sought) (organisationID string, err error) {
	for _, look := range []struct {
		value string
		find  func(db.Tx, string) (string, error)
	}{{s.Thumbprint, ownerByThumbprint}, {s.Serial, ownerBySerial}, {s.Identifier, ownerByIdentifier}} {
		if look.value == "" || organisationID != "" {
			continue
		}
		if organisationID, err = look.find(tx, look.value); err != nil {
			return "", err
		}
	}
	return organisationID, nil
}
