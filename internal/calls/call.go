// Package calls owns the request log of the machines' door: what came, what was checked in which order, and why
// it was accepted or refused.
package calls

import (
	"strconv"
	"time"
)

// MaxBody is how much of a body is kept, in bytes.
const MaxBody = 16 << 10

// Retention is how long a call is kept.
const Retention = 30 * 24 * time.Hour

// Call is one request to the bank's interface.
type Call struct {
	// ID grows with time; lists are read by it. NewID makes one.
	ID                    int64
	At                    time.Time
	Environment, Brand    string
	OrganisationID, AppID string
	RequestID             string
	Operation             string
	Method, Path          string
	Status                int
	Code                  string
	Duration              time.Duration
	Detail                Detail
}

// Detail is what the page of one call shows beyond the list. Headers are redacted and bodies masked before
// they get here.
type Detail struct {
	Steps           []Step      `json:"steps,omitempty"`
	RequestHeaders  [][2]string `json:"request_headers,omitempty"`
	ResponseHeaders [][2]string `json:"response_headers,omitempty"`
	RequestBody     string      `json:"request_body,omitempty"`
	ResponseBody    string      `json:"response_body,omitempty"`
	// Truncated says that a body was longer than MaxBody.
	Truncated     bool   `json:"truncated,omitempty"`
	SigningString string `json:"signing_string,omitempty"`
	Reason        string `json:"reason,omitempty"`
	ErrorPath     string `json:"error_path,omitempty"`
	TLSVersion    string `json:"tls_version,omitempty"`
	Thumbprint    string `json:"thumbprint,omitempty"`
	Subject       string `json:"subject,omitempty"`
	RemoteIP      string `json:"remote_ip,omitempty"`
	// Repeated says that the same X-Request-ID was seen before.
	Repeated bool `json:"repeated,omitempty"`
}

// Step is one check of the door, in the order it was made.
type Step struct {
	Name string `json:"name"`
	// Verdict is "passed", "failed" or "skipped".
	Verdict string `json:"verdict"`
	Text    string `json:"text,omitempty"`
	Micros  int64  `json:"micros"`
}

// The verdicts of a step.
const (
	Passed  = "passed"
	Failed  = "failed"
	Skipped = "skipped"
)

// FormatID writes a call's id for an address.
func FormatID(id int64) string { return strconv.FormatInt(id, 36) }

// ParseID reads what FormatID wrote.
func ParseID(text string) (int64, bool) {
	if len(text) == 0 || len(text) > 13 {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 36, 64)
	return id, err == nil && id > 0 && FormatID(id) == text
}
