package certs

import (
	"context"
	"crypto/x509"
	"log/slog"

	"fairway/internal/db"
	"fairway/internal/qcert"
)

// unhashedPage is how many certificates one transaction reads.
const unhashedPage = 500

// HashKeys gives the certificates of versions that kept no hash of the key theirs, so that a request with such a key is found
// to bring a used one. It belongs to the start, and costs one look where there is nothing to do.
func HashKeys(ctx context.Context, d *db.DB, log *slog.Logger) error {
	hashed, from := 0, ""
	for {
		var rows []certificateRow
		err := d.InTx(ctx, func(tx db.Tx) (err error) {
			if rows, err = unhashed(tx, from); err != nil {
				return err
			}
			for _, row := range rows {
				cert, err := x509.ParseCertificate(row.DER)
				if err != nil {
					log.Warn("a certificate cannot be read; a request with its key will not be noticed", "certificate", row.ID, "err", err)
					continue
				}
				if err := keepHash(tx, row.ID, qcert.KeyHash(cert)); err != nil {
					return err
				}
				hashed++
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(rows) < unhashedPage {
			break
		}
		from = rows[len(rows)-1].ID
	}
	if hashed > 0 {
		log.Info("the keys of earlier certificates were given their hashes", "certificates", hashed)
	}
	return nil
}
