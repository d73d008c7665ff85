package load

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 30 * time.Second
	maxAnswer     = 64 << 10
)

// conn is one connection with one request at a time on it. It reads no more of an answer than a measurement needs.
type conn struct {
	tls  *tls.Conn
	buf  []byte
	next int // of the client's requests
}

func dial(addr string, config *tls.Config) (*conn, error) {
	c, err := tls.DialWithDialer(&net.Dialer{Timeout: dialTimeout}, "tcp", addr, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &conn{tls: c, buf: make([]byte, maxAnswer)}, nil
}

// limit ends whatever hangs at the given time; one deadline serves a whole measurement.
func (c *conn) limit(until time.Time) error { return c.tls.SetDeadline(until.Add(answerTimeout)) }

// exchange sends a request and waits for the whole answer. The body is good until the next exchange.
func (c *conn) exchange(request []byte) (status int, body []byte, err error) {
	if _, err := c.tls.Write(request); err != nil {
		return 0, nil, fmt.Errorf("send a request: %w", err)
	}
	have, head, whole := 0, 0, 0
	for {
		n, err := c.tls.Read(c.buf[have:])
		have += n
		if head == 0 {
			if end := bytes.Index(c.buf[:have], headEnd); end >= 0 {
				var length int
				var parseErr error
				if status, length, parseErr = parseHead(c.buf[:end+2]); parseErr != nil {
					return 0, nil, parseErr
				}
				head, whole = end+len(headEnd), end+len(headEnd)+length
			}
		}
		switch {
		case head > 0 && have == whole:
			return status, c.buf[head:whole], nil
		case head > 0 && have > whole:
			return 0, nil, errors.New("read an answer: more than one came")
		case err != nil:
			return 0, nil, fmt.Errorf("read an answer: %w", err)
		case have == len(c.buf):
			return 0, nil, fmt.Errorf("read an answer: it is longer than %d bytes", maxAnswer)
		}
	}
}

var (
	headEnd = []byte("\r\n\r\n")
	lineEnd = []byte("\r\n")
	length  = []byte("content-length:")
)

// parseHead reads the status line and Content-Length; head ends with a line end. Our servers always send a length.
func parseHead(head []byte) (status, contentLength int, err error) {
	first, rest, _ := bytes.Cut(head, lineEnd)
	if len(first) < 12 || !bytes.HasPrefix(first, []byte("HTTP/1.1 ")) {
		return 0, 0, fmt.Errorf("read an answer: it begins with %q", first)
	}
	if status, err = strconv.Atoi(string(first[9:12])); err != nil {
		return 0, 0, fmt.Errorf("read an answer: it begins with %q", first)
	}
	if status == 204 || status == 304 {
		return status, 0, nil
	}
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, lineEnd)
		if len(line) > len(length) && bytes.EqualFold(line[:len(length)], length) {
			n, err := strconv.Atoi(string(bytes.TrimSpace(line[len(length):])))
			if err != nil || n < 0 {
				return 0, 0, fmt.Errorf("read an answer: %q", line)
			}
			return status, n, nil
		}
	}
	return 0, 0, errors.New("read an answer: it has no Content-Length")
}
