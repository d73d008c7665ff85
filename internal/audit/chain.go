package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
)

var errHeadForm = fault.New(fault.Invalid, "audit_head_form", "A head of the audit trail is a number, a colon and 64 digits of 0-9 and a-f, as “portal audit head” prints it.")

// The chain. A row's hash is SHA-256 over its encoding, as 64 lower-case hexadecimal digits. The encoding is, in this order,
//
//	the text "fairway audit 1", which names this encoding
//	seq             number: 1, 2, 3, … in the order of the commits, without gaps
//	id              number of the row in its table
//	at              two numbers: Unix seconds, and the nanoseconds of that second
//	actor           text
//	organisation    text
//	act             text
//	object          text
//	detail          text: the JSON as it is stored
//	prev_hash       text: the hash of the row before; of the first row, 64 zeros
//
// A number is eight bytes, big-endian, two's complement. A text is the number of its bytes and then its bytes. Nothing else
// tells where a field ends, so no two rows have one encoding.

const encoding = "fairway audit 1"

// beginning stands for the hash of the row before the first.
var beginning = strings.Repeat("0", 2*sha256.Size)

func (r *row) encode() []byte {
	b := appendText(make([]byte, 0, 512), encoding)
	for _, n := range []int64{r.Seq, r.ID, r.At.Unix(), int64(r.At.Nanosecond())} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, text := range []string{r.Actor, r.Organisation, r.Act, r.Object, r.Detail, r.PrevHash} {
		b = appendText(b, text)
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(text))), text...)
}

func (r *row) sum() string {
	h := sha256.Sum256(r.encode())
	return hex.EncodeToString(h[:])
}

// Head is the end of the chain at some time: it stands for every row up to it.
type Head struct {
	// Seq is the number of the row, which is how many rows there are up to it.
	Seq int64
	// Hash is the hash of the row, 64 hexadecimal digits.
	Hash string
	// At is when the row was written; zero where that was not asked.
	At time.Time
}

// String is the form to print and keep, as in "1042:9f86d0…".
func (h Head) String() string { return strconv.FormatInt(h.Seq, 10) + ":" + h.Hash }

// ParseHead reads what String wrote. Spaces around it and capitals, as a person types them, do no harm.
func ParseHead(text string) (Head, error) {
	if len(text) > 200 {
		return Head{}, errHeadForm
	}
	number, hash, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if raw, hexErr := hex.DecodeString(hash); err != nil || seq < 0 || hexErr != nil || len(raw) != sha256.Size {
		return Head{}, errHeadForm
	}
	return Head{Seq: seq, Hash: hash}, nil
}

// extend links rows that stand outside the chain to its head, which the caller has locked.
func extend(tx db.Tx, head Head, rows []row) error {
	from := head.Seq
	for _, r := range rows {
		r.Seq, r.PrevHash = head.Seq+1, head.Hash
		r.Hash = r.sum()
		if err := link(tx, &r); err != nil {
			return err
		}
		head = Head{Seq: r.Seq, Hash: r.Hash}
	}
	return moveHead(tx, from, head)
}

// adoptAtOnce is how many rows one transaction adopts: whoever writes the trail meanwhile waits for it.
const adoptAtOnce = 200

// Adopt links the rows that earlier versions of the program wrote, in the order in which they came. It belongs to the start,
// and costs one look where there is nothing to do.
func (t *Trail) Adopt(ctx context.Context) error {
	adopted, first := 0, int64(0)
	for {
		id, err := firstUnchained(t.db.Reader(ctx))
		if err != nil {
			return fmt.Errorf("look for rows outside the audit chain: %w", t.db.Fault(ctx, err))
		}
		if id == 0 {
			break
		}
		n, from, err := t.adoptSome(ctx)
		if err != nil {
			return fmt.Errorf("link rows to the audit chain: %w", err)
		}
		if adopted == 0 {
			first = from + 1
		}
		adopted += n
	}
	if adopted > 0 {
		t.log.Warn("rows that were written outside the audit chain were linked to it", "rows", adopted, "first", first)
	}
	return nil
}

// adoptSome takes the lock before it looks, so that of two processes the second finds nothing left.
func (t *Trail) adoptSome(ctx context.Context) (adopted int, from int64, err error) {
	err = t.db.InTx(ctx, func(tx db.Tx) error {
		head, err := lockHead(tx)
		if err != nil {
			return err
		}
		rows, err := unchained(tx, adoptAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		adopted, from = len(rows), head.Seq
		return extend(tx, head, rows)
	})
	return adopted, from, err
}
