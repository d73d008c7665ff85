package ui

// CallView is one call of the request log: what was checked, what is known of it, what was sent and what came back.
type CallView struct {
	Facts     []KV
	Steps     []CheckRow
	StepsNote string
	Signing   *CodeView
	Start     string // the request line
	Status    string // of the answer
	Request   []HTTPHeader
	Body      *CodeView
	Answer    []HTTPHeader
	AnswerTo  *CodeView
	BodyNote  string
}

// CheckRow is one check of the door, in its order.
type CheckRow struct {
	Name, Status, Text, Took string
	Tone                     Tone
	// From and Width are where its time lies in that of all, in thousandths; empty where none was measured.
	From, Width string
}
