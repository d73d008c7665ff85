package audit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// MostExported is how many lines one export holds.
const MostExported = 100_000

// exportAtOnce is how many lines are read and written at a time: no transaction waits for a slow reader.
const exportAtOnce = 1000

// Exported tells what an export holds.
type Exported struct {
	Lines int
	// Cut is set where there were more lines than one export holds. The file says so too, in its last record.
	Cut bool
}

// Export writes the lines that the filter lets through as CSV (RFC 4180, UTF-8, every cell in quotes), newest first, with a
// header, at most MostExported of them. A cell that a spreadsheet would take for a formula begins with an apostrophe. A
// fault of the filter comes back before anything is written.
func (t *Trail) Export(ctx context.Context, w io.Writer, f Filter) (Exported, error) {
	if err := f.Check(); err != nil {
		return Exported{}, err
	}
	var done Exported
	var chunk bytes.Buffer
	record(&chunk, "seq", "id", "at", "actor", "organisation", "act", "object", "detail", "prev_hash", "hash")
	for more := true; more; {
		room := min(exportAtOnce, t.most-done.Lines)
		rows, err := list(t.db.Reader(ctx), f, room+1)
		if err != nil {
			return done, fmt.Errorf("export the audit trail: %w", t.db.Fault(ctx, err))
		}
		if more = len(rows) > room; more {
			rows = rows[:room]
		}
		for _, r := range rows {
			record(&chunk, strconv.FormatInt(r.Seq, 10), strconv.FormatInt(r.ID, 10), r.At.UTC().Format(time.RFC3339Nano),
				r.Actor, r.Organisation, r.Act, r.Object, r.Detail, r.PrevHash, r.Hash)
			f.Before = r.Seq
		}
		done.Lines += len(rows)
		if done.Cut = more && done.Lines >= t.most; done.Cut {
			more = false
			record(&chunk, fmt.Sprintf("Cut after %d lines. Choose a shorter time and export again.", t.most), "", "", "", "", "", "", "", "", "")
		}
		if _, err := chunk.WriteTo(w); err != nil {
			return done, fmt.Errorf("write the export of the audit trail: %w", err)
		}
	}
	return done, nil
}

// record writes cells as one record. encoding/csv would change line breaks inside of cells.
func record(b *bytes.Buffer, cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(neutral(cell), `"`, `""`))
		b.WriteByte('"')
	}
	b.WriteString("\r\n")
}

// formulas are what a spreadsheet may take for the beginning of a formula, with the wide forms of East Asian keyboards and
// the controls that it skips (ASVS 1.2.10).
const formulas = "=+-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20"

func neutral(cell string) string {
	if strings.IndexAny(cell, formulas) == 0 {
		return "'" + cell
	}
	return cell
}
