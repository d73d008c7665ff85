package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fairway/internal/db"
	"fairway/internal/qcert"
)

// Verdict is the register's answer to one question.
type Verdict string

// The verdicts. Only Authorised says yes. NotPassported may be waived by a person, because the passport is no duty of the
// bank's to check (EBA Q&A 2018_4432); NotFound and Unknown send a person to the national register.
const (
	Authorised       Verdict = "AUTHORISED"
	Withdrawn        Verdict = "WITHDRAWN"
	NotYetAuthorised Verdict = "NOT_YET_AUTHORISED"
	NotEntitled      Verdict = "NOT_ENTITLED"
	NotPassported    Verdict = "NOT_PASSPORTED"
	NotAPSP          Verdict = "NOT_A_PSP"
	Unknown          Verdict = "UNKNOWN"
	NotFound         Verdict = "NOT_FOUND"
)

// Cause tells why a verdict is Unknown.
type Cause string

// The causes.
const (
	// NoRegister: no file was imported yet.
	NoRegister Cause = "no_register"
	// NoNumber: the certificate carries no authorisation number, as it may since 2021.
	NoNumber Cause = "no_number"
	// NoAuthority: the authority is none of the EBA's list, though its id is well-formed.
	NoAuthority Cause = "no_authority"
	// Ambiguous: the authority lists more than one provider under the number.
	Ambiguous Cause = "ambiguous"
	// Undated: the dates of authorisation are missing or cannot be understood.
	Undated Cause = "undated"
	// NoService: the register says nothing about the role.
	NoService Cause = "no_service"
)

// Query asks whether an institution may act in a role.
type Query struct {
	// OrganizationIdentifier is the certificate's, as in PSDFI-FINFSA-1234567-8.
	OrganizationIdentifier string
	// NCAID is the nCAId of the certificate's PSD2 statement. It says the authority where the identifier does not.
	NCAID string
	// Host is the ISO code of the country where the service is offered.
	Host string
	Role qcert.Role
	// At is the instant that is asked about; its day counts in UTC.
	At time.Time
}

// Answer is a verdict with what it rests on.
type Answer struct {
	Verdict Verdict
	// Cause is set where the verdict is Unknown.
	Cause Cause
	Role  qcert.Role
	// Sentence says the verdict to a person.
	Sentence string
	// Authority is whom the number belongs to; empty where the table does not know it. Its Register is where a person looks.
	Authority Authority
	// Entities are the entries under the number: one that the verdict is about, several where a person must choose.
	Entities []Entity
	// Snapshot is the file that was asked; empty where there is none.
	Snapshot Snapshot
}

// Evidence is what the register says to all roles of a certificate.
type Evidence struct {
	// Answers are in the order of the roles.
	Answers []Answer
	// Granted are the certificate's roles that the register grants too.
	Granted []qcert.Role
}

// Decide answers from the current snapshot. Errors are the database's, and a host that is no country code.
func (r *Register) Decide(ctx context.Context, q Query) (Answer, error) {
	e, err := r.Evidence(ctx, q, []qcert.Role{q.Role})
	if err != nil {
		return Answer{}, err
	}
	return e.Answers[0], nil
}

// Evidence answers for several roles at once, all from the same snapshot; the query's own role does not matter. A role that
// the certificate does not name is never granted, whatever the register lists.
func (r *Register) Evidence(ctx context.Context, q Query, roles []qcert.Role) (Evidence, error) {
	if len(q.Host) != 2 || strings.Trim(q.Host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Evidence{}, fmt.Errorf("ask the register: the host %q is no country code", q.Host)
	}
	f, err := r.find(ctx, keyOf(q.OrganizationIdentifier, q.NCAID))
	if err != nil {
		return Evidence{}, err
	}
	var e Evidence
	for _, role := range roles {
		a := f.answer(role, q.Host, q.At)
		e.Answers = append(e.Answers, a)
		if a.Verdict == Authorised && !slices.Contains(e.Granted, role) {
			e.Granted = append(e.Granted, role)
		}
	}
	return e, nil
}

// finding is what is known before a role is asked about.
type finding struct {
	key
	snapshot Snapshot
	imported bool
	entities []Entity
}

func (r *Register) find(ctx context.Context, k key) (finding, error) {
	f := finding{key: k, imported: true}
	var err error
	f.snapshot, f.entities, err = lookUp(r.db.Reader(ctx), k.authority.Owners, normal(k.number))
	if errors.Is(err, db.ErrNotFound) {
		return finding{key: k}, nil
	}
	if err != nil {
		return finding{}, fmt.Errorf("look up an institution: %w", r.db.Fault(ctx, err))
	}
	return f, nil
}
