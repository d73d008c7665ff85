package rawrequest

import (
	"bytes"
	"strconv"
	"strings"
)

// unverbose takes the request out of what curl -v prints. Its head are the lines that begin with ">". Curl does not print a
// body, so people put it there: right behind the head, or behind everything. Any other text stays as it is.
func unverbose(text []byte) []byte {
	if !verbose(text) {
		return text
	}
	v := transcript{sent: -1, answered: -1}
	for rest := text; len(rest) > 0; {
		line, more, ended := bytes.Cut(rest, []byte("\n"))
		v.take(line, ended)
		rest = more
	}

	return append(v.head.Bytes(), v.body()...)
}

// transcript is what curl -v printed about one request, while it is read.
type transcript struct {
	head, between, behind bytes.Buffer
	headOver, answer      bool
	over                  bool // another request has begun
	sent, answered        int  // Content-Length of the request and of its answer; -1 where there is none
}

func (v *transcript) take(line []byte, ended bool) {
	sent, isSent := bytes.CutPrefix(line, []byte(">"))
	switch {
	case v.over, noise(line):
	case isSent && v.headOver:
		v.over = true
	case isSent:
		sent = bytes.TrimPrefix(sent, []byte(" "))
		v.headOver = len(bytes.TrimRight(sent, "\r")) == 0
		v.sent = max(v.sent, length(sent))
		v.head.Write(sent)
		v.head.WriteByte('\n')
	case bytes.HasPrefix(line, []byte("< ")), string(bytes.TrimRight(line, "\r")) == "<":
		v.answer = true
		v.answered = max(v.answered, length(bytes.TrimPrefix(line, []byte("< "))))
	case v.headOver:
		to := &v.between
		if v.answer {
			to = &v.behind
		}
		to.Write(line)
		if ended {
			to.WriteByte('\n')
		}
	}
}

// body is what was sent with the request: what stands between request and answer, else what stands behind the answer and is
// not the answer's own body. A request without Content-Length has none there.
func (v *transcript) body() []byte {
	behind := v.behind.Bytes()
	switch {
	case len(bytes.TrimSpace(v.between.Bytes())) > 0 || !v.answer:
		return v.between.Bytes()
	case v.sent <= 0:
		return nil
	}
	if body, ok := ending(behind, v.sent); ok {
		return body
	}
	if own, ok := beginning(behind, v.answered); ok {
		behind = behind[own:]
	}

	return bytes.TrimLeft(behind, "\r\n")
}

// length is the value of a line of Content-Length, or -1.
func length(line []byte) int {
	name, value, _ := strings.Cut(string(line), ":")
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if !strings.EqualFold(name, "content-length") || err != nil || n > MaxRequest {
		return -1
	}

	return n
}

// ending finds the lines at the end of a text that have n bytes: with LF as they stand, then with line ends behind them, then
// with CR LF.
func ending(text []byte, n int) ([]byte, bool) {
	last := len(bytes.TrimRight(text, "\r\n"))
	behind := min(2, bytes.Count(text[last:], []byte("\n")))
	for _, lineEnd := range []int{1, 2} {
		for more := range behind + 1 {
			if start, ok := endingAt(text[:last], n-more*lineEnd, lineEnd); ok {
				return text[start:nth(text, last, more)], true
			}
		}
	}

	return nil, false
}

// endingAt is where the lines at the end of a text begin that have n bytes, each line end counted as so many. The lines
// inside of a body may have them by chance, and begin with a blank.
func endingAt(text []byte, n, lineEnd int) (start int, ok bool) {
	for size, end := 0, len(text); end >= 0 && size <= n; end = start - 1 {
		start = bytes.LastIndexByte(text[:end], '\n') + 1
		if size += len(bytes.TrimRight(text[start:end], "\r")); size == n && end > start && text[start] > ' ' {
			return start, true
		}
		size += lineEnd
	}

	return 0, false
}

// nth is where the nth line end from a place on is over.
func nth(text []byte, from, n int) int {
	for range n {
		from += bytes.IndexByte(text[from:], '\n') + 1
	}

	return from
}

// beginning is how long the first n bytes are in a text, up to a line's end: a browser may have made two of each line end.
func beginning(text []byte, n int) (int, bool) {
	size := 0
	for i := 0; n >= 0 && size <= n; i++ {
		if size == n && (i == len(text) || text[i] == '\r' || text[i] == '\n') {
			return i, true
		}
		if i == len(text) {
			break
		}
		if text[i] != '\r' || i+1 == len(text) || text[i+1] != '\n' {
			size++
		}
	}

	return 0, false
}

// verbose reports whether a text is what curl -v prints: behind the command at most and what curl says of itself, a line with
// ">" comes first.
func verbose(text []byte) bool {
	command := false
	for rest := text; len(rest) > 0; {
		line, more, _ := bytes.Cut(rest, []byte("\n"))
		rest = more
		line = bytes.TrimRight(line, "\r \t")
		switch {
		case bytes.HasPrefix(line, []byte("> ")):
			return true
		case command, bytes.HasPrefix(line, []byte("$ ")), bytes.HasPrefix(line, []byte("curl ")):
			command = bytes.HasSuffix(line, []byte(`\`))
		case len(line) > 0 && !noise(line):
			return false
		}
	}

	return false
}

// noise is what curl says about the connection and its progress.
func noise(line []byte) bool {
	for _, mark := range []string{"* ", "{ [", "} ["} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	for _, meter := range []string{"% Total    % Received", "Dload  Upload", "--:--:--"} {
		if bytes.Contains(line, []byte(meter)) {
			return true
		}
	}

	return false
}
