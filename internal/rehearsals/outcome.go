package rehearsals

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairway/internal/consents"
	"fairway/internal/messagecode"
)

// Effect is what an outcome does to a call.
type Effect string

// The effects. A refusal answers in place of the operation; in all others the operation is carried out, and its own answer
// comes late, cut off, without its body, or as half a JSON document.
const (
	Refuse    Effect = "refuse"
	Slow      Effect = "slow"
	CutOff    Effect = "cut-off"
	Empty     Effect = "empty"
	Malformed Effect = "malformed"
)

// Outcome is one answer that can be ordered.
type Outcome struct {
	// Name is how it is ordered: a message code, an HTTP status, or the name of a bad day.
	Name   string
	Effect Effect
	// Code is the message code of the answer; empty where it has none.
	Code string
	// Statuses are those that a refusal can have, the usual one first.
	Statuses []int
	// Title says in a few words what the call meets, Text in the answer and in the log that it was ordered.
	Title, Text string
	// Path is the header or field that the answer points to; empty where it points to none.
	Path string
	// wait is how long the answer asks to wait; nil where waiting does not help.
	wait func(now time.Time) time.Duration
}

// Outcomes lists what can be ordered: message codes by name, then statuses without a code, then bad days.
func Outcomes() []Outcome { return slices.Clone(outcomes) }

// Find is the outcome of that name, in its exact letters.
func Find(name string) (Outcome, bool) {
	i := slices.IndexFunc(outcomes, func(o Outcome) bool { return o.Name == name })
	if i < 0 {
		return Outcome{}, false
	}
	return outcomes[i], true
}

// ordered begins every text: nobody shall take a rehearsed answer for a real one.
const ordered = "Rehearsed: you ordered this answer. "

var outcomes = slices.Concat(coded(), bare(), badDays)

func coded() []Outcome {
	var list []Outcome
	for _, r := range messagecode.All() {
		list = append(list, Outcome{Name: r.Code, Effect: Refuse, Code: r.Code, Statuses: r.HTTP, Title: r.Title,
			Text: ordered + r.What + " " + messagecode.Plain(r.Fixes[0]), Path: paths[r.Code], wait: waits[r.Code]})
	}
	return list
}

// bare are the statuses that come without a code: ours, and those of whatever stands between a TPP and us.
func bare() []Outcome {
	var list []Outcome
	for _, r := range messagecode.Statuses() {
		list = append(list, status(r.HTTP[0], r.Title))
	}
	list = append(list, status(502, "A server between could not reach us"), status(504, "A server between waited too long for us"))
	slices.SortFunc(list, func(a, b Outcome) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func status(n int, title string) Outcome {
	name := strconv.Itoa(n)
	return Outcome{Name: name, Effect: Refuse, Statuses: []int{n}, Title: title, Text: strings.TrimSpace(ordered), wait: waits[name]}
}

var badDays = []Outcome{
	{Name: string(Slow), Effect: Slow, Title: "The answer comes late", Text: ordered + "It came late."},
	{Name: string(CutOff), Effect: CutOff, Title: "The connection is cut in the middle of the answer",
		Text: ordered + "The operation was carried out, and its answer was cut off after half of its body."},
	{Name: string(Empty), Effect: Empty, Title: "The answer has no body", Text: ordered + "The operation was carried out, and its answer was sent without its body."},
	{Name: string(Malformed), Effect: Malformed, Title: "The answer is no JSON", Text: ordered + "The operation was carried out, and half of its answer was sent as if it were the whole."},
}

// paths are what real answers of these codes most often point to.
var paths = map[string]string{
	"API_KEY_INVALID": "X-API-Key", "API_KEY_MISSING": "X-API-Key",
	"CERTIFICATE_BLOCKED": "TLS", "CERTIFICATE_EXPIRED": "TLS", "CERTIFICATE_INVALID": "TLS", "CERTIFICATE_MISSING": "TLS", "CERTIFICATE_REVOKED": "TLS", "ROLE_INVALID": "TLS",
	"CONSENT_EXPIRED": "Consent-ID", "CONSENT_INVALID": "Consent-ID", "CONSENT_UNKNOWN": "Consent-ID",
	"FORMAT_ERROR": "X-Request-ID", "PARAMETER_NOT_SUPPORTED": "withBalance", "PERIOD_INVALID": "dateFrom", "REQUESTED_FORMATS_INVALID": "Accept",
	"SESSIONS_NOT_SUPPORTED": "combinedServiceIndicator", "SIGNATURE_INVALID": "Signature", "SIGNATURE_MISSING": "Signature",
	"TOKEN_EXPIRED": "Authorization", "TOKEN_INVALID": "Authorization", "TOKEN_UNKNOWN": "Authorization",
}

// waits are what real answers ask for in Retry-After.
var waits = map[string]func(time.Time) time.Duration{
	"503": seconds(5), "ACCESS_EXCEEDED": consents.UntilCountedAnew, "BANK_UNAVAILABLE": seconds(10), "RATE_LIMIT_EXCEEDED": seconds(1),
}

func seconds(n int) func(time.Time) time.Duration {
	return func(time.Time) time.Duration { return time.Duration(n) * time.Second }
}

// RetryAfter is how long the answer asks to wait if it is given now; zero where waiting does not help.
func (o Outcome) RetryAfter(now time.Time) time.Duration {
	if o.wait == nil {
		return 0
	}
	return o.wait(now)
}
