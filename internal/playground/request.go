package playground

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/bankclient"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/playground"
)

const (
	requestPath = "/playground/request"
	maxParam    = 2048
	// tokenMargin is how long a kept token must still live to be called good.
	tokenMargin = 10 * time.Second
)

func (p *Playground) mountRequest(m httpkit.Mounts) {
	m.SignedIn.Get(requestPath, p.askRequest)
	m.SignedIn.Post(requestPath, p.sendRequest)
	m.SignedIn.Post(requestPath+"/sign", p.signRequest)
}

// requestForm is one request as it was chosen and filled in. Values has the fields of its parameters by their names in
// the form: path-…, query-… and header-….
type requestForm struct {
	app       apps.App
	brand     catalog.Brand
	operation catalog.Operation
	run       *flows.Flow // the newest finished run of this app and brand; nil where there is none
	values    map[string]string
	body      string
	mistake   bankclient.MadeWrong // what is done wrong on purpose; its id is empty where nothing is
	coding    httpkit.Coding       // in which language its samples are shown
}

// sent is what came of it.
type sent struct {
	exchange bankclient.Exchange
	token    *bankclient.Exchange // how the token was got, where it was got for this
	sign     *page.SignView       // instead of the exchange, where the request waits for a signature of the browser
	// explained is what was signed instead, where the bank refused the signature.
	explained *page.ExplainedView
}

// askRequest shows an operation, filled in from a request of the log or from the newest run.
func (p *Playground) askRequest(c *gin.Context) error {
	values, body, err := p.again(c.Request.Context(), httpkit.Who(c), c.Request.URL.Query())
	if err != nil {
		return p.orHistory(c, err)
	}
	f, err := p.readRequest(c, values)
	if err != nil {
		return err
	}
	if psu := values.Get("psu"); sendable(psu) && f.has(psuField) && psu != "" {
		f.values[psuField] = psu
	}
	f.fill(p.Clock.Now())
	if body != "" && f.operation.HasBody {
		f.body = body
	}
	return p.showRequest(c, f, nil, nil)
}

// sendRequest sends it. What the bank refuses is a result and no error of the portal. Who leaves before the answer is there
// finds it in the history.
func (p *Playground) sendRequest(c *gin.Context) error {
	ctx, v := context.WithoutCancel(c.Request.Context()), httpkit.Who(c)

	f, err := p.readRequest(c, c.Request.PostForm)
	if err != nil {
		return err
	}
	f.body = c.Request.PostForm.Get("body")
	if f.operation.ID == "" {
		return p.showRequest(c, f, nil, fault.Form(fault.Field{Name: "operation", Message: "Choose an app, a brand and an operation of the lists, and load them."}))
	}

	got, err := p.sendOnce(ctx, v, f)

	if c.Request.Context().Err() != nil {
		return nil // who left reads no page
	}
	return p.showRequest(c, f, got, err)
}

// readRequest reads what was chosen. What is not there is left empty, and the page asks for it.
func (p *Playground) readRequest(c *gin.Context, values url.Values) (requestForm, error) {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	f := requestForm{values: map[string]string{}, coding: httpkit.CodingOf(c)}
	list, err := p.Apps.List(ctx, v.OrganisationID, env)
	if err != nil {
		return f, err
	}
	ready := connectedApps(list)
	for _, a := range ready {
		if f.app.ID == "" || a.ID == values.Get("app") {
			f.app = a
		}
	}
	brands, err := p.Catalog.Brands(ctx)
	if err != nil {
		return f, err
	}
	for _, b := range brands {
		if b.ID == values.Get("brand") || f.brand.ID == "" && f.app.ConnectedTo(b.ID, flowAPI) {
			f.brand = b
		}
	}
	id := values.Get("operation")
	if id == "" {
		id = "card-accounts.list"
	}
	f.operation, _ = operationByID(id)
	for _, name := range f.names() {
		f.values[name] = values.Get(name)
	}
	if f.app.ID == "" || f.brand.ID == "" {
		return f, nil
	}
	if f.run, _, err = p.Flows.Finished(ctx, flowOwner(v), f.app.ID, f.brand.ID); err != nil {
		return f, err
	}
	f.choose(values.Get("mistake"))
	return f, nil
}

