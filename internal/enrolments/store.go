package enrolments

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/qcert"
)

const columns = "id, organisation_id, state, version, qwac, qseal, challenge, challenge_ends, tries, earlier, proof, proved_at, created_by, created_at, updated_at, " +
	"submitted_by, submitted_at, due_at, asked_at, question, answer, decided_by, decided_at, reason, rights, beside_register, overlap_ends"

type row struct {
	ID             string     `gorm:"column:id"`
	OrganisationID string     `gorm:"column:organisation_id"`
	State          string     `gorm:"column:state"`
	Version        int        `gorm:"column:version"`
	QWAC           []byte     `gorm:"column:qwac"`
	QSeal          []byte     `gorm:"column:qseal"`
	Challenge      string     `gorm:"column:challenge"`
	ChallengeEnds  *time.Time `gorm:"column:challenge_ends"`
	Tries          int        `gorm:"column:tries"`
	Earlier        string     `gorm:"column:earlier"`
	Proof          string     `gorm:"column:proof"`
	ProvedAt       *time.Time `gorm:"column:proved_at"`
	CreatedBy      string     `gorm:"column:created_by"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
	UpdatedAt      time.Time  `gorm:"column:updated_at"`
	SubmittedBy    string     `gorm:"column:submitted_by"`
	SubmittedAt    *time.Time `gorm:"column:submitted_at"`
	DueAt          *time.Time `gorm:"column:due_at"`
	AskedAt        *time.Time `gorm:"column:asked_at"`
	Question       string     `gorm:"column:question"`
	Answer         string     `gorm:"column:answer"`
	DecidedBy      string     `gorm:"column:decided_by"`
	DecidedAt      *time.Time `gorm:"column:decided_at"`
	Reason         string     `gorm:"column:reason"`
	Rights         string     `gorm:"column:rights"`
	Beside         string     `gorm:"column:beside_register"`
	OverlapEnds    *time.Time `gorm:"column:overlap_ends"`
}

// stored is an upload as a row keeps it: DER, the own certificate first.
type stored struct {
	Certificates [][]byte `json:"certificates"`
	Repairs      []string `json:"repairs,omitempty"`
}

func pack(u *Upload) ([]byte, error) {
	if u == nil {
		return []byte{}, nil
	}
	s := stored{Certificates: [][]byte{u.Cert.Raw}, Repairs: u.Repairs}
	for _, c := range u.Chain {
		s.Certificates = append(s.Certificates, c.Raw)
	}
	packed, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode an upload: %w", err)
	}
	return packed, nil
}

func unpack(packed []byte) (*Upload, error) {
	if len(packed) == 0 {
		return nil, nil
	}
	var s stored
	if err := json.Unmarshal(packed, &s); err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	if len(s.Certificates) == 0 {
		return nil, errors.New("read an upload: it holds no certificate")
	}
	u := &Upload{Repairs: s.Repairs}
	for n, der := range s.Certificates {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("read an upload: %w", err)
		}
		if n == 0 {
			u.Cert = cert
		} else {
			u.Chain = append(u.Chain, cert)
		}
	}
	var err error
	u.Info, err = qcert.Parse(u.Cert)
	return u, err
}

func (r row) enrolment() (*Enrolment, error) {
	e := &Enrolment{
		ID: r.ID, OrganisationID: r.OrganisationID, State: State(r.State), Version: r.Version, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(), SubmittedBy: r.SubmittedBy, SubmittedAt: at(r.SubmittedAt), DueAt: at(r.DueAt), AskedAt: at(r.AskedAt),
		AskedFor: r.Question, Answer: r.Answer, DecidedBy: r.DecidedBy, DecidedAt: at(r.DecidedAt), Reason: r.Reason,
		Rights: qcert.SplitRoles(r.Rights), Beside: qcert.SplitRoles(r.Beside), OverlapEnds: at(r.OverlapEnds),
	}
	var err error
	if e.QWAC, err = unpack(r.QWAC); err != nil {
		return nil, err
	}
	if e.QSeal, err = unpack(r.QSeal); err != nil {
		return nil, err
	}
	if r.Challenge != "" && r.ChallengeEnds != nil {
		e.Challenge = &Challenge{Text: r.Challenge, EndsAt: r.ChallengeEnds.UTC(), TriesLeft: max(0, MaxTries-r.Tries), earlier: r.Earlier}
	}
	if r.Proof != "" {
		e.Proof = &Proof{At: at(r.ProvedAt)}
		if err := json.Unmarshal([]byte(r.Proof), e.Proof); err != nil {
			return nil, fmt.Errorf("read a proof: %w", err)
		}
	}
	return e, nil
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func insert(tx db.Tx, e *Enrolment) error {
	qwac, err := pack(e.QWAC)
	if err != nil {
		return err
	}
	qseal, err := pack(e.QSeal)
	if err != nil {
		return err
	}
	i := indexOf(e)
	err = tx.SQL().Exec("INSERT INTO enrolments (id, organisation_id, state, version, qwac, qseal, qwac_sha256, qseal_sha256, qwac_key, qseal_key, identifier, created_by, created_at, updated_at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", e.ID, e.OrganisationID, string(e.State), e.Version, qwac, qseal,
		i.qwac, i.qseal, i.qwacKey, i.qsealKey, i.identifier, e.CreatedBy, tx.Now, tx.Now).Error
	if err != nil {
		return fmt.Errorf("insert an enrolment: %w", err)
	}
	return nil
}

// index is what a row is found by.
type index struct{ qwac, qseal, qwacKey, qsealKey, identifier string }

func indexOf(e *Enrolment) index {
	var i index
	if e.QWAC != nil {
		i.qwac, i.qwacKey, i.identifier = e.QWAC.Info.SHA256, e.QWAC.Info.KeySHA256, e.QWAC.Info.OrganizationIdentifier
	}
	if e.QSeal != nil {
		i.qseal, i.qsealKey, i.identifier = e.QSeal.Info.SHA256, e.QSeal.Info.KeySHA256, e.QSeal.Info.OrganizationIdentifier
	}
	return i
}

// saveUploads writes both files of a draft that nobody changed meanwhile. A challenge for another seal is void, and so is its
// proof.
func saveUploads(tx db.Tx, e *Enrolment, keepProof bool) (bool, error) {
	qwac, err := pack(e.QWAC)
	if err != nil {
		return false, err
	}
	qseal, err := pack(e.QSeal)
	if err != nil {
		return false, err
	}
	i := indexOf(e)
	done := tx.SQL().Exec("UPDATE enrolments SET qwac = ?, qseal = ?, qwac_sha256 = ?, qseal_sha256 = ?, qwac_key = ?, qseal_key = ?, identifier = ?, "+
		"challenge = CASE WHEN ? THEN challenge ELSE '' END, tries = CASE WHEN ? THEN tries ELSE 0 END, proof = CASE WHEN ? THEN proof ELSE '' END, "+
		"version = version + 1, updated_at = ? WHERE id = ? AND organisation_id = ? AND version = ? AND state = ?",
		qwac, qseal, i.qwac, i.qseal, i.qwacKey, i.qsealKey, i.identifier, keepProof, keepProof, keepProof, tx.Now, e.ID, e.OrganisationID, e.Version, string(Draft))
	return one(done.RowsAffected, done.Error, "save an upload")
}

// saveChallenge counts it in the draft's hour, which begins with the first challenge in it.
func saveChallenge(tx db.Tx, e *Enrolment, text string, ends time.Time) (bool, error) {
	hour := tx.Now.Add(-time.Hour)
	done := tx.SQL().Exec("UPDATE enrolments SET earlier = challenge, challenge = ?, challenge_ends = ?, tries = 0, proof = '', proved_at = NULL, "+
		"challenges = CASE WHEN challenges_since > ? THEN challenges + 1 ELSE 1 END, challenges_since = CASE WHEN challenges_since > ? THEN challenges_since ELSE ? END, "+
		"version = version + 1, updated_at = ? WHERE id = ? AND organisation_id = ? AND version = ? AND state = ?",
		text, ends, hour, hour, tx.Now, tx.Now, e.ID, e.OrganisationID, e.Version, string(Draft))
	return one(done.RowsAffected, done.Error, "save a challenge")
}

// spendTry counts a signature before it is looked at, so that many at once are no more than the tries.
func spendTry(tx db.Tx, e *Enrolment) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET tries = tries + 1 WHERE id = ? AND organisation_id = ? AND state = ? AND challenge = ? AND challenge <> '' AND challenge_ends > ? AND tries < ?",
		e.ID, e.OrganisationID, string(Draft), e.Challenge.Text, tx.Now, MaxTries)
	return one(done.RowsAffected, done.Error, "count a signature")
}

// spendChallenge ends the challenge that was signed and keeps the proof.
func spendChallenge(tx db.Tx, e *Enrolment, proof Proof) (bool, error) {
	text, err := json.Marshal(proof)
	if err != nil {
		return false, fmt.Errorf("encode a proof: %w", err)
	}
	done := tx.SQL().Exec("UPDATE enrolments SET challenge = '', proof = ?, proved_at = ?, version = version + 1, updated_at = ? "+
		"WHERE id = ? AND organisation_id = ? AND state = ? AND challenge = ? AND qseal_sha256 = ?",
		string(text), tx.Now, tx.Now, e.ID, e.OrganisationID, string(Draft), e.Challenge.Text, proof.Seal)
	return one(done.RowsAffected, done.Error, "keep a proof")
}

func submit(tx db.Tx, e *Enrolment, by string, due time.Time) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET state = ?, submitted_by = ?, submitted_at = ?, due_at = ?, version = version + 1, updated_at = ? "+
		"WHERE id = ? AND organisation_id = ? AND version = ? AND state = ?", string(Submitted), by, tx.Now, due, tx.Now, e.ID, e.OrganisationID, e.Version, string(Draft))
	return one(done.RowsAffected, done.Error, "submit an enrolment")
}

func withdraw(tx db.Tx, e *Enrolment) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET state = ?, decided_at = ?, version = version + 1, updated_at = ? WHERE id = ? AND organisation_id = ? AND version = ? AND state IN (?, ?, ?)",
		string(Withdrawn), tx.Now, tx.Now, e.ID, e.OrganisationID, e.Version, string(Draft), string(Submitted), string(Question))
	return one(done.RowsAffected, done.Error, "withdraw an enrolment")
}

func answer(tx db.Tx, e *Enrolment, text string, due time.Time) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET state = ?, answer = ?, due_at = ?, version = version + 1, updated_at = ? WHERE id = ? AND organisation_id = ? AND version = ? AND state = ?",
		string(Submitted), text, due, tx.Now, e.ID, e.OrganisationID, e.Version, string(Question))
	return one(done.RowsAffected, done.Error, "keep an answer")
}

func one(rows int64, err error, what string) (bool, error) {
	if err != nil {
		return false, fmt.Errorf("%s: %w", what, err)
	}
	return rows == 1, nil
}

// challengesSince counts the challenges in the hours that began after an instant, of all that an organisation began.
func challengesSince(tx db.Tx, organisationID string, instant time.Time) (int, error) {
	var n int64
	err := tx.SQL().Table("enrolments").Select("COALESCE(SUM(challenges), 0)").Where("organisation_id = ? AND challenges_since > ?", organisationID, instant).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count challenges: %w", err)
	}
	return int(n), nil
}

// begunSince counts what an organisation began after an instant, whatever became of it.
func begunSince(tx db.Tx, organisationID string, instant time.Time) (int, error) {
	var n int64
	err := tx.SQL().Table("enrolments").Where("organisation_id = ? AND created_at > ?", organisationID, instant).Count(&n).Error
	return int(n), err
}

// current is the open enrolment of an organisation, else its newest.
func current(q db.Tx, organisationID string) (*Enrolment, error) {
	var r row
	err := q.SQL().Table("enrolments").Select(columns).Where("organisation_id = ?", organisationID).
		Order("CASE WHEN state IN ('draft', 'submitted', 'question') THEN 0 ELSE 1 END, created_at DESC, id DESC").Limit(1).Take(&r).Error
	return found(r, err)
}

func byID(q db.Tx, organisationID, id string) (*Enrolment, error) {
	var r row
	err := q.SQL().Table("enrolments").Select(columns).Where("id = ? AND organisation_id = ?", id, organisationID).Take(&r).Error
	return found(r, err)
}

func found(r row, err error) (*Enrolment, error) {
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	return r.enrolment()
}

func history(q db.Tx, organisationID string, most int) ([]*Enrolment, error) {
	var rows []row
	err := q.SQL().Table("enrolments").Select(columns).Where("organisation_id = ?", organisationID).Order("created_at DESC, id DESC").Limit(most).Find(&rows).Error
	return list(rows, err)
}
