package trustlist

import (
	"encoding/json"
	"fmt"
	"time"

	"fairway/internal/db"
)

const (
	listColumns    = "territory, version, sequence, issued_at, next_update, operator, services, signer, signer_sha256, sha256, imported_by, imported_at"
	serviceColumns = "territory, position, provider, name, type, granted, since, web, seal, signature, qualifiers, history, subject, key_id, sha256, der"
)

type listRow struct {
	Territory    string     `gorm:"column:territory"`
	Version      int        `gorm:"column:version"`
	Sequence     int64      `gorm:"column:sequence"`
	IssuedAt     time.Time  `gorm:"column:issued_at"`
	NextUpdate   *time.Time `gorm:"column:next_update"`
	Operator     string     `gorm:"column:operator"`
	Services     int        `gorm:"column:services"`
	Signer       string     `gorm:"column:signer"`
	SignerSHA256 string     `gorm:"column:signer_sha256"`
	SHA256       string     `gorm:"column:sha256"`
	ImportedBy   string     `gorm:"column:imported_by"`
	ImportedAt   time.Time  `gorm:"column:imported_at"`
}

// signerRow is one certificate that may sign a territory's list, with one address of that list.
type signerRow struct {
	Territory string `gorm:"column:territory"`
	Location  string `gorm:"column:location"`
	SHA256    string `gorm:"column:sha256"`
	DER       []byte `gorm:"column:der"`
}

// serviceRow is one certificate of one service.
type serviceRow struct {
	Territory  string    `gorm:"column:territory"`
	Position   int       `gorm:"column:position"`
	Provider   string    `gorm:"column:provider"`
	Name       string    `gorm:"column:name"`
	Type       string    `gorm:"column:type"`
	Granted    bool      `gorm:"column:granted"`
	Since      time.Time `gorm:"column:since"`
	Web        bool      `gorm:"column:web"`
	Seal       bool      `gorm:"column:seal"`
	Signature  bool      `gorm:"column:signature"`
	Qualifiers string    `gorm:"column:qualifiers"`
	History    string    `gorm:"column:history"`
	Subject    string    `gorm:"column:subject"`
	KeyID      string    `gorm:"column:key_id"`
	SHA256     string    `gorm:"column:sha256"`
	DER        []byte    `gorm:"column:der"`
}

// pastState is an earlier state of a service, as it stands in its row.
type pastState struct {
	Granted bool      `json:"granted"`
	Since   time.Time `json:"since"`
	Web     bool      `json:"web,omitempty"`
	Seal    bool      `json:"seal,omitempty"`
}

func (r serviceRow) lists() (qualifiers []string, history []pastState, err error) {
	if err := json.Unmarshal([]byte(r.Qualifiers), &qualifiers); err != nil {
		return nil, nil, fmt.Errorf("read the qualifiers of a service: %w", err)
	}
	if err := json.Unmarshal([]byte(r.History), &history); err != nil {
		return nil, nil, fmt.Errorf("read the history of a service: %w", err)
	}
	return qualifiers, history, nil
}

func readLists(tx db.Tx) ([]listRow, error) {
	var rows []listRow
	if err := tx.SQL().Table("trusted_lists").Select(listColumns).Order("territory").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the trusted lists: %w", err)
	}
	return rows, nil
}

func readList(tx db.Tx, territory string) (row listRow, found bool, err error) {
	var rows []listRow
	if err := tx.SQL().Table("trusted_lists").Select(listColumns).Where("territory = ?", territory).Find(&rows).Error; err != nil {
		return listRow{}, false, fmt.Errorf("read a trusted list: %w", err)
	}
	if len(rows) == 0 {
		return listRow{}, false, nil
	}
	return rows[0], true, nil
}

func deleteList(tx db.Tx, territory string) error {
	if err := tx.SQL().Exec("DELETE FROM trusted_lists WHERE territory = ?", territory).Error; err != nil {
		return fmt.Errorf("take a trusted list away: %w", err)
	}
	return nil
}

func insertList(tx db.Tx, r listRow) error {
	err := tx.SQL().Exec("INSERT INTO trusted_lists ("+listColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.Territory, r.Version, r.Sequence, r.IssuedAt, r.NextUpdate, r.Operator, r.Services, r.Signer, r.SignerSHA256, r.SHA256, r.ImportedBy, r.ImportedAt).Error
	if err != nil {
		return fmt.Errorf("insert a trusted list: %w", err)
	}
	return nil
}

func readServices(tx db.Tx) ([]serviceRow, error) {
	var rows []serviceRow
	err := tx.SQL().Table("trusted_services").Select(serviceColumns).Order("territory, position").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the trusted services: %w", err)
	}
	return rows, nil
}

// insertServices writes rows of a list whose former rows went with it.
func insertServices(tx db.Tx, rows []serviceRow) error {
	for _, r := range rows {
		err := tx.SQL().Exec("INSERT INTO trusted_services ("+serviceColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			r.Territory, r.Position, r.Provider, r.Name, r.Type, r.Granted, r.Since, r.Web, r.Seal, r.Signature, r.Qualifiers, r.History,
			r.Subject, r.KeyID, r.SHA256, r.DER).Error
		if err != nil {
			return fmt.Errorf("insert a trusted service: %w", err)
		}
	}
	return nil
}

func readSigners(tx db.Tx) ([]signerRow, error) {
	var rows []signerRow
	err := tx.SQL().Table("trusted_list_signers").Select("territory, location, sha256").Order("territory, location, sha256").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read who may sign trusted lists: %w", err)
	}
	return rows, nil
}

func signersOf(tx db.Tx, territory string) ([]signerRow, error) {
	var rows []signerRow
	err := tx.SQL().Table("trusted_list_signers").Select("territory, location, sha256, der").Where("territory = ?", territory).Order("location, sha256").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read who may sign a trusted list: %w", err)
	}
	return rows, nil
}

func isSigner(tx db.Tx, territory, sum string) (bool, error) {
	var n int64
	err := tx.SQL().Table("trusted_list_signers").Where("territory = ? AND sha256 = ?", territory, sum).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("ask who may sign a trusted list: %w", err)
	}
	return n > 0, nil
}

// replaceSigners writes what the list of the lists names, in the place of what its former edition named.
func replaceSigners(tx db.Tx, rows []signerRow) error {
	if err := tx.SQL().Exec("DELETE FROM trusted_list_signers").Error; err != nil {
		return fmt.Errorf("take the signers of trusted lists away: %w", err)
	}
	for _, r := range rows {
		err := tx.SQL().Exec("INSERT INTO trusted_list_signers (territory, location, sha256, der) VALUES (?, ?, ?, ?) ON CONFLICT (territory, location, sha256) DO NOTHING",
			r.Territory, r.Location, r.SHA256, r.DER).Error
		if err != nil {
			return fmt.Errorf("insert a signer of trusted lists: %w", err)
		}
	}
	return nil
}
