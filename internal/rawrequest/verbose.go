package rawrequest

import "bytes"

// unverbose takes the request out of what curl -v prints: the lines that begin with ">", and as its body what stands
// between them and the answer, since curl does not print it and people put it there. Any other text stays as it is.
func unverbose(text []byte) []byte {
	if !verbose(text) {
		return text
	}
	var head, body bytes.Buffer
	inBody := false
	for rest := text; len(rest) > 0; {
		line, more, ended := bytes.Cut(rest, []byte("\n"))
		rest = more
		switch {
		case bytes.HasPrefix(line, []byte(">")) && !inBody:
			line = bytes.TrimPrefix(bytes.TrimPrefix(line, []byte(">")), []byte(" "))
			inBody = len(bytes.TrimRight(line, "\r")) == 0
			head.Write(line)
			head.WriteByte('\n')
		case bytes.HasPrefix(line, []byte("< ")), bytes.HasPrefix(line, []byte(">")):
			rest = nil // the answer, or another request
		case noise(line), !inBody:
		default:
			body.Write(line)
			if ended {
				body.WriteByte('\n')
			}
		}
	}

	return append(head.Bytes(), body.Bytes()...)
}

// verbose reports whether a text is what curl -v prints: a request line or a header behind ">".
func verbose(text []byte) bool {
	for rest := text; len(rest) > 0; {
		line, more, _ := bytes.Cut(rest, []byte("\n"))
		rest = more
		line = bytes.TrimRight(line, "\r \t")
		switch {
		case bytes.HasPrefix(line, []byte("> ")):
			return true
		case len(line) > 0 && !noise(line):
			return false
		}
	}

	return false
}

// noise is what curl says about the connection.
func noise(line []byte) bool {
	for _, mark := range []string{"* ", "{ [", "} ["} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}

	return false
}
