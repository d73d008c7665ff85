package nca

import "time"

// Asked is told when a reviewer put a question to the organisation.
type Asked struct {
	EnrolmentID string `json:"enrolment_id"`
	Version     int    `json:"version"`
}

// Kind is the fact's stable name.
func (Asked) Kind() string { return "nca.asked" }

// Decided is told when an enrolment was approved or rejected.
type Decided struct {
	EnrolmentID string `json:"enrolment_id"`
	Approved    bool   `json:"approved"`
}

// Kind is the fact's stable name.
func (Decided) Kind() string { return "nca.decided" }

// Due is told when an approval is to be looked at again.
type Due struct {
	EnrolmentID string `json:"enrolment_id"`
}

// Kind is the fact's stable name.
func (Due) Kind() string { return "nca.due" }

// Suspended is told when an approval ended because a source said so.
type Suspended struct {
	EnrolmentID string `json:"enrolment_id"`
}

// Kind is the fact's stable name.
func (Suspended) Kind() string { return "nca.suspended" }

// Narrowed is told when the register took roles from an approval that keeps others. Version is the enrolment's since.
type Narrowed struct {
	EnrolmentID string `json:"enrolment_id"`
	Version     int    `json:"version"`
}

// Kind is the fact's stable name.
func (Narrowed) Kind() string { return "nca.narrowed" }

// Doubted is told once when something casts doubt on an approval. Code is that of the finding, Since when it was first made.
type Doubted struct {
	EnrolmentID string    `json:"enrolment_id"`
	Code        string    `json:"code"`
	Since       time.Time `json:"since"`
}

// Kind is the fact's stable name.
func (Doubted) Kind() string { return "nca.doubted" }

// Restored is told when a person gave a suspended approval back. Version is the enrolment's since.
type Restored struct {
	EnrolmentID string `json:"enrolment_id"`
	Version     int    `json:"version"`
}

// Kind is the fact's stable name.
func (Restored) Kind() string { return "nca.restored" }
