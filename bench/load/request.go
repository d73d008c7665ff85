package load

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"

	"github.com/google/uuid"

	"fairway/internal/httpsig"
)

// Seal is what a TPP signs with.
type Seal struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// Call is a request without a body, before it is signed.
type Call struct {
	Host, Path string
	// Header is sent beside the signing headers and X-Request-ID; it is not changed.
	Header http.Header
	Seal   Seal
}

// Signed writes a request with a fresh X-Request-ID as it goes over the wire.
func (c Call) Signed() ([]byte, error) {
	h := c.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set("X-Request-Id", uuid.NewString())
	if _, err := httpsig.Sign(h, nil, c.Seal.Certificate, c.Seal.Key, crypto.SHA256); err != nil {
		return nil, fmt.Errorf("sign a request: %w", err)
	}
	return c.write(h), nil
}

// Altered is a request in which one header has another value. Its signature stays.
func Altered(request []byte, name, value string) ([]byte, error) {
	start := bytes.Index(request, []byte("\r\n"+name+": "))
	if start < 0 {
		return nil, fmt.Errorf("alter a request: it has no header %s", name)
	}
	start += len("\r\n" + name + ": ")
	end := start + bytes.Index(request[start:], lineEnd)
	return slices.Concat(request[:start], []byte(value), request[end:]), nil
}

func (c Call) write(h http.Header) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", c.Path, c.Host)
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range h[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// Make builds n requests, on all processors: signing takes a millisecond. The i-th is whatever build makes of i.
func Make(n int, build func(i int) ([]byte, error)) ([][]byte, error) {
	out, faults := make([][]byte, n), make([]error, n)
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() {
			for i := w; i < n; i += workers {
				out[i], faults[i] = build(i)
			}
		})
	}
	group.Wait()
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
