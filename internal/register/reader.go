package register

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
)

const (
	// maxUnpacked bounds the file; the register's own has about 220 MB.
	maxUnpacked = 400 << 20
	// maxEntry bounds one entry; the register's own have a few kilobytes at most.
	maxEntry = 1 << 20
	// maxEntries and maxInstitutions are several times what the register holds.
	maxEntries      = 2_000_000
	maxInstitutions = 200_000
	maxNesting      = 4
)

// reader walks through the register's file: lists within lists, and somewhere in them the list of the entries. One entry
// at a time is in memory.
type reader struct {
	in     *meter
	dec    *json.Decoder
	raw    envelope
	keep   func(Entity) error
	kept   int
	seen   int
	newest string
}

// read hands each institution of the file to keep, and gives the moment up to which the file speaks and how many entries
// of all types it has. Faults: ErrForeign, ErrCutOff, ErrTooLarge, and what keep returns.
func read(ctx context.Context, in io.Reader, keep func(Entity) error) (dated time.Time, entries int, err error) {
	r := &reader{in: &meter{ctx: ctx, in: in, horizon: maxEntry}, keep: keep}
	r.dec = json.NewDecoder(r.in)
	if err := r.file(); err != nil {
		return time.Time{}, 0, r.explain(err)
	}
	dated, err = versionTime(r.newest)
	switch {
	case r.kept == 0:
		return time.Time{}, 0, ErrForeign
	case err != nil:
		return time.Time{}, 0, ErrForeign.Saying("The file does not say of which day it is, so nothing was imported: download it again from the EBA.").With(err)
	}
	return dated, r.seen, nil
}

func (r *reader) file() error {
	if token, err := r.dec.Token(); err != nil {
		return err
	} else if token != json.Delim('[') {
		return ErrForeign
	}
	if err := r.list(1); err != nil {
		return err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.Join(ErrForeign, err)
	}
	return nil
}

// list reads a list whose bracket was taken. Its first member tells whether it holds lists or objects.
func (r *reader) list(depth int) error {
	if depth > maxNesting {
		return ErrForeign
	}
	member := r.object
	if r.dec.More() && r.next() == '[' {
		member = func() error { return r.nested(depth) }
	}
	for r.dec.More() {
		if err := member(); err != nil {
			return err
		}
		r.in.horizon = r.dec.InputOffset() + maxEntry
	}
	_, err := r.dec.Token()
	return err
}

// next is the first byte of the member that More has found.
func (r *reader) next() byte {
	var b [1]byte
	_, _ = io.ReadFull(r.dec.Buffered(), b[:]) // nothing there is no bracket
	return b[0]
}

func (r *reader) nested(depth int) error {
	token, err := r.dec.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return ErrForeign
	}
	return r.list(depth + 1)
}

// object reads an entry. An object that is none, as the disclaimer, is passed over.
func (r *reader) object() error {
	e := &r.raw
	e.reset()
	if err := r.dec.Decode(e); err != nil {
		return err
	}
	if e.Code == "" || e.Type == "" {
		return nil
	}
	if r.seen++; r.seen > maxEntries {
		return ErrTooLarge
	}
	r.newest = max(r.newest, e.Version)
	if _, institution := kinds[e.Type]; !institution {
		return nil
	}
	if r.kept++; r.kept > maxInstitutions {
		return ErrTooLarge
	}
	made, err := e.entity()
	if err != nil {
		return err
	}
	r.in.fault = r.keep(made) // not the file's: it must not be explained as one
	return r.in.fault
}

// explain makes a sentence of what the decoder says.
func (r *reader) explain(err error) error {
	var form *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case r.in.fault != nil:
		return r.in.fault
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrCutOff.With(err)
	case errors.As(err, &form), errors.As(err, &kind):
		return ErrForeign.With(err)
	}
	return err
}

// versionTime reads the seventeen digits of an entry's version: year to millisecond.
func versionTime(digits string) (time.Time, error) {
	if len(digits) != 17 {
		return time.Time{}, errors.New("a version has seventeen digits")
	}
	at, err := time.Parse("20060102150405.000", digits[:14]+"."+digits[14:])
	if err != nil || strings.Trim(digits, "0123456789") != "" {
		return time.Time{}, errors.New("a version is a date and a time")
	}
	return at, nil
}

// meter lets the decoder read so far as it may: to the end of the context, of the largest file and of the largest entry.
// Its first fault stays, because a decoder that is asked for more forgets it.
type meter struct {
	ctx     context.Context
	in      io.Reader
	read    int64
	horizon int64
	fault   error
}

// Read reads at most to the horizon.
func (m *meter) Read(p []byte) (int, error) {
	most := min(int64(maxUnpacked), m.horizon)
	switch {
	case m.fault != nil:
		return 0, m.fault
	case m.ctx.Err() != nil:
		m.fault = m.ctx.Err()
		return 0, m.fault
	case m.read >= maxUnpacked:
		m.fault = ErrTooLarge
		return 0, m.fault
	case m.read >= most:
		m.fault = ErrForeign
		return 0, m.fault
	}
	n, err := m.in.Read(p[:min(int64(len(p)), most-m.read)])
	m.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		m.fault = damaged(err)
		err = m.fault
	}
	return n, err
}
