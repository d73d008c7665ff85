package playground

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
)

const (
	maxParameter = 512
	maxProblem   = 500
)

// arrival is what the bank sent the browser back with (RFC 6749 §4.1.2, RFC 9207).
type arrival struct {
	code, state       secret.Text
	issuer            string
	refused, sentence string
}

// callback is the playground's redirect URI. The exchange of the code is part of the protocol's redirect: it happens
// once a run, by whoever started it, and however often the address is opened.
func (p *Playground) callback(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)
	if c.Request.Method == http.MethodHead {
		c.Status(http.StatusOK)
		return nil
	}

	came, ok := readArrival(c)
	run, err := p.Flows.ByState(ctx, flowOwner(v), v.PersonID, came.state)
	if !ok || fault.Is(err, fault.NotFound) {
		return p.goTo(c, flowPath, "warn", "This answer of a bank belongs to no run that you started here, or to one that was started again since. Nothing was done with it.")
	}
	if err != nil {
		return err
	}

	return p.backTo(c, run.ID, p.arrive(ctx, run, came))
}

// readArrival takes each parameter once; what comes twice means different things to different readers.
func readArrival(c *gin.Context) (arrival, bool) {
	query := c.Request.URL.Query()
	values, ok := map[string]string{}, true
	for _, name := range []string{"code", "state", "iss", "error", "error_description"} {
		found := query[name]
		if len(found) > 1 || len(found) == 1 && (len(found[0]) > 4*maxParameter || !utf8.ValidString(found[0])) {
			ok = false
			continue
		}
		values[name] = query.Get(name)
	}
	return arrival{code: secret.Text(values["code"]), state: secret.Text(values["state"]), issuer: values["iss"],
		refused: values["error"], sentence: values["error_description"]}, ok
}

// arrive goes on with a run whose customer is back. One that has gone on already stays as it is.
func (p *Playground) arrive(ctx context.Context, run *flows.Flow, came arrival) error {
	if run.Step != flows.Authorise {
		return nil
	}
	run, err := p.Flows.Take(ctx, run.Owner, run.ID, flows.Authorise)
	if err != nil {
		return err
	}
	if run.Problem = p.judge(run, came); run.Problem != nil {
		return p.Flows.Save(ctx, run)
	}
	run.Secrets.Code, run.Step = came.code, flows.Exchange
	return p.advance(ctx, run)
}

// judge says why the code is not exchanged, or nil. The issuer comes first: nothing else of an answer counts that
// another server sent (RFC 9207 §2.4).
func (p *Playground) judge(run *flows.Flow, came arrival) *flows.Problem {
	want := p.issuerOf(run.Brand)
	switch {
	case came.issuer == "":
		return &flows.Problem{Code: "iss_missing", Text: "The answer has no parameter iss, so it is not known who sent it. Expected was " + want + ". The code was not used."}
	case came.issuer != want:
		return &flows.Problem{Code: "iss_mismatch", Text: "The answer was sent by " + clip(came.issuer, 200) + ", but the customer was sent to " + want + ". The code was not used."}
	case came.refused != "":
		return &flows.Problem{Code: clip(came.refused, 60), Text: clip(came.sentence, maxProblem)}
	case came.code == "" || len(came.code) > maxParameter:
		return &flows.Problem{Code: "code_missing", Text: "The answer carries neither a code nor an error."}
	}
	return nil
}

// clip cuts text from outside to a length that fits a page.
func clip(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
