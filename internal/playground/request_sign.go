package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/bankclient"
	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	"fairway/web/templates/ui"
)

// heldRequest is a single request that waits for its signature: everything that it is made of.
type heldRequest struct {
	Values    url.Values           `json:"values"`
	Body      string               `json:"body"`
	Bearer    string               `json:"bearer"`
	RequestID string               `json:"request_id"`
	Token     *bankclient.Exchange `json:"token,omitempty"`
}

// errChanged is a request whose app, brand or operation is another one by now.
var errChanged = fault.New(fault.Conflict, "request_changed", "The app or its connection was changed since the request was prepared, so it was not sent. Fill it in and send it again.")

// chosen is the form as it was sent, as far as the request is made of it.
func (f *requestForm) chosen() url.Values {
	values := url.Values{"app": {f.app.ID}, "brand": {f.brand.ID}, "operation": {f.operation.ID}}
	if f.mistake.ID != "" {
		values.Set("mistake", string(f.mistake.ID))
	}
	for name, value := range f.values {
		values.Set(name, value)
	}
	return values
}

// holdRequest prepares a request and keeps it on our side, so that the browser that signs it cannot change it.
func (p *Playground) holdRequest(ctx context.Context, v httpkit.Visitor, id bankclient.Identity, f requestForm, r bankclient.Request, token *bankclient.Exchange) (*sent, error) {
	h := heldRequest{Values: f.chosen(), Body: f.body, Bearer: r.Bearer.Reveal(), RequestID: secret.UUID(), Token: token}
	r.RequestID = h.RequestID
	text, err := p.client.SigningString(id, r)
	if err != nil {
		return nil, prefixed(err, "header-")
	}
	return p.hold(ctx, v, h, text)
}

func (p *Playground) hold(ctx context.Context, v httpkit.Visitor, h heldRequest, text string) (*sent, error) {
	packed, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode a held request: %w", err)
	}
	held, err := p.Flows.Hold(ctx, flowOwner(v), v.PersonID, secret.Text(packed))
	if err != nil {
		return nil, err
	}
	seal, err := p.Certs.RegisteredSeal(ctx, v.OrganisationID, env)
	if err != nil {
		return nil, err
	}
	view := signView(requestPath+"/sign#result", []ui.Hidden{{Name: "held", Value: held}}, text, seal)
	if h.Values.Get("mistake") == string(bankclient.PSS) {
		view.Seal.Scheme = "RSA-PSS"
	}
	return &sent{token: h.Token, sign: view}, nil
}

// heldForm names a held request and brings its signature.
type heldForm struct {
	Held      string `form:"held"`
	Signature string `form:"signature"`
}

// signRequest sends a held request with the signature that the browser made.
func (p *Playground) signRequest(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)

	var hf heldForm
	if err := httpkit.BindForm(c, &hf); err != nil {
		return p.goTo(c, requestPath, "bad", fault.Of(err).Message)
	}
	packed, err := p.Flows.Redeem(ctx, flowOwner(v), v.PersonID, hf.Held)
	if errors.Is(err, flows.ErrNotHeld) {
		return p.goTo(c, requestPath, "bad", flows.ErrNotHeld.Message)
	}
	if err != nil {
		return err
	}
	var h heldRequest
	if err := json.Unmarshal([]byte(packed.Reveal()), &h); err != nil {
		return fmt.Errorf("read a held request: %w", err)
	}
	f, err := p.readRequest(c, h.Values)
	if err != nil {
		return err
	}
	f.body = h.Body

	got, err := p.sendHeld(ctx, v, f, h, signForm{hf.Signature})

	if c.Request.Context().Err() != nil {
		return nil // who left reads no page
	}
	return p.showRequest(c, f, got, err)
}

// sendHeld sends it once. Where the signature is none of the seal's the request goes on waiting, under another id.
func (p *Playground) sendHeld(ctx context.Context, v httpkit.Visitor, f requestForm, h heldRequest, s signForm) (*sent, error) {
	if f.app.ID != h.Values.Get("app") || f.brand.ID != h.Values.Get("brand") || f.operation.ID != h.Values.Get("operation") {
		return nil, errChanged
	}
	id, err := p.identity(ctx, v.OrganisationID, f.app.ID)
	if err != nil {
		return nil, err
	}
	r, err := f.compose(secret.Text(h.Bearer))
	if err != nil {
		return nil, err
	}
	r.RequestID = h.RequestID
	signature, refused := s.decoded()
	if refused == nil {
		r.Signature = signature
		e, err := p.send(ctx, v, id, f, r)
		if !errors.Is(err, bankclient.ErrOtherKey) {
			return outcome(id, e, h.Token), err
		}
		refused = err
	}
	text, err := p.client.SigningString(id, r)
	if err != nil {
		return nil, err
	}
	again, err := p.hold(ctx, v, h, text)
	if err != nil {
		return nil, err
	}
	return again, refused
}
