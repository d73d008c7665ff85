// Package progress owns the six steps from a sign-up to the first 200 OK: their order, their names, and which one is next.
package progress

import "time"

// Step is one of the six, in their order.
type Step int

// The steps.
const (
	Verify Step = iota
	Certify
	CreateApp
	Connect
	Sign
	Answer
	// Steps is how many there are.
	Steps = 6
)

// The operations of the catalogue whose first success ends Sign and Answer.
const (
	FirstSigned = "consents.create"
	FirstAnswer = "card-accounts.list"
)

// String is what the step asks for: "Create an app".
func (s Step) String() string {
	return [Steps]string{
		"Verify your e-mail address", "Generate sandbox certificates", "Create an app", "Connect an API",
		"Send your first signed request", "Get 200 OK from card-accounts",
	}[s]
}

// Taken is when each step was taken; zero where it was not.
type Taken [Steps]time.Time

// Next is the first step that was not taken and when the newest of the others was: since then nothing has moved. It is not
// ok where all were taken.
func (t Taken) Next() (next Step, since time.Time, ok bool) {
	next = Steps
	for i, at := range t {
		if at.IsZero() {
			next = min(next, Step(i))
		} else if at.After(since) {
			since = at
		}
	}
	return next, since, next < Steps
}
