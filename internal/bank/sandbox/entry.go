package sandbox

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"math"

	"fairway/internal/bank"
)

// kind tells where an entry comes from. The numbers are part of transaction ids.
type kind uint8

const (
	purchase kind = iota + 1
	refund
	withdrawal
	withdrawalFee
	monthlyFee
	subscription
	payment
)

// entry is a transaction in a ledger. What is owed is positive, whatever the account's sign.
type entry struct {
	at       int64 // Unix seconds
	owed     int64 // minor units of the account's currency, markup included
	markup   int64
	original int64 // minor units of the merchant's currency
	on       day   // the card's use
	book     day
	invoice  month
	merchant uint16
	seq      uint16 // below 1000
	delay    uint8  // days since the purchase that a refund takes back, below 100
	kind     kind
}

// key puts entries into the one order that never changes: by booking day, by moment, by kind and number.
type key struct {
	book day
	at   int64
	ord  uint32
}

// newest is newer than every entry.
var newest = key{book: math.MaxInt32, at: math.MaxInt64, ord: math.MaxUint32}

func (e *entry) key() key {
	return key{book: e.book, at: e.at, ord: uint32(e.kind)<<24 | uint32(e.delay)<<16 | uint32(e.seq)}
}

// compare is negative where k is newer than other.
func (k key) compare(other key) int {
	if order := cmp.Compare(other.book, k.book); order != 0 {
		return order
	}
	if order := cmp.Compare(other.at, k.at); order != 0 {
		return order
	}
	return cmp.Compare(other.ord, k.ord)
}

// cursor writes the key for a page's link.
func (k key) cursor() string {
	var raw [16]byte
	binary.BigEndian.PutUint32(raw[0:], uint32(k.book))
	binary.BigEndian.PutUint64(raw[4:], uint64(k.at))
	binary.BigEndian.PutUint32(raw[12:], k.ord)
	return hex.EncodeToString(raw[:])
}

// readCursor reads what cursor wrote; all else is bank.ErrBadQuery.
func readCursor(s string) (key, error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != 16 {
		return key{}, bank.BadCursor()
	}
	return key{
		book: day(binary.BigEndian.Uint32(raw[0:])),
		at:   int64(binary.BigEndian.Uint64(raw[4:])),
		ord:  binary.BigEndian.Uint32(raw[12:]),
	}, nil
}