// names are the form's names of the operation's parameters.
func (f *requestForm) names() []string {
	var names []string
	for _, g := range f.groups() {
		for _, param := range g.params {
			names = append(names, g.place+"-"+param.Name)
		}
	}
	return names
}

// group are the parameters of one place.
type group struct {
	place, title string
	params       []catalog.Param
}

func (f *requestForm) groups() []group {
	o := f.operation
	if o.ID == grantOperation {
		return nil
	}
	headers := append(o.HeaderParams[:len(o.HeaderParams):len(o.HeaderParams)], requestIDParam)
	return []group{{"path", "Path", o.PathParams}, {"query", "Query", o.QueryParams}, {"header", "Headers", headers}}
}

var requestIDParam = catalog.Param{Name: "X-Request-ID", Type: catalog.UUID, Hint: "Empty: the playground makes a new UUID."}

// fill puts in what the newest run and the examples give, where nothing was chosen.
func (f *requestForm) fill(today time.Time) {
	carried := f.carried()
	for _, g := range f.groups() {
		for _, param := range g.params {
			name := g.place + "-" + param.Name
			if f.values[name] == "" {
				f.values[name] = carried[param.Name]
			}
			if f.values[name] == "" && (param.Required || param.Name == "PSU-IP-Address") {
				f.values[name] = param.Example
			}
		}
	}
	if ip := "header-PSU-IP-Address"; f.values[ip] == "" && f.has(ip) {
		f.values[ip] = psuAddress
	}
	if f.operation.Example != nil {
		f.body = f.operation.Example(today)
	}
}

func (f *requestForm) has(name string) bool {
	for _, n := range f.names() {
		if n == name {
			return true
		}
	}
	return false
}

// carried are the values of the newest run, by the names of the parameters that want them.
func (f *requestForm) carried() map[string]string {
	if f.run == nil {
		return nil
	}
	values := map[string]string{"consentId": f.run.ConsentID, "Consent-ID": f.run.ConsentID}
	if e, ok := f.run.Of(flows.Accounts); ok {
		if cards := cardsOf(e); len(cards) > 0 {
			values["account-id"] = cards[0].ResourceID
		}
	}
	return values
}

// compose makes the call of the form. Path parameters are escaped one by one; a value that no parameter has is dropped.
func (f *requestForm) compose(token secret.Text) (bankclient.Request, error) {
	r := bankclient.Request{Environment: string(env), Brand: f.brand.ID, Method: f.operation.Method, Bearer: token, Mistake: f.mistake.ID}
	if f.operation.HasBody {
		r.Body = strings.ReplaceAll(f.body, "\r\n", "\n")
	}
	var wrong []fault.Field
	inPath := map[string]string{}
	for _, g := range f.groups() {
		for _, param := range g.params {
			name := g.place + "-" + param.Name
			value := strings.TrimSpace(f.values[name])
			if !sendable(value) {
				wrong = append(wrong, fault.Field{Name: name, Message: param.Name + " has characters that cannot be sent, or more than 2,048 of them. Use plain text on one line."})
				continue
			}
			switch g.place {
			case "path":
				inPath[param.Name] = value
			case "query":
				r.Query = append(r.Query, bankclient.Param{Name: param.Name, Value: value})
			default:
				r.Headers = append(r.Headers, bankclient.Param{Name: param.Name, Value: value})
			}
		}
	}
	if len(wrong) > 0 {
		return r, fault.Form(wrong...)
	}
	var err error
	r.Path, err = f.operation.Path(inPath)
	return r, prefixed(err, "path-")
}

