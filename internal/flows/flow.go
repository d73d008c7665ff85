package flows

import (
	"encoding/json"
	"fmt"
	"time"

	"fairway/internal/bankclient"
	"fairway/internal/catalog"
	"fairway/internal/secret"
)

// Step is what a flow does next.
type Step string

// The steps of the example flow, in their order. A step that fails stays the next one.
//
//	token ──> consent ──> authorise ──back with a code──> exchange ──> accounts ──> done
//	                         │ ▲
//	                         └─┘ back without one: Problem says why
const (
	Token     Step = "token"
	Consent   Step = "consent"
	Authorise Step = "authorise"
	Exchange  Step = "exchange"
	Accounts  Step = "accounts"
	Done      Step = "done"
)

// Refresh names the record of a token that was renewed; no flow stands there.
const Refresh Step = "refresh"

// Steps lists the six steps that are taken.
func Steps() []Step { return []Step{Token, Consent, Authorise, Exchange, Accounts, Done} }

// Owner is whose flow it is.
type Owner struct {
	OrganisationID string
	Environment    catalog.Environment
}

// Flow is one run of the example flow. It is the caller's own copy.
type Flow struct {
	ID string
	Owner
	// PersonID is who started it, and the only one who can bring the code back.
	PersonID     string
	AppID, Brand string
	// Access names the choice behind Request, the body of the consent request.
	Access, Request string
	Step            Step
	// Problem is why the bank sent the customer back without a code; nil where it did not.
	Problem   *Problem
	ConsentID string
	Records   []Record
	Secrets   Secrets
	// Busy tells that a request is taking the next step at this moment.
	Busy                 bool
	CreatedAt, UpdatedAt time.Time

	lease string
}

// Problem is an error of the authorisation answer, or what is wrong with that answer.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Record is what a step sent and what came back, as it may be shown.
type Record struct {
	Step     Step                `json:"step"`
	Exchange bankclient.Exchange `json:"exchange"`
}

// Secrets are the values that a flow carries forward. They are stored sealed and print as "[secret]".
type Secrets struct {
	ClientToken          secret.Text
	State, Verifier      secret.Text
	Code                 secret.Text
	AccessToken, Refresh secret.Text
	// ExpiresAt is when AccessToken ends.
	ExpiresAt time.Time
	// Waiting is the request of the next step, where its signature is made elsewhere.
	Waiting Waiting
}

// maxKept is how much of an answer's body a flow keeps.
const maxKept = 64 << 10

// Put keeps what a step sent and got, instead of what it had before.
func (f *Flow) Put(step Step, e bankclient.Exchange) {
	if len(e.AnswerBody) > maxKept {
		e.AnswerBody, e.Truncated = e.AnswerBody[:maxKept], true
	}
	for i := range f.Records {
		if f.Records[i].Step == step {
			f.Records[i].Exchange = e
			return
		}
	}
	f.Records = append(f.Records, Record{step, e})
}

// Of is what a step sent and got.
func (f *Flow) Of(step Step) (bankclient.Exchange, bool) {
	for _, r := range f.Records {
		if r.Step == step {
			return r.Exchange, true
		}
	}
	return bankclient.Exchange{}, false
}

// Passed reports whether a step was taken.
func (f *Flow) Passed(step Step) bool { return f.Step.position() > step.position() }

func (s Step) position() int {
	for i, step := range Steps() {
		if step == s {
			return i
		}
	}
	return -1
}

// clear is Secrets as they are sealed.
type clear struct {
	ClientToken string    `json:"client_token,omitempty"`
	State       string    `json:"state,omitempty"`
	Verifier    string    `json:"verifier,omitempty"`
	Code        string    `json:"code,omitempty"`
	AccessToken string    `json:"access_token,omitempty"`
	Refresh     string    `json:"refresh_token,omitempty"`
	ExpiresAt   time.Time `json:"expires_at,omitzero"`
	Waiting     Waiting   `json:"waiting,omitzero"`
}

func place(id string) string { return "flows|" + id + "|sealed" }

func (s Secrets) seal(ring *secret.Ring, id string) (string, error) {
	text, err := json.Marshal(clear{s.ClientToken.Reveal(), s.State.Reveal(), s.Verifier.Reveal(), s.Code.Reveal(), s.AccessToken.Reveal(), s.Refresh.Reveal(), s.ExpiresAt, s.Waiting})
	if err != nil {
		return "", fmt.Errorf("encode a flow's secrets: %w", err)
	}
	sealed, err := ring.Seal(place(id), text)
	if err != nil {
		return "", fmt.Errorf("seal a flow's secrets: %w", err)
	}
	return sealed, nil
}

func open(ring *secret.Ring, id, sealed string) (Secrets, error) {
	if sealed == "" {
		return Secrets{}, nil
	}
	text, err := ring.Open(place(id), sealed)
	if err != nil {
		return Secrets{}, fmt.Errorf("open a flow's secrets: %w", err)
	}
	var c clear
	if err := json.Unmarshal(text, &c); err != nil {
		return Secrets{}, fmt.Errorf("read a flow's secrets: %w", err)
	}
	return Secrets{ClientToken: secret.Text(c.ClientToken), State: secret.Text(c.State), Verifier: secret.Text(c.Verifier), Code: secret.Text(c.Code),
		AccessToken: secret.Text(c.AccessToken), Refresh: secret.Text(c.Refresh), ExpiresAt: c.ExpiresAt, Waiting: c.Waiting}, nil
}
