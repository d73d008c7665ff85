package nca

import (
	"context"
	"math"
	"slices"
	"time"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/qcert"
)

// Doubt is something that does not speak against what was approved, but takes away what speaks for it.
type Doubt struct {
	// Code is that of the finding, Sentence what it says.
	Code, Sentence string
	Since          time.Time
	// EndsAt is when the approval is suspended if the doubt lasts; zero where a person has to decide that.
	EndsAt time.Time
}

// patience is how long a doubt lasts before the administrators are told, and before the approval is suspended.
type patience struct{ told, suspended time.Duration }

// forever is for what a person has to end.
const forever = time.Duration(math.MaxInt64)

// patiences are the doubts.
//
// Lists keep the services that they withdraw, so an issuer that is on none at all is most often a list that was not published
// or imported as it should be. That is mended within working days, and no provider may lose its access meanwhile; but nobody
// can be asked about revocation either, and what nobody can vouch for must end. A revocation service that does not answer is
// the same, after a day that it may be away. A list past its date is a warning for what was approved before: the issuer stays
// on it and goes on answering about revocation, and one late publisher must not shut out everybody whom its list names.
var patiences = map[string]patience{
	ChainIncomplete:       {0, 7 * 24 * time.Hour},
	RevocationUnavailable: {24 * time.Hour, 7 * 24 * time.Hour},
	ListStale:             {0, forever},
}

// doubtsIn are the findings that cast doubt, with one sentence each.
func doubtsIn(x *Examination) map[string]string {
	found := map[string]string{}
	for _, f := range findings(x) {
		if _, doubtful := patiences[f.Code]; doubtful && found[f.Code] == "" {
			found[f.Code] = f.Text
		}
	}
	return found
}

// findings are all that were made, in the order of the page.
func findings(x *Examination) []qcert.Finding {
	var all []qcert.Finding
	for _, s := range x.Sections {
		for _, c := range s.Checks {
			all = append(all, c.Findings...)
		}
	}
	return all
}

// doubt keeps what casts doubt on an approval now and since when, and has the administrators told of each once. It gives the
// sentences of those that have lasted too long.
func (n *NCA) doubt(tx db.Tx, e *enrolments.Enrolment, x *Examination) (outlasted []string, err error) {
	now := doubtsIn(x)
	known, err := doubtsOf(tx, []string{e.ID})
	if err != nil {
		return nil, err
	}
	for _, d := range known[e.ID] {
		sentence, lasts := now[d.Code]
		delete(now, d.Code)
		if !lasts {
			if err := dropDoubt(tx, e.ID, d.Code); err != nil {
				return nil, err
			}
			continue
		}
		if d.overdue(tx.Now) {
			outlasted = append(outlasted, "For seven days it has been so, and nobody can vouch for the certificates any more: "+sentence)
		}
		if err := n.tellDoubt(tx, e.ID, d); err != nil {
			return nil, err
		}
	}
	for code, sentence := range now {
		d := doubtRow{EnrolmentID: e.ID, Code: code, Sentence: sentence, Since: tx.Now}
		if err := insertDoubt(tx, d); err != nil {
			return nil, err
		}
		if err := n.tellDoubt(tx, e.ID, d); err != nil {
			return nil, err
		}
	}
	slices.Sort(outlasted)
	return outlasted, nil
}

// tellDoubt has the administrators told, once, when the doubt is old enough.
func (n *NCA) tellDoubt(tx db.Tx, enrolmentID string, d doubtRow) error {
	if d.ToldAt != nil || tx.Now.Sub(d.Since) < patiences[d.Code].told {
		return nil
	}
	first, err := markTold(tx, enrolmentID, d.Code)
	if err != nil || !first {
		return err
	}
	return n.Queue.Tell(tx, Doubted{EnrolmentID: enrolmentID, Code: d.Code, Since: d.Since.UTC()})
}

func (d doubtRow) overdue(now time.Time) bool {
	return now.Sub(d.Since) >= patiences[d.Code].suspended
}

func (d doubtRow) doubt() Doubt {
	return Doubt{Code: d.Code, Sentence: d.Sentence, Since: d.Since.UTC(), EndsAt: DoubtEnds(d.Code, d.Since)}
}

// DoubtEnds is when an approval is suspended because of a doubt that lasts since an instant; zero where a person decides.
func DoubtEnds(code string, since time.Time) time.Time {
	if p, doubtful := patiences[code]; doubtful && p.suspended != forever {
		return since.UTC().Add(p.suspended)
	}
	return time.Time{}
}

// Doubts are what casts doubt on these enrolments, by enrolment, the oldest first.
func (n *NCA) Doubts(ctx context.Context, enrolmentIDs []string) (map[string][]Doubt, error) {
	if len(enrolmentIDs) == 0 {
		return nil, nil
	}
	rows, err := doubtsOf(n.DB.Reader(ctx), enrolmentIDs)
	if err != nil {
		return nil, n.DB.Fault(ctx, err)
	}
	all := make(map[string][]Doubt, len(rows))
	for id, list := range rows {
		for _, d := range list {
			all[id] = append(all[id], d.doubt())
		}
	}
	return all, nil
}