// sendable reports whether a value is text on one line.
func sendable(value string) bool {
	return len(value) <= maxParam && utf8.ValidString(value) && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// prefixed names the fields of a form fault as the form does: parameters stand there behind their place.
func prefixed(err error, prefix string) error {
	if err == nil {
		return nil
	}
	f := *fault.Of(err)
	fields := append([]fault.Field(nil), f.Fields...)
	for i := range fields {
		if name := fields[i].Name; name != "body" && name != "mistake" {
			fields[i].Name = prefix + fields[i].Name
		}
	}
	f.Fields = fields
	return &f
}

// sendOnce gets the token that the operation takes and makes the call.
func (p *Playground) sendOnce(ctx context.Context, v httpkit.Visitor, f requestForm) (*sent, error) {
	id, err := p.identity(ctx, v.OrganisationID, f.app.ID)
	if err != nil {
		return nil, err
	}
	c := caller{noteOwner(v), f.app.ID, f.brand.ID, id}
	if f.operation.ID == grantOperation {
		e, _, err := p.token(ctx, c, ownGrant)
		return &sent{exchange: e}, err
	}
	if _, err := f.compose("check"); err != nil {
		return nil, err
	}
	token, got, err := p.tokenFor(ctx, c, f)
	if err != nil {
		return nil, err
	}
	if got != nil && token == "" {
		return &sent{exchange: *got}, nil
	}
	request, err := f.compose(token)
	if err != nil {
		return nil, err
	}
	if id.SealKey == nil && !f.mistake.NoSeal {
		return p.holdRequest(ctx, v, id, f, request, got)
	}
	e, err := p.send(ctx, v, id, f, request)
	if err != nil {
		return nil, prefixed(err, "header-")
	}
	return outcome(id, e, got), nil
}

// send makes the call and writes it down.
func (p *Playground) send(ctx context.Context, v httpkit.Visitor, id bankclient.Identity, f requestForm, r bankclient.Request) (bankclient.Exchange, error) {
	return p.noting(ctx, noteOwner(v), f.noted(), func() (bankclient.Exchange, error) {
		if f.mistake.ID == bankclient.SixAtOnce {
			return p.sendMany(ctx, v, id, r)
		}
		return p.client.Send(ctx, id, r)
	})
}

// ownGrant asks for a token that speaks for the TPP itself.
var ownGrant = bankclient.Grant{Type: "client_credentials"}

// tokenFor is the customer's token of the newest run where the operation needs one, else a fresh one of the TPP's own.
// Where the customer has given none, the call goes out without, and the bank says so.
func (p *Playground) tokenFor(ctx context.Context, c caller, f requestForm) (secret.Text, *bankclient.Exchange, error) {
	if f.mistake.ID == bankclient.NoToken {
		return "", nil, nil
	}
	if (f.operation.Token == catalog.UserToken) != (f.mistake.ID == bankclient.OtherToken) {
		if f.run == nil {
			return "", nil, nil
		}
		return f.run.Secrets.AccessToken, nil, nil
	}
	e, tokens, err := p.token(ctx, c, ownGrant)
	if err != nil {
		return "", nil, err
	}
	return tokens.Access, &e, nil
}

func (p *Playground) showRequest(c *gin.Context, f requestForm, got *sent, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	j, err := p.journey(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	brands, err := p.Catalog.Brands(c.Request.Context())
	if err != nil {
		return err
	}
	view := p.requestView(j, brands, f, got, found)
	if view.Form != nil {
		if view.Form.Customers, err = p.customersFor(c.Request.Context(), f); err != nil {
			return err
		}
	}
	fr := frame(c, view.Head.Title, requestPath, found)
	fr.Wide, fr.Scripts = true, []string{waitScript}
	if got != nil && got.sign != nil {
		got.sign.Token, fr.Scripts = fr.Token, append(fr.Scripts, signScript)
	}
	return httpkit.Page(c, found.status, page.Request(fr, view))
}
