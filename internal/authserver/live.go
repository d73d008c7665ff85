package authserver

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	"fairway/internal/strictjson"
	"fairway/internal/upstream"
	page "fairway/web/templates/bank"
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// In Live the customer is at the brand's own pages. Ours only send the browser there, and take it back.

const (
	// decisionPath and withdrawalPath are below the authorisation server's address and /live/{brand}.
	decisionPath   = "/authorisations/:id"
	withdrawalPath = "/consents/:id/withdrawal"
	keysPath       = "/live/jwks.json"
	// goBank in the query of our page leads to the brand's page again.
	goBank = "bank"
	// backFrom in the query of our page is the proof that the browser comes from the brand's page.
	backFrom    = "back"
	maxDecision = 64 << 10
)

var errDecisionForm = oauth.ErrDecision.Saying("The body must be JSON of at most 64 kB. Send Content-Type: application/json.")

// MountBrands mounts what a brand's own system tells us, below /live/{brand}.
func (f *Face) MountBrands(r httpkit.Routes) {
	r.Post(decisionPath, f.decide)
	r.Post(withdrawalPath, f.withdraw)
}

type brandKey struct{}

// WithBrand is called by the machines' door once it knows which brand calls.
func WithBrand(ctx context.Context, b catalog.Brand) context.Context {
	return context.WithValue(ctx, brandKey{}, b)
}

var errNoBrand = errors.New("the door did not say which brand calls")

func brandOf(ctx context.Context) (catalog.Brand, error) {
	b, ok := ctx.Value(brandKey{}).(catalog.Brand)
	if !ok {
		return b, errNoBrand
	}
	return b, nil
}

// keys shows the public keys that brands check us by (RFC 7517).
func (f *Face) keys(c *gin.Context) error {
	set, err := f.config.Keys.Public(c.Request.Context())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=300")
	c.Data(http.StatusOK, "application/jwk-set+json", set)
	return nil
}

// decide takes a brand's word for what its customer decided, and says where the customer goes now.
func (f *Face) decide(c *gin.Context) error {
	ctx := c.Request.Context()
	brand, err := brandOf(ctx)
	if err != nil {
		return err
	}
	decision, err := readDecision(c)
	if err != nil {
		return placed(err)
	}

	if err := f.oauth.Decide(ctx, brand.ID, c.Param("id"), decision); err != nil {
		return placed(err)
	}

	f.log.Info("a brand told what its customer decided", "brand", brand.ID, "authorisation", c.Param("id"), "decision", string(decision.Outcome))
	back := pagePath + "?" + url.Values{backFrom: {f.oauth.Returns(c.Param("id"))}}.Encode()
	writeJSON(c, http.StatusOK, map[string]string{"return_to": f.config.BankURL.URL(string(catalog.Live), brand.ID) + back})
	return nil
}

// withdraw ends a consent that the customer withdrew at the brand.
func (f *Face) withdraw(c *gin.Context) error {
	ctx := c.Request.Context()
	brand, err := brandOf(ctx)
	if err != nil {
		return err
	}
	o, err := readObject(c)
	if err != nil {
		return placed(err)
	}
	o.Only("psu")
	psu := o.String("psu")
	if err := asDecision(o.Fault()); err != nil {
		return placed(err)
	}

	if err := f.oauth.Withdraw(ctx, brand.ID, c.Param("id"), psu); err != nil {
		return err
	}

	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}

func readObject(c *gin.Context) (strictjson.Object, error) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "application/json" {
		return strictjson.Object{}, errDecisionForm
	}
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, maxDecision+1))
	if err != nil || len(body) > maxDecision {
		return strictjson.Object{}, errDecisionForm.With(err)
	}
	o, err := strictjson.Parse(body)
	return o, asDecision(err)
}

