package ui

// CodeView is text for a machine. Spans colour it; without them Text is shown as it is.
type CodeView struct {
	ID    string
	Title string
	Text  string
	Spans []Span
	Wrap  bool // long lines break: signatures, certificates
	Plain bool // no button to copy
	Tall  bool // scrolls instead of growing without end
}

// Span is a piece of code of one kind: "k" keyword, "p" property or header name, "s" string, "n" number, "f" function,
// "c" comment, "m" marked, "" anything else.
type Span struct{ Kind, Text string }

// SecretView is a value that is shown this once.
type SecretView struct {
	ID, Label, Value, Note string
}

// KV is one fact.
type KV struct {
	Key, Value string
	Href       string
	Mono       bool
	Copy       string // id to copy by; the button appears with it
	Tone       Tone   // with Badge
	Badge      bool
}

// CheckItem is one thing that was looked at, and how it stood.
type CheckItem struct {
	Tone         Tone // Plain is "not looked at yet"
	Text, Detail string
}

// TableView is a table in a box that scrolls sideways by itself.
type TableView struct {
	ID      string
	Caption string
	Show    bool // the caption is shown, not only read out
	Columns []Column
	Rows    string // id of the tbody, for parts that are fetched again
	Flat    bool   // stays a table in narrow windows, where others make a card of each row
}

// Column is the head of a column. A link in it sorts; Sorted is "ascending", "descending" or "".
type Column struct {
	Text   string
	Number bool
	Hidden bool // the text is only read out
	Href   string
	Sorted string
}

// PagerView leads to what is newer and older than a list shows.
type PagerView struct {
	Label        string // "Pages of requests"
	Newer, Older string // addresses, or ""
	Text         string // "Kept for 30 days"
}

// DiffView is two texts compared. The signs carry the meaning, the colours support it.
type DiffView struct {
	ID, Caption string
	Lines       []DiffLine
}

// DiffLine is one line: "add", "del" or "" for the same on both sides.
type DiffLine struct {
	Kind, Number string
	Parts        []DiffPart
}

// DiffPart is a piece of a line; Changed marks where it differs.
type DiffPart struct {
	Text    string
	Changed bool
}

// HTTPView is a request or an answer as it stood on the wire.
type HTTPView struct {
	ID      string
	Title   string // "Request"
	Start   string // request line or status line
	Headers []HTTPHeader
	Body    string
	Spans   []Span // the body, coloured
	Note    string // "Authorization is shortened"
}

// HTTPHeader is one header; Note says where it comes from.
type HTTPHeader struct{ Name, Value, Note string }

func (v TableView) region() string { return v.Caption }

func (c Column) class() string { return when(c.Number, "num") }

func (l DiffLine) sign() string {
	switch l.Kind {
	case "add":
		return "+"
	case "del":
		return "−"
	}
	return ""
}

func (l DiffLine) spoken() string {
	switch l.Kind {
	case "add":
		return "added"
	case "del":
		return "removed"
	}
	return ""
}

func (v CodeView) class() string { return join("code", when(v.Wrap, "wrap"), when(v.Tall, "tall")) }

func (c CheckItem) icon() string {
	if c.Tone == Plain {
		return "clock"
	}
	return toneIcon(c.Tone)
}

func (c CheckItem) spoken() string {
	switch c.Tone {
	case OK:
		return "Passed: "
	case Warn:
		return "Warning: "
	case Bad:
		return "Failed: "
	case Plain:
		return "Not checked yet: "
	}
	return ""
}

// body gives the code block for the body of a message.
func (v HTTPView) body() CodeView {
	return CodeView{ID: v.ID + "-body", Title: v.Title + " body", Text: v.Body, Spans: v.Spans, Tall: true}
}
