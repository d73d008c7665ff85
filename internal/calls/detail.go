package calls

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"
)

// A detail is stored in the packed form, since it is most of a row and rows are most of what a busy door costs: values in
// a fixed order, texts with their length before them, compressed with a dictionary of what nearly every call says. New
// values go to the end; what a row does not have yet is zero. Another dictionary or order is another first byte.
const packedForm = 1

// maxUnpacked is far above what two bodies and all headers can have.
const maxUnpacked = 1 << 20

// The bits of the last value.
const (
	bitTruncated = 1 << iota
	bitRepeated
)

var scratch = sync.Pool{New: func() any { return new([]byte) }}

// pack writes the stored form of a detail.
func (d *Detail) pack() []byte {
	from, ok := scratch.Get().(*[]byte)
	if !ok {
		from = new([]byte)
	}
	defer scratch.Put(from)
	plain := d.appendTo((*from)[:0])
	room := s2.MaxEncodedLen(len(plain))
	end := len(plain)
	for cap(plain) < end+room {
		plain = append(plain[:cap(plain)], 0)
	}
	packed := dictionary().Encode(plain[end:end+room], plain[:end])
	*from = plain
	out := make([]byte, 1, 1+len(packed))
	out[0] = packedForm
	return append(out, packed...)
}

func (d *Detail) appendTo(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(d.Steps)))
	for _, s := range d.Steps {
		b = appendTexts(b, s.Name, s.Verdict, s.Text)
		b = binary.AppendUvarint(b, uint64(max(0, s.Micros)))
	}
	for _, headers := range [...][][2]string{d.RequestHeaders, d.ResponseHeaders} {
		b = binary.AppendUvarint(b, uint64(len(headers)))
		for _, h := range headers {
			b = appendTexts(b, h[0], h[1])
		}
	}
	b = appendTexts(b, d.RequestBody, d.ResponseBody, d.SigningString, d.Reason, d.ErrorPath, d.TLSVersion, d.Thumbprint, d.Subject, d.RemoteIP)
	var bits uint64
	if d.Truncated {
		bits |= bitTruncated
	}
	if d.Repeated {
		bits |= bitRepeated
	}
	return binary.AppendUvarint(b, bits)
}

func appendTexts(b []byte, texts ...string) []byte {
	for _, t := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	return b
}

var errPacked = errors.New("the detail of a call cannot be read")

// unpack reads what pack wrote.
func unpack(stored []byte) (Detail, error) {
	if len(stored) == 0 {
		return Detail{}, nil
	}
	if stored[0] != packedForm {
		return Detail{}, fmt.Errorf("%w: form %d is not known", errPacked, stored[0])
	}
	if n, err := s2.DecodedLen(stored[1:]); err != nil || n > maxUnpacked {
		return Detail{}, fmt.Errorf("%w: %d bytes, %w", errPacked, n, err)
	}
	plain, err := dictionary().Decode(nil, stored[1:])
	if err != nil {
		return Detail{}, fmt.Errorf("%w: %w", errPacked, err)
	}
	r := reader{rest: plain}
	d := r.detail()
	if r.broken {
		return Detail{}, errPacked
	}
	return d, nil
}

// reader takes values off the front. At the end everything is zero; inside a value the end is a fault.
type reader struct {
	rest   []byte
	broken bool
}

func (r *reader) detail() Detail {
	var d Detail
	for range r.count() {
		s := Step{Name: r.text(), Verdict: r.text(), Text: r.text()}
		s.Micros = int64(r.number() & (1<<63 - 1))
		d.Steps = append(d.Steps, s)
	}
	for _, headers := range [...]*[][2]string{&d.RequestHeaders, &d.ResponseHeaders} {
		for range r.count() {
			*headers = append(*headers, [2]string{r.text(), r.text()})
		}
	}
	for _, to := range [...]*string{&d.RequestBody, &d.ResponseBody, &d.SigningString, &d.Reason, &d.ErrorPath, &d.TLSVersion, &d.Thumbprint, &d.Subject, &d.RemoteIP} {
		*to = r.text()
	}
	bits := r.number()
	d.Truncated, d.Repeated = bits&bitTruncated != 0, bits&bitRepeated != 0
	return d
}

func (r *reader) number() uint64 {
	if len(r.rest) == 0 {
		return 0
	}
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.rest, r.broken = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count is a number of values that follow; each has a byte at least.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.rest, r.broken = nil, true
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.count()
	t := string(r.rest[:n])
	r.rest = r.rest[n:]
	return t
}
