package trustlist

import (
	"context"
	"crypto/x509"
	"fmt"
	"strconv"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
	"fairway/internal/trustlist/xades"
)

// MaxFiles is the largest number of files in one import. There are 32 lists and the list of the lists.
const MaxFiles = 100

// maxTogether bounds the XML of one import, because a list of the lists has to be found before any other is looked at. All
// lists of the Union together have 12 MB.
const maxTogether = 64 << 20

// Why a list is refused beside what it is itself, for which see xades.
var (
	ErrOlder = fault.New(fault.Invalid, "list_older",
		"The list is older than the one that is held. Nothing was changed.")
	ErrUnknownTerritory = fault.New(fault.Invalid, "list_territory_unknown",
		"The list of the lists that is held names no list of this territory. Import the current list of the lists first.")
	ErrNotPinned = fault.New(fault.Invalid, "list_signers_not_pinned",
		"No certificate is pinned that may sign the list of the lists. Set PORTAL_LOTL_SIGNERS to a PEM file with those of the Official Journal.")
	errTogether = fault.New(fault.Invalid, "list_too_much",
		"The files before this one have more than 64 MB together, so it was not read. Import them in parts.")
	errTooMany = fault.New(fault.Invalid, "list_too_many",
		fmt.Sprintf("More than %d files at once are not read. Import them in parts.", MaxFiles))
)

// Report says what became of the files, one line each, in their order.
type Report struct{ Lines []Line }

// Line is what became of one file.
type Line struct {
	// Location is the address that the file was fetched from; empty where somebody handed it in.
	Location string
	// Territory is what the file says it is of; empty where that could not be read.
	Territory  string
	Sequence   int64
	IssuedAt   time.Time
	NextUpdate time.Time
	// Services counts the entries of the list.
	Services int
	// Unchanged says that this very file was held already.
	Unchanged bool
	// Refusal is the fault that kept the list out; nil where it is held now.
	Refusal error
}

// Refused counts the lines with a refusal.
func (r Report) Refused() int {
	n := 0
	for _, l := range r.Lines {
		if l.Refusal != nil {
			n++
		}
	}
	return n
}

// Text is the line as a sentence for people.
func (l Line) Text() string {
	territory := l.Territory
	if territory == "" {
		territory = "??"
	}
	if l.Refusal != nil {
		return territory + ": refused. " + fault.Of(l.Refusal).Message
	}
	held := "imported"
	if l.Unchanged {
		held = "held already"
	}
	return fmt.Sprintf("%s: list %d of %s %s, %d services, next update %s.", territory, l.Sequence, day(l.IssuedAt), held, l.Services, dayOrNone(l.NextUpdate))
}

// Import verifies the files and keeps the lists in them, each in a transaction of its own with its audit row. The order
// does not matter: a list of the lists goes first. What is refused stands in the report and stops nothing else; the error
// is for a database that does not answer, and for more than MaxFiles files. A file may be compressed with gzip.
func (l *Lists) Import(ctx context.Context, actor string, files [][]byte) (Report, error) {
	if len(files) > MaxFiles {
		return Report{}, errTooMany
	}
	report := Report{Lines: make([]Line, len(files))}
	documents := make([]*xades.Document, len(files))
	left := maxTogether
	for i, file := range files {
		documents[i], report.Lines[i].Refusal = open(file, &left)
		if documents[i] != nil {
			report.Lines[i].Territory = documents[i].Territory()
		}
	}
	for _, lotl := range []bool{true, false} {
		for i, d := range documents {
			if d == nil || d.LOTL() != lotl {
				continue
			}
			line, err := l.take(ctx, actor, d)
			if err != nil && !fault.Is(err, fault.Invalid) {
				return report, fmt.Errorf("import the list of %s: %w", d.Territory(), err)
			}
			line.Refusal = err
			report.Lines[i] = line
		}
	}
	return report, nil
}