func readDecision(c *gin.Context) (oauth.Decision, error) {
	o, err := readObject(c)
	if err != nil {
		return oauth.Decision{}, err
	}
	o.Only("decision", "psu", "accounts")
	d := oauth.Decision{Outcome: oauth.Outcome(o.String("decision")), PSU: o.Text("psu")}
	for _, a := range o.Objects("accounts") {
		a.Only("resource_id", "masked_pan", "currency", "balances", "transactions")
		d.Accounts = append(d.Accounts, oauth.Opened{ResourceID: a.String("resource_id"), MaskedPAN: a.String("masked_pan"), Currency: a.String("currency"),
			Balances: a.Bool("balances"), Transactions: a.Bool("transactions")})
	}
	return d, asDecision(o.Fault())
}

func asDecision(err error) error {
	var f *strictjson.Fault
	if errors.As(err, &f) {
		return oauth.ErrDecision.Saying(f.Text).At(f.Path)
	}
	return err
}

// placed says where in the body a fault is: the answer of an authorisation server has no member for it.
func placed(err error) error {
	if f := fault.Of(err); f.Path != "" && errors.Is(err, oauth.ErrDecision) {
		return f.Saying(f.Path + ": " + f.Message)
	}
	return err
}

// toBrand sends the browser to the brand's own page, with a signed request that is good until the visit is over.
func (f *Face) toBrand(c *gin.Context, at branch, a *oauth.Authorisation) error {
	signed, err := f.config.Upstream.SignRequest(c.Request.Context(), upstream.Request{
		Issuer: f.config.AuthURL.String(), Audience: at.brand.Live.Authorise, ID: a.ID, Brand: at.brand.ID,
		TPP: upstream.TPP{Name: a.TPP.Name, Identifier: a.TPP.Identifier, Authority: a.TPP.Authority, Roles: a.TPP.Roles, ClientID: a.App.ClientID, App: a.App.Name},
		Consent: upstream.Wish{ConsentID: a.Consent.ID, Access: a.Consent.Access, Recurring: a.Consent.Recurring, ValidUntil: a.Consent.ValidUntil,
			FrequencyPerDay: a.Consent.FrequencyPerDay},
		DecideAt: f.config.AuthURL.String() + "/live/" + at.brand.ID + "/authorisations/" + a.ID,
	}, a.ExpiresAt)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, at.brand.Live.Authorise+"?"+url.Values{"request": {signed}}.Encode())
	return nil
}

// showLive takes the browser back from the brand's page: on to the TPP, or with a page while the brand has not told us.
func (f *Face) showLive(c *gin.Context, at branch, a *oauth.Authorisation) error {
	if a.Unfetched {
		return f.showElsewhere(c, at, a)
	}
	if a.Stage.Over() {
		return f.over(c, at, a)
	}
	if c.Query("go") == goBank {
		return f.toBrand(c, at, a)
	}
	return httpkit.Page(c, http.StatusOK, page.Message(f.frame(at, "Not decided yet"), layout.MessageView{
		Title: "Not decided yet", Icon: "clock",
		Text: []string{
			at.brand.Name + " has not told us yet what you decided about " + a.TPP.Name + ". If you confirmed a moment ago, load this page again.",
			"Nothing is shared before you confirm it at " + at.brand.Name + ". You have until " + a.ExpiresAt.Format("15:04 UTC") + ".",
		},
		Actions: []ui.LinkView{
			{Text: "Go to " + at.brand.Name, Href: at.path + pagePath + "?go=" + goBank, Look: ui.Primary},
			{Text: "Load again", Href: at.path + pagePath},
		},
	}))
}

// showElsewhere is for a browser that began a visit which was confirmed, and that does not come from the brand's page: somebody
// may have confirmed in another one, and the code is not for whoever sent the link.
func (f *Face) showElsewhere(c *gin.Context, at branch, a *oauth.Authorisation) error {
	return httpkit.Page(c, http.StatusOK, page.Message(f.frame(at, "Confirmed elsewhere"), layout.MessageView{
		Title: "Confirmed, but not in this browser", Icon: "clock",
		Text: []string{
			at.brand.Name + " has told us that access for " + a.TPP.Name + " was confirmed, but this browser did not come here from the page where that was done.",
			"If you confirmed it yourself, go on from the page of " + at.brand.Name + " that you confirmed on. Nothing is handed out here.",
		},
	}))
}
