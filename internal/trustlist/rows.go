package trustlist

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"fairway/internal/qcert"
	"fairway/internal/trustlist/xades"
)

// signerRows are those of all national lists that a list of the lists points to.
func signerRows(list xades.List) []signerRow {
	var rows []signerRow
	for _, p := range list.Pointers {
		if p.LOTL || p.Territory == Union {
			continue
		}
		for _, der := range p.Signers {
			sum := sha256.Sum256(der)
			rows = append(rows, signerRow{Territory: p.Territory, Location: p.Location, SHA256: hex.EncodeToString(sum[:]), DER: der})
		}
	}
	return rows
}

// serviceRows has a row for each certificate of each service. A certificate that cannot be read here can issue none that is
// checked here, so it is left out.
func serviceRows(list xades.List) ([]serviceRow, error) {
	var rows []serviceRow
	for _, p := range list.Providers {
		for _, s := range p.Services {
			row, err := newServiceRow(list.Territory, p, s)
			if err != nil {
				return nil, err
			}
			for _, der := range s.Certificates {
				cert, err := x509.ParseCertificate(der)
				if err != nil {
					continue
				}
				row.Position = len(rows) + 1
				row.Subject, row.KeyID = subject(cert), hex.EncodeToString(cert.SubjectKeyId)
				row.SHA256, row.DER = qcert.Thumbprint(cert), der
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// newServiceRow is the row of a service before its certificate is filled in.
func newServiceRow(territory string, p xades.Provider, s xades.Service) (serviceRow, error) {
	now := s.States[0]
	qualifiers, history := []string{}, []pastState{}
	for _, q := range now.Qualifiers {
		qualifiers = append(qualifiers, qcert.DisplayText(q, maxName))
	}
	for _, past := range s.States[1:] {
		history = append(history, pastState{Granted: past.Granted, Since: past.Since, Web: past.Web, Seal: past.Seal})
	}
	qualifierText, err := json.Marshal(qualifiers)
	if err != nil {
		return serviceRow{}, fmt.Errorf("encode the qualifiers of a service: %w", err)
	}
	historyText, err := json.Marshal(history)
	if err != nil {
		return serviceRow{}, fmt.Errorf("encode the history of a service: %w", err)
	}
	return serviceRow{
		Territory: territory, Provider: qcert.DisplayText(p.Name, maxName), Name: qcert.DisplayText(s.Name, maxName), Type: qcert.DisplayText(s.Type, maxName),
		Granted: now.Granted, Since: now.Since, Web: now.Web, Seal: now.Seal, Signature: now.Signature,
		Qualifiers: string(qualifierText), History: string(historyText),
	}, nil
}