// open reads a file as long as there is room left for it.
func open(file []byte, left *int) (*xades.Document, error) {
	data, err := xades.Unpack(file)
	if err != nil {
		return nil, err
	}
	if *left -= len(data); *left < 0 {
		return nil, errTogether
	}
	d, err := xades.Read(data)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// take verifies one document before a transaction is opened, and keeps it.
func (l *Lists) take(ctx context.Context, actor string, d *xades.Document) (Line, error) {
	line := Line{Territory: d.Territory()}
	signers, err := l.maySign(ctx, d)
	if err != nil {
		return line, err
	}
	list, signer, err := d.Verify(signers)
	if err != nil {
		return line, err
	}
	line.Sequence, line.IssuedAt, line.NextUpdate, line.Services = list.Sequence, list.IssuedAt, list.NextUpdate, list.Services()
	held := listRow{
		Territory: list.Territory, Version: list.Version, Sequence: list.Sequence, IssuedAt: list.IssuedAt, Operator: qcert.DisplayText(list.Operator, maxName),
		Services: line.Services, Signer: subject(signer), SignerSHA256: qcert.Thumbprint(signer), SHA256: d.SHA256(), ImportedBy: actor,
	}
	if !list.NextUpdate.IsZero() {
		held.NextUpdate = &list.NextUpdate
	}
	err = l.db.InTx(ctx, func(tx db.Tx) error {
		var err error
		line.Unchanged, err = place(tx, held, list)
		return err
	})
	return line, err
}

// maySign gives who may sign a document: the pinned signers a list of the lists, those that it names the others.
func (l *Lists) maySign(ctx context.Context, d *xades.Document) ([]*x509.Certificate, error) {
	if len(l.signers) == 0 {
		return nil, ErrNotPinned
	}
	if d.LOTL() {
		if d.Territory() != Union {
			return nil, xades.ErrNotAList
		}
		return l.signers, nil
	}
	var rows []signerRow
	var root listRow
	err := l.db.Read(ctx, func(tx db.Tx) error {
		var err error
		if root, _, err = readList(tx, Union); err != nil {
			return err
		}
		rows, err = signersOf(tx, d.Territory())
		return err
	})
	if err != nil {
		return nil, err
	}
	if root.SignerSHA256 != "" && !pinned(l.signers, root.SignerSHA256) {
		return nil, ErrUnknownTerritory.Saying("The list of the lists that is held was signed with a certificate that is no longer pinned. Import the current list of the lists first.")
	}
	return parseSigners(rows)
}

func parseSigners(rows []signerRow) ([]*x509.Certificate, error) {
	if len(rows) == 0 {
		return nil, ErrUnknownTerritory
	}
	var signers []*x509.Certificate
	for _, r := range rows {
		if c, err := x509.ParseCertificate(r.DER); err == nil { // one that cannot be read here cannot verify either
			signers = append(signers, c)
		}
	}
	return signers, nil
}

func pinned(signers []*x509.Certificate, sum string) bool {
	for _, s := range signers {
		if qcert.Thumbprint(s) == sum {
			return true
		}
	}
	return false
}

// place puts a verified list in the place of the one that is held, unless that is newer or the same.
func place(tx db.Tx, r listRow, list xades.List) (unchanged bool, err error) {
	if err := tx.Lock(Topic); err != nil { // one import after the other: a list is judged by the list of the lists of that moment
		return false, fmt.Errorf("wait for other imports: %w", err)
	}
	if !list.LOTL {
		named, err := isSigner(tx, r.Territory, r.SignerSHA256)
		if err != nil {
			return false, err
		}
		if !named {
			return false, xades.ErrUnknownSigner
		}
	}
	held, found, err := readList(tx, r.Territory)
	if err != nil {
		return false, err
	}
	if found && held.SHA256 == r.SHA256 {
		return true, nil
	}
	if found && (r.Sequence < held.Sequence || r.IssuedAt.Before(held.IssuedAt)) {
		return false, ErrOlder.Saying(fmt.Sprintf("The list is number %d of %s; number %d of %s is held already. Nothing was changed.",
			r.Sequence, day(r.IssuedAt), held.Sequence, day(held.IssuedAt)))
	}
	r.ImportedAt = tx.Now
	if err := replaceList(tx, r, list); err != nil {
		return false, err
	}
	if err := audit.Write(tx, audit.Entry{Actor: r.ImportedBy, Act: "trustlist.imported", Object: r.Territory, Detail: map[string]string{
		"sequence": strconv.FormatInt(r.Sequence, 10), "issued": r.IssuedAt.Format(time.RFC3339), "services": strconv.Itoa(r.Services),
		"sha256": r.SHA256, "signer": r.SignerSHA256,
	}}); err != nil {
		return false, err
	}
	return false, tx.Tell(Topic, r.Territory)
}

// replaceList writes a list in the place of the territory's former one.
func replaceList(tx db.Tx, r listRow, list xades.List) error {
	if err := deleteList(tx, r.Territory); err != nil {
		return err
	}
	if err := insertList(tx, r); err != nil {
		return err
	}
	if list.LOTL {
		return replaceSigners(tx, signerRows(list))
	}
	rows, err := serviceRows(list)
	if err != nil {
		return err
	}
	return insertServices(tx, rows)
}
