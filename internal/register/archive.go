package register

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"

	"fairway/internal/fault"
)

// The refusals of a file. Nothing of it is kept, and the register stays as it was.
var (
	// ErrForeign is returned for what is no file of the EBA's register.
	ErrForeign = fault.New(fault.Invalid, "register_foreign",
		"This is not a file of the EBA register of payment and electronic money institutions, so nothing was imported: download it from the EBA as JSON, or as the ZIP that holds it.")
	// ErrCutOff is returned for a file that ends too early.
	ErrCutOff = fault.New(fault.Invalid, "register_cut_off",
		"The file ends in the middle, so nothing was imported: the download was cut off, download it again.")
	// ErrDamaged is returned for a file whose digest is another one, or that does not unpack.
	ErrDamaged = fault.New(fault.Invalid, "register_damaged",
		"The file is damaged: its content does not have the digest that belongs to it, so nothing was imported; download it again.")
	// ErrTooLarge is returned for a file beyond several times the size that the register has.
	ErrTooLarge = fault.New(fault.Invalid, "register_too_large",
		"The file is far larger than the register has ever been, so nothing was imported: check where it comes from.")
)

const (
	// maxPacked bounds a ZIP; the register's own has about 20 MB.
	maxPacked = 100 << 20
	// maxDirectory bounds what is read of a ZIP before its members are counted.
	maxDirectory = 1 << 20
	maxMembers   = 8
	// maxRatio bounds how much a member may unpack to; the register's own is about eleven to one.
	maxRatio   = 60
	maxSidecar = 4 << 10
)

// source is the JSON of an opened file, its digest while it is read, and the digest that it should have.
type source struct {
	io.Reader
	sum  hash.Hash
	want string
	end  func() error
}

// open finds the JSON in a file: the file itself, or the one JSON of a ZIP with the digest beside it.
func open(in io.ReaderAt, size int64) (*source, error) {
	var magic [4]byte
	_, err := in.ReadAt(magic[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, damaged(err)
	}
	if string(magic[:]) == "PK\x03\x04" {
		return openZIP(in, size)
	}
	if size > maxUnpacked {
		return nil, ErrTooLarge
	}
	return newSource(io.NopCloser(io.NewSectionReader(in, 0, size)), ""), nil
}

func newSource(in io.ReadCloser, want string) *source {
	sum := sha256.New()
	return &source{Reader: bufio.NewReaderSize(io.TeeReader(in, sum), 64<<10), sum: sum, want: want, end: in.Close}
}

// digest is what was read, in hexadecimal.
func (s *source) digest() string { return hex.EncodeToString(s.sum.Sum(nil)) }

// check compares the digest of what was read with the one that belongs to it, if there is one.
func (s *source) check() error {
	if s.want != "" && s.want != s.digest() {
		return ErrDamaged
	}
	return nil
}

func openZIP(in io.ReaderAt, size int64) (*source, error) {
	if size > maxPacked {
		return nil, ErrTooLarge
	}
	budget := &budgeted{in: in, left: maxDirectory}
	z, err := zip.NewReader(budget, size)
	if budget.left < 0 {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, ErrCutOff.With(err) // the directory is at the end
	}
	budget.free = true
	document, sidecar, err := members(z)
	if err != nil {
		return nil, err
	}
	want := ""
	if sidecar != nil {
		if want, err = readSidecar(sidecar); err != nil {
			return nil, err
		}
	}
	unpacked, err := document.Open()
	if err != nil {
		return nil, damaged(err)
	}
	return newSource(unpacked, want), nil
}

// members finds the one JSON and the digest beside it.
func members(z *zip.Reader) (document, sidecar *zip.File, err error) {
	if len(z.File) > maxMembers {
		return nil, nil, ErrTooLarge
	}
	for _, f := range z.File {
		if f.UncompressedSize64 > maxUnpacked || f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return nil, nil, ErrTooLarge
		}
		switch name := strings.ToLower(f.Name); {
		case strings.HasSuffix(name, ".json") && document == nil:
			document = f
		case strings.HasSuffix(name, ".sha256") && sidecar == nil:
			sidecar = f
		case strings.HasSuffix(name, ".json"), strings.HasSuffix(name, ".sha256"):
			return nil, nil, ErrForeign
		}
	}
	if document == nil {
		return nil, nil, ErrForeign
	}
	return document, sidecar, nil
}

// readSidecar reads a digest: 64 digits, alone or with the name of its file behind.
func readSidecar(f *zip.File) (string, error) {
	in, err := f.Open()
	if err != nil {
		return "", damaged(err)
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSidecar))
	if err = errors.Join(err, in.Close()); err != nil {
		return "", damaged(err)
	}
	words := strings.Fields(string(text))
	if len(words) == 0 {
		return "", ErrDamaged
	}
	return digestOf(words[0])
}

// digestOf checks the form of a SHA-256 in hexadecimal.
func digestOf(text string) (string, error) {
	text = strings.ToLower(text)
	if raw, err := hex.DecodeString(text); err != nil || len(raw) != sha256.Size {
		return "", ErrDamaged.Saying("The digest that belongs to the file is not a SHA-256 of 64 digits, so nothing was imported: download both again.")
	}
	return text, nil
}

// checkWhole compares the digest of the file as it was downloaded with the one that the EBA's description of it gives.
func checkWhole(ctx context.Context, in io.ReaderAt, size int64, want string) error {
	if want == "" {
		return nil
	}
	want, err := digestOf(want)
	if err != nil {
		return err
	}
	sum := sha256.New()
	file := &meter{ctx: ctx, in: io.NewSectionReader(in, 0, size), horizon: maxUnpacked}
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return ErrDamaged
	}
	return nil
}

// damaged is what reading a file ended with, unless it was asked to end.
func damaged(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutOff.With(err)
	}
	return ErrDamaged.Saying("The file cannot be read to its end, so nothing was imported: download it again.").With(err)
}

// budgeted is a file of which only so much may be read until it is set free.
type budgeted struct {
	in   io.ReaderAt
	left int
	free bool
}

// ReadAt reads, or refuses when the budget is spent.
func (b *budgeted) ReadAt(p []byte, at int64) (int, error) {
	if !b.free {
		if b.left -= len(p); b.left < 0 {
			return 0, ErrTooLarge
		}
	}
	return b.in.ReadAt(p, at)
}
