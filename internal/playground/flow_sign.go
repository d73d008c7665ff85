package playground

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/bankclient"
	"fairway/internal/certs"
	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// maxSignature is the length of a signature in base64: an RSA key of 4096 bits gives 684 characters.
const maxSignature = 700

var (
	errNoSignature = fault.New(fault.Invalid, "signature_missing", "The browser sent no signature, so nothing was sent to the bank. Signing needs script, and the seal's key in this browser.")
	errWaitedLong  = fault.New(fault.Conflict, "request_waited", "The request waited for its signature for more than ten minutes, so it was prepared anew. Sign it again.")
)

// speaker is whom a step is taken for, with a signature that was made in the browser where the seal's key is there.
type speaker struct {
	bankclient.Identity
	signature []byte
}

// signedHere tells whether the seal's key is with us.
func (s speaker) signedHere() bool { return s.SealKey != nil }

// of is the same for the token endpoint.
func (s speaker) of(run *flows.Flow) caller {
	return caller{runOwner(run), run.AppID, run.Brand, s.Identity}
}

// stepRequest is the signed request of a step: the consent, or the card accounts.
func stepRequest(run *flows.Flow) bankclient.Request {
	if run.Step == flows.Consent {
		return bankclient.Request{
			Environment: string(env), Brand: run.Brand, Method: http.MethodPost, Path: "/consent/v1/consents", Body: run.Request,
			Headers: []bankclient.Param{{Name: "PSU-IP-Address", Value: psuAddress}}, Bearer: run.Secrets.ClientToken,
		}
	}
	return bankclient.Request{
		Environment: string(env), Brand: run.Brand, Method: http.MethodGet, Path: "/card-account/v1/card-accounts", Bearer: run.Secrets.AccessToken,
		Headers: []bankclient.Param{{Name: "Consent-ID", Value: run.ConsentID}, {Name: "PSU-IP-Address", Value: psuAddress}},
	}
}

// sendStep sends the request of a step. Where its signature is made elsewhere and is not here yet, the request is prepared
// and nothing is sent: what was prepared is fixed by the run and the id of the request, and the browser changes neither.
func (p *Playground) sendStep(ctx context.Context, who speaker, run *flows.Flow) (e bankclient.Exchange, sent bool, err error) {
	r := stepRequest(run)
	if !who.signedHere() {
		if len(who.signature) == 0 {
			run.Secrets.Waiting = flows.Waiting{RequestID: secret.UUID(), Since: p.Clock.Now()}
			return e, false, nil
		}
		r.RequestID, r.Signature = run.Secrets.Waiting.RequestID, who.signature
	}
	e, err = p.noting(ctx, runOwner(run), notedStep(run), func() (bankclient.Exchange, error) { return p.client.Send(ctx, who.Identity, r) })
	if err != nil {
		return e, false, err
	}
	run.Secrets.Waiting = flows.Waiting{}
	return e, true, nil
}

// signForm is what the browser sends for a prepared request: its signature alone.
type signForm struct {
	Signature string `form:"signature"`
}

// decoded reads the signature; what is none is told so.
func (f signForm) decoded() ([]byte, error) {
	if f.Signature == "" || len(f.Signature) > maxSignature {
		return nil, errNoSignature
	}
	signature, err := base64.StdEncoding.DecodeString(f.Signature)
	if err != nil || len(signature) == 0 {
		return nil, errNoSignature
	}
	return signature, nil
}

// signFlow sends the prepared request of a step with the signature that the browser made.
func (p *Playground) signFlow(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)

	run, err := p.Flows.ByID(ctx, flowOwner(v), c.Param("id"))
	if err != nil {
		return err
	}
	var f signForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.backTo(c, run.ID, err)
	}

	signature, err := f.decoded()
	if err == nil {
		err = p.sendSigned(ctx, run, signature)
	}

	return p.backTo(c, run.ID, err)
}

// sendSigned leases the run and sends what waits, or prepares it anew where it waited too long.
func (p *Playground) sendSigned(ctx context.Context, run *flows.Flow, signature []byte) error {
	if run.Secrets.Waiting.RequestID == "" {
		return flows.ErrMoved
	}
	run, err := p.Flows.Take(ctx, run.Owner, run.ID, run.Step)
	if err != nil {
		return err
	}
	if run.Secrets.Waiting.Fresh(p.Clock.Now()) {
		return p.advanceWith(ctx, run, signature)
	}
	if err := p.advance(ctx, run); err != nil {
		return err
	}
	return errWaitedLong
}

// signView is the part of a page that signs a text in the browser and posts the signature.
func signView(action string, fields []ui.Hidden, text string, seal certs.Certificate) *page.SignView {
	exact, _ := json.Marshal(text) // a string of ASCII: it cannot fail
	return &page.SignView{Action: action, Exact: string(exact), Fields: fields, Seal: sealKeyView(seal), Serial: seal.Serial,
		Text: ui.CodeView{ID: "to-sign", Title: "Signing string", Text: text, Wrap: true}}
}

func sealKeyView(seal certs.Certificate) page.SealKeyView {
	return page.SealKeyView{Hash: seal.Info.KeySHA256, Serial: seal.Serial}
}

// addSigning adds to the scene what the open step has to be signed with, where it waits for a signature.
func (p *Playground) addSigning(ctx context.Context, s *scene) error {
	waiting := s.run.Secrets.Waiting
	if !waiting.Fresh(s.now) || s.run.Busy || s.run.Step != flows.Consent && s.run.Step != flows.Accounts {
		return nil
	}
	id, err := p.identity(ctx, s.run.OrganisationID, s.run.AppID)
	if err != nil || id.SealKey != nil {
		return ignoreMendable(err)
	}
	r := stepRequest(s.run)
	r.RequestID = waiting.RequestID
	text, err := p.client.SigningString(id, r)
	if err != nil {
		return err
	}
	seal, err := p.Certs.RegisteredSeal(ctx, s.run.OrganisationID, env)
	if err != nil {
		return err
	}
	s.sign = signView(runPath(s.run.ID)+"/sign", nil, text, seal)
	return nil
}

// ignoreMendable leaves out what the open step's own button says when it is pressed.
func ignoreMendable(err error) error {
	if err == nil || httpkit.Mendable(err) {
		return nil
	}
	return err
}
