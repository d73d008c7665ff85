// Package portal is the people's door: the order of its middleware, its guards, its route table and its error
// pages. The pages of the banks come through it too, with a chain of their own and nothing shared.
package portal

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"fairway/internal/address"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	"fairway/web/static"
	"fairway/web/templates/ui"
)

// Face is a part of the portal that mounts its own routes.
type Face interface {
	Mount(m httpkit.Mounts)
}

// BankFace is the payer's pages: they mount their routes and write their errors in the bank's own look.
type BankFace interface {
	MountBank(r httpkit.Routes)
	FailBank(c *gin.Context, err error)
}

// Deps are what the door is built from.
type Deps struct {
	Faces   []Face
	Bank    BankFace
	Keeper  httpkit.Keeper
	Ring    *secret.Ring
	Log     *slog.Logger
	BaseURL address.Template
	BankURL address.Template
	Proxies []netip.Prefix
	// Outbox says that letters are kept locally, which pages may then mention.
	Outbox bool
	// Support is the address that pages say to write to.
	Support string
	// Custom is the language that the calls of an organisation's apps are written in, empty where they do not tell; nil where nobody
	// knows.
	Custom func(ctx context.Context, organisationID string) (string, error)
	// Near are pages that an address which is not there may have meant, the likeliest first; nil where nobody knows.
	Near func(ctx context.Context, path string) []ui.LinkView
	// Ready reports whether the database, its schema and the queue are there.
	Ready func(context.Context) error
}

// Door answers browsers.
type Door struct {
	deps   Deps
	people *gin.Engine
	bank   *gin.Engine
	table  httpkit.Table
}

// New builds the door.
func New(d Deps) (*Door, error) {
	door := &Door{deps: d}
	var err error
	if door.people, err = newEngine(d.Proxies); err != nil {
		return nil, err
	}
	if door.bank, err = newEngine(d.Proxies); err != nil {
		return nil, err
	}
	door.mountPeople()
	door.mountBank()
	return door, nil
}

// Routes lists every route with its guard.
func (d *Door) Routes() []httpkit.Route { return d.table.Routes }

func newEngine(proxies []netip.Prefix) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	trusted := make([]string, 0, len(proxies))
	for _, p := range proxies {
		trusted = append(trusted, p.String())
	}
	if len(trusted) == 0 {
		trusted = nil
	}
	return e, e.SetTrustedProxies(trusted)
}

func (d *Door) mountPeople() {
	secure := d.deps.BaseURL.HTTPS()
	e := d.people
	e.Use(httpkit.Logged(d.deps.Log, "portal"), httpkit.Recover(d.fail), httpkit.Headers(hsts(d.deps.BaseURL)), httpkit.SetSupport(d.deps.Support),
		httpkit.Readable(d.fail, errNoPage))
	if d.deps.Custom != nil {
		e.Use(httpkit.SetCustom(d.custom))
	}
	if d.deps.Outbox {
		e.Use(httpkit.SetOutbox)
	}
	visit := []gin.HandlerFunc{httpkit.Sessions(httpkit.NewStore(d.deps.Keeper, secure), d.fail), httpkit.GiveTokens(d.deps.Ring, secure)}
	e.NoRoute(append(visit, d.noRoute)...)
	e.NoMethod(append(visit, func(c *gin.Context) { d.fail(c, errNoMethod) })...)
	e.Match([]string{http.MethodGet, http.MethodHead}, "/static/*file", gin.WrapH(static.Handler()))

	pages := e.Group("", append(visit, httpkit.FormTokens(d.fail))...)
	mounts := httpkit.Mounts{
		Open:     httpkit.NewRoutes(e.Group(""), httpkit.Open, &d.table, d.failPlainly),
		Public:   httpkit.NewRoutes(pages.Group(""), httpkit.Public, &d.table, d.fail),
		Halfway:  httpkit.NewRoutes(pages.Group("", d.halfway), httpkit.Halfway, &d.table, d.fail),
		SignedIn: httpkit.NewRoutes(pages.Group("", d.signedIn), httpkit.SignedIn, &d.table, d.fail),
		Support:  httpkit.NewRoutes(pages.Group("", d.staff("support", "admin")), httpkit.Support, &d.table, d.fail),
		Admin:    httpkit.NewRoutes(pages.Group("", d.staff("admin")), httpkit.Admin, &d.table, d.fail),
	}
	for _, f := range d.deps.Faces {
		f.Mount(mounts)
	}
}

