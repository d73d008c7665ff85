package audit

import (
	"context"
	"fmt"

	"fairway/internal/db"
)

// Flaw says how a row does not fit.
type Flaw string

// The flaws of a chain.
const (
	// Changed is a row whose values are not those that were hashed.
	Changed Flaw = "changed"
	// Missing is a number without a row.
	Missing Flaw = "missing"
	// OutOfOrder is a row that does not follow the row before it, although its own hash fits: one of the two was put there.
	OutOfOrder Flaw = "out of order"
	// HeadDiffers is a head that does not name the last row.
	HeadDiffers Flaw = "head differs"
	// Unlike is a row that fits, but is another than the one whose head was kept: the chain was written anew.
	Unlike Flaw = "unlike the kept head"
	// Unchained is a row that is in the trail and not in the chain.
	Unchained Flaw = "outside the chain"
)

// Finding is the first row that does not fit.
type Finding struct {
	Flaw Flaw
	// Seq is the row's number; zero for a row outside the chain.
	Seq int64
	// ID is the row's id; zero where there is no row or it cannot be read.
	ID int64
}

// String is a sentence for the command line and the log.
func (f Finding) String() string {
	switch f.Flaw {
	case Changed:
		return fmt.Sprintf("row %d (id %d) was changed: it does not fit its hash", f.Seq, f.ID)
	case Missing:
		return fmt.Sprintf("row %d is missing", f.Seq)
	case OutOfOrder:
		return fmt.Sprintf("row %d (id %d) does not follow the row before it", f.Seq, f.ID)
	case HeadDiffers:
		return fmt.Sprintf("the head is not row %d, which is the last", f.Seq)
	case Unlike:
		return fmt.Sprintf("row %d (id %d) is not the one whose head was kept: the trail was written anew", f.Seq, f.ID)
	default:
		return fmt.Sprintf("the row with id %d is outside the chain", f.ID)
	}
}

// Report is what Verify saw.
type Report struct {
	// Rows is how many rows fit, up to the first that does not.
	Rows int64
	// Head is the last row that fits.
	Head Head
	// Broken is the first row that does not fit; nil where the trail is whole.
	Broken *Finding
}

// Verify reads the whole trail in one state of the database, without keeping it in memory, and holds each row against its
// hash, the row before and the head. Whoever can write all rows anew can make a chain that fits; that shows where a head is
// given that was kept elsewhere (see Daily).
func (t *Trail) Verify(ctx context.Context, kept ...Head) (Report, error) {
	var report Report
	err := t.db.Read(ctx, func(tx db.Tx) error {
		head, err := headOf(tx)
		if err != nil {
			return err
		}
		stray, err := firstUnchained(tx)
		if err != nil {
			return err
		}
		c := checker{last: Head{Hash: beginning}, kept: map[int64][]string{}}
		for _, h := range kept {
			c.kept[h.Seq] = append(c.kept[h.Seq], h.Hash)
		}
		c.compare(row{Hash: beginning})
		if err := walk(tx, c.next); err != nil {
			return err
		}
		c.end(head, stray)
		report = Report{Rows: c.last.Seq, Head: c.last, Broken: c.broken}
		return nil
	})
	if err != nil {
		return Report{}, fmt.Errorf("verify the audit trail: %w", err)
	}
	return report, nil
}

// checker goes along the chain.
type checker struct {
	last   Head
	kept   map[int64][]string
	broken *Finding
}

// next checks one row, and says whether to go on.
func (c *checker) next(r row, unreadable error) bool {
	want := c.last.Seq + 1
	switch {
	case unreadable != nil:
		c.find(Changed, want, r.ID)
	case r.Seq > want:
		c.find(Missing, want, 0)
	case r.Seq < want:
		c.find(OutOfOrder, r.Seq, r.ID)
	case r.sum() != r.Hash:
		c.find(Changed, r.Seq, r.ID)
	case r.PrevHash != c.last.Hash:
		c.find(OutOfOrder, r.Seq, r.ID)
	default:
		c.compare(r)
	}
	if c.broken != nil {
		return false
	}
	c.last = Head{Seq: r.Seq, Hash: r.Hash, At: r.At.UTC()}
	return true
}

// compare holds a row against the heads of its number that were kept.
func (c *checker) compare(r row) {
	for _, hash := range c.kept[r.Seq] {
		if hash != r.Hash {
			c.find(Unlike, r.Seq, r.ID)
		}
	}
	delete(c.kept, r.Seq)
}

// end checks what follows the last row: the head, the kept heads that were not met, and rows that are in no chain.
func (c *checker) end(head Head, stray int64) {
	if c.broken != nil {
		return
	}
	furthest := head.Seq
	for seq := range c.kept {
		furthest = max(furthest, seq)
	}
	switch {
	case furthest > c.last.Seq:
		c.find(Missing, c.last.Seq+1, 0)
	case head.Seq != c.last.Seq || head.Hash != c.last.Hash:
		c.find(HeadDiffers, c.last.Seq, 0)
	case stray != 0:
		c.find(Unchained, 0, stray)
	}
}

func (c *checker) find(flaw Flaw, seq, id int64) {
	if c.broken == nil {
		c.broken = &Finding{Flaw: flaw, Seq: seq, ID: id}
	}
}
