package playground

import (
	"context"
	"net/url"
	"time"

	"fairway/internal/bankclient"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/notebook"
)

const (
	// waitScript shows how long a bank takes, and looks again at what is under way.
	waitScript = "wait.js"
	// lookAgainAfter are the seconds after which a browser without script looks again.
	lookAgainAfter = "3"
)

func noteOwner(v httpkit.Visitor) notebook.Owner {
	return notebook.Owner{OrganisationID: v.OrganisationID, Environment: env, PersonID: v.PersonID}
}

// runOwner is the person who started a run.
func runOwner(run *flows.Flow) notebook.Owner {
	return notebook.Owner{OrganisationID: run.OrganisationID, Environment: env, PersonID: run.PersonID}
}

// noting writes a request down before it is sent and what came of it after, so that the history has it wherever the person
// has gone meanwhile. What could not be sent is not kept.
func (p *Playground) noting(ctx context.Context, o notebook.Owner, s notebook.Sent, send func() (bankclient.Exchange, error)) (bankclient.Exchange, error) {
	id, err := p.Notebook.Record(ctx, o, s)
	if err != nil {
		return bankclient.Exchange{}, err
	}
	e, err := send()
	if err != nil {
		if failed := p.Notebook.Withdraw(ctx, o, id); failed != nil {
			return e, failed
		}
		return e, err
	}
	return e, p.Notebook.Finish(ctx, o, id, answered(e))
}

// answered is what the history keeps of an answer.
func answered(e bankclient.Exchange) notebook.Sent {
	r, _ := e.Refusal()
	id, _ := calls.ParseID(e.CallID) // none where nothing came back
	return notebook.Sent{CallID: id, RequestID: e.RequestID, Status: e.Status, Code: r.Code, Duration: max(e.Duration, time.Microsecond)}
}

// noted is the request of a form as the history keeps it.
func (f *requestForm) noted() notebook.Sent {
	form := f.chosen()
	if f.body != "" && f.operation.HasBody {
		form.Set("body", f.body)
	}
	return notebook.Sent{Brand: f.brand.ID, Operation: f.operation.ID, Form: form}
}

// notedStep is the signed request of a step of the flow, as a form that sends the same alone.
func notedStep(run *flows.Flow) notebook.Sent {
	form := url.Values{"app": {run.AppID}, "brand": {run.Brand}, "header-PSU-IP-Address": {psuAddress}}
	operation := "card-accounts.list"
	if run.Step == flows.Consent {
		operation = "consents.create"
		form.Set("body", run.Request)
	} else {
		form.Set("header-Consent-ID", run.ConsentID)
	}
	form.Set("operation", operation)
	return notebook.Sent{Brand: run.Brand, Operation: operation, Form: form}
}

// caller is for whom a token is asked for.
type caller struct {
	owner      notebook.Owner
	app, brand string
	identity   bankclient.Identity
}

// token asks the token endpoint. Of the grant the history keeps its type: no code, no secret, no token.
func (p *Playground) token(ctx context.Context, c caller, g bankclient.Grant) (e bankclient.Exchange, tokens bankclient.Tokens, err error) {
	s := notebook.Sent{Brand: c.brand, Operation: grantOperation, Form: url.Values{"app": {c.app}, "brand": {c.brand}, "operation": {grantOperation}, "grant": {g.Type}}}
	e, err = p.noting(ctx, c.owner, s, func() (e bankclient.Exchange, err error) {
		e, tokens, err = p.client.Token(ctx, c.identity, g)
		return e, err
	})
	return e, tokens, err
}

// tokenCall is the token endpoint as a single request: the one grant that needs nothing of a customer.
var tokenCall = catalog.Operation{ID: grantOperation, Method: "POST", Pattern: "/token", Summary: "An access token of your own, by client credentials.", Success: 200}

// operationByID finds an operation of the banks, or the token endpoint.
func operationByID(id string) (catalog.Operation, bool) {
	if id == grantOperation {
		return tokenCall, true
	}
	return catalog.OperationByID(id)
}

// grant is a kind of token call: what it is called, and why it cannot be made again, where it cannot.
type grant struct{ words, once string }

var grants = map[string]grant{
	"client_credentials": {words: "Client credentials"},
	"authorization_code": {words: "Code for a token", once: "A code works once: a new run of the example flow gets another."},
	"refresh_token":      {words: "Token renewed", once: "A refresh token works once: its run has the successor."},
}

// grantOf is the grant of a token call; ok is false for any other request.
func grantOf(s notebook.Sent) (g grant, ok bool) {
	if s.Operation != grantOperation {
		return grant{}, false
	}
	return grants[s.Form.Get("grant")], true
}

// errOnce is a token call that nobody can make again.
var errOnce = fault.New(fault.Conflict, "works_once", "This call cannot be sent again or saved: codes and refresh tokens work once. A new run of the example flow gets new ones.")

// repeatable is a request of the visitor's history that can be made again, else errOnce.
func (p *Playground) repeatable(ctx context.Context, v httpkit.Visitor, id string) (notebook.Sent, error) {
	s, err := p.Notebook.SentByID(ctx, noteOwner(v), id)
	if g, _ := grantOf(s); err == nil && g.once != "" {
		return s, errOnce
	}
	return s, err
}