// custom is the language that a visitor's own apps call in. It is a help and no more: where it cannot be found out, the page is
// shown without.
func (d *Door) custom(c *gin.Context) string {
	who := httpkit.Who(c)
	if who.OrganisationID == "" || who.Staff() {
		return ""
	}
	language, err := d.deps.Custom(c.Request.Context(), who.OrganisationID)
	if err != nil {
		d.deps.Log.Warn("the language of an organisation's calls is not known", "error", err.Error())
	}
	return language
}

// hsts is sent where browsers reach us by https, but never for a name of this machine: other programs live there too.
func hsts(t address.Template) bool { return t.HTTPS() && !t.Loopback() }

// noRoute leads an address that ends with a slash to the one without. Everything else is unknown.
func (d *Door) noRoute(c *gin.Context) {
	r := c.Request
	plain := strings.TrimRight(r.URL.Path, "/")
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && plain != "" && plain != r.URL.Path && plain == httpkit.OwnPath(plain, "") {
		to := url.URL{Path: plain, RawQuery: r.URL.RawQuery}
		c.Header("Cache-Control", "no-store")
		c.Redirect(http.StatusPermanentRedirect, httpkit.OwnPath(to.String(), "/"))
		return
	}
	d.fail(c, errNoPage)
}

func (d *Door) mountBank() {
	fail := d.deps.Bank.FailBank
	e := d.bank
	e.Use(httpkit.Logged(d.deps.Log, "bank"), httpkit.Recover(fail), httpkit.Headers(hsts(d.deps.BankURL)), httpkit.SameOrigin(fail))
	e.NoRoute(func(c *gin.Context) { fail(c, errNoPage) })
	e.NoMethod(func(c *gin.Context) { fail(c, errNoMethod) })
	d.deps.Bank.MountBank(httpkit.NewRoutes(e.Group(""), httpkit.Bank, &d.table, fail))
}

// Handler sends each request to the portal or to a bank's pages, by host and path. Health answers any host;
// elsewhere an unknown host is misdirected.
func (d *Door) Handler() http.Handler {
	compress, err := gzhttp.NewWrapper(gzhttp.RandomJitter(32, 0, false), gzhttp.MinSize(512))
	if err != nil {
		compress = func(h http.Handler) http.HandlerFunc { return h.ServeHTTP }
	}
	people, bank := compress(d.people), compress(d.bank)
	base, banks := d.deps.BaseURL, d.deps.BankURL
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.health(w, r) {
			return
		}
		ours := base.MatchesHost(r.Host)
		env, brand, rest, atBank := banks.Match(r.Host, r.URL.Path)
		switch file := strings.HasPrefix(r.URL.Path, static.Prefix); {
		case file && (ours || banks.MatchesHost(r.Host)):
			people(w, r)
		case atBank && rest != "":
			bank(w, d.atBank(r, env, brand, rest))
		case ours:
			people(w, r)
		default:
			httpkit.SetHeaders(w.Header(), false)
			answer(w, http.StatusMisdirectedRequest, "This host is not served here. The portal is at "+base.String()+"/\n")
		}
	})
}

// atBank rewrites a request to the path below the bank's address, as its routes are mounted.
func (d *Door) atBank(r *http.Request, env, brand, rest string) *http.Request {
	t := d.deps.BankURL
	place := httpkit.Place{Environment: env, Brand: brand, Base: t.URL(env, brand)}
	place.BasePath = place.Base[len(t.Origin(env, brand)):]
	r = r.WithContext(httpkit.WithPlace(r.Context(), place))
	u := *r.URL
	u.Path, u.RawPath = rest, ""
	r.URL = &u
	return r
}

var (
	errNoPage   = fault.New(fault.NotFound, "page_unknown", "There is no page at this address. It may have been moved, or the link may be incomplete.")
	errNoMethod = fault.New(fault.NotFound, "method_unknown", "This address does not take that kind of request.")
)
