package playground

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"fairway/internal/bankclient"
	"fairway/internal/flows"
	"fairway/internal/secret"
)

// advance takes one step after the other until the customer is needed, a step fails, or the flow is done, and saves how
// far it came. The run is leased to the caller.
func (p *Playground) advance(ctx context.Context, run *flows.Flow) error {
	return p.advanceWith(ctx, run, nil)
}

// advanceWith is advance with the signature of the request that waits for one; it is for the first step alone.
func (p *Playground) advanceWith(ctx context.Context, run *flows.Flow, signature []byte) error {
	id, err := p.identity(ctx, run.OrganisationID, run.AppID)
	for err == nil {
		take := p.taker(run.Step)
		if take == nil {
			break
		}
		before := run.Step
		if err = take(ctx, speaker{id, signature}, run); run.Step == before {
			break
		}
		signature = nil
	}
	if saveErr := p.Flows.Save(ctx, run); err == nil {
		err = saveErr
	}
	return err
}

// taker is how a step is taken. Authorise is the customer's.
func (p *Playground) taker(step flows.Step) func(context.Context, speaker, *flows.Flow) error {
	switch step {
	case flows.Token:
		return p.takeToken
	case flows.Consent:
		return p.takeConsent
	case flows.Exchange:
		return p.takeExchange
	case flows.Accounts:
		return p.takeAccounts
	}
	return nil
}

// takeToken is step 1: a token that speaks for the TPP itself.
func (p *Playground) takeToken(ctx context.Context, who speaker, run *flows.Flow) error {
	e, tokens, err := p.token(ctx, who.of(run), ownGrant)
	if err != nil {
		return err
	}
	run.Put(flows.Token, e)
	if tokens.Access != "" {
		run.Secrets.ClientToken, run.Step = tokens.Access, flows.Consent
	}
	return nil
}

// takeConsent is step 2. What step 3 needs is prepared with it.
func (p *Playground) takeConsent(ctx context.Context, who speaker, run *flows.Flow) error {
	e, sent, err := p.sendStep(ctx, who, run)
	if err != nil || !sent {
		return err
	}
	if e.OK(http.StatusCreated) {
		run.ConsentID = consentIDOf(e.AnswerBody)
		if run.ConsentID == "" {
			e.Failure = &bankclient.Failure{Code: "consent_unreadable", Text: "The bank answered 201, but without a consentId that is a UUID. The answer is below."}
		}
	}
	run.Put(flows.Consent, e)
	if run.ConsentID != "" {
		prepareAuthorisation(run)
		run.Step = flows.Authorise
	}
	if r, _ := e.Refusal(); strings.HasPrefix(r.Code, "TOKEN_") {
		run.Secrets.ClientToken = "" // the next try begins with a new token
	}
	return nil
}

// consentIDOf reads the id that the scope is made of; anything but a UUID is not taken.
func consentIDOf(body string) string {
	var answer struct {
		ConsentID string `json:"consentId"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.ConsentID) != 36 || uuid.Validate(answer.ConsentID) != nil {
		return ""
	}
	return answer.ConsentID
}

// prepareAuthorisation makes what the customer is sent to the bank with: a state, and a verifier for PKCE (RFC 7636).
func prepareAuthorisation(run *flows.Flow) {
	run.Secrets.State, run.Secrets.Verifier, run.Secrets.Code = secret.Token(""), secret.Token(""), ""
	run.Problem = nil
}

// challenge is the S256 challenge of a verifier (RFC 7636 §4.2).
func challenge(verifier secret.Text) string {
	sum := sha256.Sum256([]byte(verifier.Reveal()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorisation lists the parameters of the authorisation request (Implementation Guidelines, 13.1) in their order.
func (p *Playground) authorisation(run *flows.Flow, clientID string) []bankclient.Param {
	return []bankclient.Param{
		{Name: "response_type", Value: "code"},
		{Name: "response_mode", Value: "query"},
		{Name: "client_id", Value: clientID},
		{Name: "redirect_uri", Value: p.callbackURL()},
		{Name: "scope", Value: "AIS:" + run.ConsentID},
		{Name: "state", Value: run.Secrets.State.Reveal()},
		{Name: "code_challenge", Value: challenge(run.Secrets.Verifier)},
		{Name: "code_challenge_method", Value: "S256"},
	}
}

func (p *Playground) callbackURL() string { return p.Addresses.Portal + CallbackPath }

// bankEndpoint is the authorisation endpoint of a brand.
func (p *Playground) bankEndpoint(brand string) string {
	return p.Addresses.Bank.URL(string(env), brand) + "/v1/authorizations"
}

func withQuery(address string, params []bankclient.Param) string {
	query := ""
	for _, p := range params {
		query += "&" + p.Name + "=" + url.QueryEscape(p.Value)
	}
	return address + "?" + query[1:]
}

// issuer is who must have sent the customer back (RFC 9207).
func (p *Playground) issuerOf(brand string) string {
	return p.Addresses.Auth + "/" + string(env) + "/" + brand
}

// takeExchange is step 5: the code and the verifier for the customer's token. A code that was shown is spent, whatever
// came back.
func (p *Playground) takeExchange(ctx context.Context, who speaker, run *flows.Flow) error {
	e, tokens, err := p.token(ctx, who.of(run), bankclient.Grant{Type: "authorization_code", Code: run.Secrets.Code,
		RedirectURI: p.callbackURL(), Verifier: run.Secrets.Verifier})
	if err != nil {
		return err
	}
	run.Put(flows.Exchange, e)
	if tokens.Access != "" {
		run.Secrets.AccessToken, run.Secrets.Refresh, run.Secrets.ExpiresAt = tokens.Access, tokens.Refresh, tokens.ExpiresAt
		run.Secrets.Code, run.Secrets.Verifier = "", ""
		run.Step = flows.Accounts
	}
	return nil
}

// takeAccounts is step 6: the card accounts that the customer opened.
func (p *Playground) takeAccounts(ctx context.Context, who speaker, run *flows.Flow) error {
	e, sent, err := p.sendStep(ctx, who, run)
	if err != nil || !sent {
		return err
	}
	run.Put(flows.Accounts, e)
	if e.OK(http.StatusOK) {
		run.Step = flows.Done
	}
	return nil
}

// refresh renews the tokens of a finished run (RFC 6749 §6). A refresh token works once, so the new one is kept even
// where all else failed.
func (p *Playground) refresh(ctx context.Context, run *flows.Flow) error {
	id, err := p.identity(ctx, run.OrganisationID, run.AppID)
	if err == nil && run.Secrets.Refresh != "" {
		var e bankclient.Exchange
		var tokens bankclient.Tokens
		e, tokens, err = p.token(ctx, speaker{Identity: id}.of(run), bankclient.Grant{Type: "refresh_token", Refresh: run.Secrets.Refresh})
		if err == nil {
			run.Put(flows.Refresh, e)
		}
		if tokens.Access != "" {
			run.Secrets.AccessToken, run.Secrets.Refresh, run.Secrets.ExpiresAt = tokens.Access, tokens.Refresh, tokens.ExpiresAt
		}
	}
	if saveErr := p.Flows.Save(ctx, run); err == nil {
		err = saveErr
	}
	return err
}
