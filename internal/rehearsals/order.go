package rehearsals

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/fault"
)

// Bounds of an order. Seconds are how late a slow answer comes.
const (
	MaxCalls       = 10
	MaxSeconds     = 30
	defaultSeconds = 10
	maxHeader      = 64
	maxShown       = 40
)

// Header orders an answer for the very call that carries it; Marker names on the answer what was ordered.
const (
	Header = "Fairway-Rehearse"
	Marker = "Fairway-Rehearsal"
)

// Step is what the request log calls the check that met an order.
const Step = "Rehearsal"

// Wish is what was asked for, as it was typed. Zero values mean the usual.
type Wish struct {
	Outcome   string
	Status    int
	Seconds   int
	Operation string
	Calls     int
}

// Order is a wish that can be met.
type Order struct {
	Outcome Outcome
	// Status is the HTTP status of a refusal, else zero.
	Status int
	// Seconds is how late a slow answer comes, else zero.
	Seconds int
	// Operation is the one operation that it is for; empty for any.
	Operation string
	// Calls is how many calls meet it.
	Calls int
}

// Order checks a wish. The fault is that of a form, at outcome, status, seconds, operation and calls.
func (w Wish) Order() (Order, error) {
	outcome, known := Find(w.Outcome)
	o := Order{Outcome: outcome, Status: w.Status, Seconds: w.Seconds, Operation: w.Operation, Calls: max(w.Calls, 1)}
	var wrong []fault.Field
	refuse := func(is bool, name, text string) {
		if is {
			wrong = append(wrong, fault.Field{Name: name, Message: text})
		}
	}
	refuse(!known, "outcome", unknown(w.Outcome))
	if known && outcome.Effect == Refuse {
		if o.Status == 0 {
			o.Status = outcome.Statuses[0]
		}
		refuse(!slices.Contains(outcome.Statuses, o.Status), "status", outcome.Name+" comes with status "+statusWords(outcome.Statuses)+". Choose that, or leave the status out.")
	} else {
		refuse(known && o.Status != 0, "status", "Only a refusal has a status. Leave it out with "+outcome.Name+".")
	}
	if outcome.Effect == Slow {
		if o.Seconds == 0 {
			o.Seconds = defaultSeconds
		}
		refuse(o.Seconds < 1 || o.Seconds > MaxSeconds, "seconds", "Enter a whole number of seconds from 1 to 30.")
	} else {
		refuse(known && o.Seconds != 0, "seconds", "Only slow takes seconds. Leave them out with "+outcome.Name+".")
	}
	_, operation := catalog.OperationByID(o.Operation)
	refuse(o.Operation != "" && !operation, "operation", "Choose an operation by its name, such as card-accounts.list, or leave it out for any.")
	refuse(w.Calls < 0 || w.Calls > MaxCalls, "calls", "Enter a whole number of calls from 1 to 10.")
	if len(wrong) > 0 {
		return Order{}, fault.Form(wrong...)
	}
	return o, nil
}

func unknown(name string) string {
	if name == "" {
		return "Say what to rehearse: slow, cut-off, empty, malformed, a status such as 503, or a message code such as CONSENT_EXPIRED."
	}
	if len(name) > maxShown {
		name = name[:maxShown] + "…"
	}
	var bare []string
	for _, o := range outcomes {
		if o.Effect == Refuse && o.Code == "" {
			bare = append(bare, o.Name)
		}
	}
	return "\"" + strings.ToValidUTF8(name, "�") + "\" cannot be rehearsed. There are slow, cut-off, empty, malformed, " + strings.Join(bare, ", ") +
		", and the message codes of the bank APIs, as in CONSENT_EXPIRED; the documentation lists them under Errors."
}

func statusWords(statuses []int) string {
	words := make([]string, len(statuses))
	for i, s := range statuses {
		words[i] = strconv.Itoa(s)
	}
	return strings.Join(words, " or ")
}

// String names the order as a header writes it, with what is not the usual: "CONSENT_UNKNOWN;status=403".
func (o Order) String() string {
	switch {
	case o.Seconds > 0:
		return o.Outcome.Name + ";seconds=" + strconv.Itoa(o.Seconds)
	case len(o.Outcome.Statuses) > 1:
		return o.Outcome.Name + ";status=" + strconv.Itoa(o.Status)
	}
	return o.Outcome.Name
}

// Fits reports whether the order is for this operation.
func (o Order) Fits(operation string) bool { return o.Operation == "" || o.Operation == operation }

// Fault is the answer of a refusal that is given now, for the door to write with the order's status.
func (o Order) Fault(now time.Time) *fault.Error {
	return fault.New(fault.Invalid, o.Outcome.Code, o.Outcome.Text).At(o.Outcome.Path).After(o.Outcome.RetryAfter(now))
}

// ParseHeader reads an order for one call: an outcome, and behind semicolons what belongs to it, as in "slow;seconds=5" or
// "CONSENT_UNKNOWN;status=403". The fault is FORMAT_ERROR and names the header.
func ParseHeader(value string) (Order, error) {
	w, ok := ParseWish(value)
	if !ok {
		return Order{}, headerFault("The header " + Header + " is an outcome and, behind semicolons, seconds or status, as in slow;seconds=5. It has at most 64 characters.")
	}
	o, err := w.Order()
	if err != nil {
		return Order{}, headerFault(fault.Of(err).Fields[0].Message)
	}
	return o, nil
}

// ParseWish reads a wish as a header writes it, unchecked but for its form.
func ParseWish(value string) (w Wish, ok bool) {
	if len(value) > maxHeader {
		return Wish{}, false
	}
	name, rest, more := strings.Cut(value, ";")
	w.Outcome = strings.TrimSpace(name)
	for more {
		var param string
		param, rest, more = strings.Cut(rest, ";")
		key, text, _ := strings.Cut(strings.TrimSpace(param), "=")
		n, err := strconv.ParseUint(text, 10, 16)
		at := map[string]*int{"seconds": &w.Seconds, "status": &w.Status}[key]
		if err != nil || n == 0 || at == nil || *at != 0 {
			return Wish{}, false
		}
		*at = int(n)
	}
	return w, true
}

func headerFault(text string) error {
	return fault.New(fault.Invalid, "FORMAT_ERROR", text).At(Header)
}
