package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// visitors are everybody whom a page of the people's door is made for, each with something to see.
type visitors struct {
	t   *testing.T
	sv  *server
	who map[string]*browser
	// known are the addresses that only this server has: {app}, {request} and so on.
	known map[string]string
}

// usual is who opens a page of a guard, unless its visit names somebody else.
var usual = map[string]string{"public": "nobody", "open": "nobody", "bank": "customer", "signed in": "owner", "support": "ada", "admin": "ada", "halfway": "halfway"}

// addresses are where the pages of routes with parameters are, and who opens them where that is not the usual one.
var addresses = map[string]string{
	"/admin/apis/:api":                                  "/admin/apis/card-account",
	"/admin/apis/:api/:brand/:version":                  "/admin/apis/card-account/rocker/v1",
	"/admin/apis/:api/:brand/new":                       "/admin/apis/card-account/rocker/new",
	"/admin/brands/:id":                                 "/admin/brands/rocker",
	"/admin/brands/:id/live":                            "/admin/brands/rocker/live",
	"/admin/limits/end":                                 "{limit}",
	"/admin/limits/new":                                 "/admin/limits/new?environment=sandbox&organisation={organisation}",
	"/admin/organisations/:id":                          "/admin/organisations/{organisation}",
	"/admin/organisations/:id/certificates/:cid/revoke": "{revocation}",
	"/admin/organisations/:id/restore":                  "/admin/organisations/{suspended}/restore",
	"/admin/organisations/:id/suspend":                  "/admin/organisations/{organisation}/suspend",
	"/admin/reviews/:id":                                "{review}",
	"/authorise":                                        "{authorise}",
	"/dev/outbox/:number":                               "/dev/outbox/1",
	"/docs/errors/:code":                                "/docs/errors/SIGNATURE_INVALID?rid={request}",
	"/login/factor":                                     "fresh /login/factor",
	"/playground/apis/disconnect":                       "{disconnect}",
	"/playground/apps/:id":                              "{app}",
	"/playground/apps/:id/credentials/:cid/revoke":      "{revoke}",
	"/playground/apps/:id/delete":                       "{app}/delete",
	"/playground/apps/:id/edit":                         "{app}/edit",
	"/playground/apps/:id/rotate":                       "{app}/rotate?kind=api_key",
	"/playground/flow/:id":                              "{flow}",
	"/playground/live/apis":                             "live /playground/live/apis",
	"/playground/live/apis/disconnect":                  "live {live-disconnect}",
	"/playground/live/apps":                             "live /playground/live/apps",
	"/playground/live/apps/:id":                         "live {live-app}",
	"/playground/live/apps/:id/credentials/:cid/revoke": "live {live-revoke}",
	"/playground/live/apps/:id/delete":                  "live {live-app}/delete",
	"/playground/live/apps/:id/edit":                    "live {live-app}/edit",
	"/playground/live/apps/:id/rotate":                  "live {live-app}/rotate?kind=api_key",
	"/playground/live/apps/new":                         "live /playground/live/apps/new",
	"/playground/live/certificates":                     "waiting /playground/live/certificates",
	"/playground/live/certificates/challenge":           "drafting /playground/live/certificates/challenge",
	"/playground/live/certificates/submit":              "proved /playground/live/certificates/submit",
	"/playground/live/certificates/upload":              "drafting /playground/live/certificates/upload",
	"/playground/live/certificates/withdraw":            "waiting /playground/live/certificates/withdraw",
	"/playground/live/shell":                            "live /playground/live/shell",
	"/playground/compare":                               "{compare}",
	"/playground/requests/:id":                          "/playground/requests/{request}",
	"/playground/saved/:id":                             "{saved}",
	"/playground/saved/:id/delete":                      "{saved}/delete",
	"/playground/saved/new":                             "{save}",
	"/reference/:api/:version":                          "/reference/card-account/v1",
	"/reference/:api/:version/:operation":               "/reference/card-account/v1/{operation}",
	"/reset/:token":                                     "{reset}",
	"/shared/:token":                                    "{shared}",
	"/staff/:token":                                     "{staff}",
	"/support-desk":                                     "/support-desk?q=acme",
	"/support-desk/organisations/:id":                   "/support-desk/organisations/{organisation}",
	"/support-desk/organisations/:id/people/:person":    "{person}",
	"/support-desk/requests/:id":                        "/support-desk/requests/{request}",
	"/verify/:token":                                    "{verify}",
}

// furtherPages are states of pages that look quite different: the first and the last of something, and what is refused.
var furtherPages = []string{
	"newcomer /playground", "newcomer /playground/certificates", "newcomer /playground/apps", "newcomer /playground/apis", "newcomer /playground/requests",
	"newcomer /playground/flow", "newcomer /playground/request", "newcomer /playground/live/certificates", "newcomer /playground/live/apps",
	"newcomer /playground/live/apis", "newcomer /playground/rehearsals", "live /playground/live/certificates",
	"live /playground", "drafting /playground", "owner /playground/requests?status=4xx", "owner /playground/requests?q=nothing-like-it",
	"owner /playground/certificates/download", "nobody /search?q=signature", "nobody /search?q=zzzzzz", "nobody /docs/errors/NO_SUCH_CODE",
	"nobody /shared/req_none", "owner /admin", "owner /playground/apps/app_none", "nobody /no/such/page", "ada /admin/organisations?q=zzzz",
	"ada /support-desk?q=zzzz", "ada /support-desk", "ada /admin/audit?kept=accounts", "ada /admin/reviews?state=approved", "halfway /login/code?kind=recovery",
}

// noPages are routes that answer something else than a page: a file, a part of one, or a way on.
var noPages = map[string]string{
	"/admin/brands/preview.css": "style", "/brand.css": "style", "/admin/reviews/:id/state": "part", "/demo/qtsp/:file": "file",
	"/demo/qtsp/ocsp/*question": "file", "/demo/qtsp/pds": "text", "/docs/changelog.atom": "feed", "/favicon.ico": "way on", "/pki/ca.pem": "file",
	"/pki/tpp.cer": "file", "/pki/tpp.crl": "file", "/playground/callback": "way on", "/playground/live/certificates/challenge.txt": "file",
	"/playground/live/certificates/checks": "part", "/playground/live/certificates/state": "part", "/playground/live/shell/fairway-live.sh": "file",
	"/playground/requests/tail": "part", "/playground/steps": "part", "/reference/:api": "way on", "/reference/:api/:version/openapi.json": "file",
	"/reference/:api/:version/openapi.yaml": "file", "/reference/collections/bruno.zip": "file", "/reference/collections/insomnia.yaml": "file",
	"/reference/collections/postman-environment.json": "file", "/reference/collections/postman.json": "file", "/robots.txt": "text",
	"/signup/check/state": "part", "/sitemap.xml": "file", "/v1/authorizations": "way on",
}

// namesakes are pages that show the same thing as another one does, to somebody else or a step later, under its title.
var namesakes = []string{"/admin/apis", "/admin/organisations/:id", "/docs/flow", "/playground/apis", "/playground/flow", "/support-desk/organisations/:id", "/shared/:token", "/support-desk/requests/:id", "/reset/:token", "/signup/check"}

// seenElsewhere are pages that stand behind much work or time; the named tests of their faces look at them.
var seenElsewhere = map[string]string{
	"/account/confirm":                             "internal/signin/factor_test.go",
	"/admin/reviews/:id/restore":                   "internal/backoffice/admin_browser_test.go",
	"/playground/live/certificates/former/:id/end": "internal/playground/live_browser_test.go",
}

// newVisitors makes a town with a bit of everything in it.
func newVisitors(t *testing.T, sv *server) *visitors {
	t.Helper()
	v := &visitors{t: t, sv: sv, who: map[string]*browser{}, known: map[string]string{}}
	sv.book.hide("the password", password)
	for _, name := range []string{"nobody", "customer", "owner", "newcomer", "drafting", "proved", "waiting", "live", "ada", "halfway", "fresh"} {
		v.who[name] = sv.browser(t)
	}
	for _, name := range []string{"owner", "newcomer", "drafting", "proved", "waiting", "live"} {
		v.who[name].signUp(t, name+"@acme.example")
	}
	v.who["ada"].enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	sv.playBank(t)
	v.workbench()
	v.liveStages()
	v.staffObjects()
	v.oneTimeLinks()
	return v
}

// find opens a page and remembers its first link that holds a text, as a path.
func (v *visitors) find(name, who, page, text string) {
	v.t.Helper()
	b := v.who[who]
	b.open(v.fill(page))
	v.known[name] = strings.TrimPrefix(b.linkWith(v.t, text), v.sv.portal)
}

// fill puts what is known into an address.
func (v *visitors) fill(address string) string {
	for name, value := range v.known {
		address = strings.ReplaceAll(address, "{"+name+"}", value)
	}
	return address
}

// workbench gives the owner a sandbox that was used: calls good and bad, a flow, a shared request, a second API key.
func (v *visitors) workbench() {
	t, owner := v.t, v.who["owner"]
	dir, _ := v.sv.unpack(t, owner.setUp(t))
	p := v.sv.unpacked(t, dir)
	g := p.granted(t, allAccounts)
	p.send(t, p.read(cardsPath, g).sign(t))
	bad := p.read(cardsPath, g).sign(t)
	bad.header.Set("Signature", bad.signatureOver(t, "digest: x"))
	v.known["request"] = p.send(t, bad).header.Get("X-Trace-Id")
	owner.open("/playground/requests/" + v.known["request"])
	v.known["shared"] = strings.TrimPrefix(supportLink.FindString(owner.submit(owner.formTo("/playground/requests/"+v.known["request"]+"/share")).body), v.sv.portal)
	owner.open("/playground/flow")
	owner.submit(owner.formTo("/playground/flow"))
	owner.follow()
	v.known["flow"] = strings.TrimPrefix(owner.page.url, v.sv.portal)
	for _, f := range owner.page.forms() {
		if strings.HasSuffix(f.action, "/run") {
			owner.submit(f)
			owner.follow()
			break
		}
	}
	v.find("app", "owner", "/playground/apps", "/playground/apps/app_")
	owner.open(v.known["app"] + "/rotate?kind=api_key")
	owner.submit(owner.formTo(v.known["app"]+"/rotate"), "overlap", "24h")
	v.find("revoke", "owner", "{app}", "/revoke")
	v.find("disconnect", "owner", "{app}", "/playground/apis/disconnect")
	v.find("operation", "nobody", "/reference/card-account/v1", "/reference/card-account/v1/")
	v.known["operation"] = v.known["operation"][strings.LastIndexByte(v.known["operation"], '/')+1:]
	v.notebook()
	c := v.who["customer"]
	c.open(p.visit(p.newConsent(t, p.ownToken(t), bankOffered)).url)
	c.follow()
	v.known["authorise"] = c.page.url
}

// picked are the boxes of the history with which two requests are chosen.
var picked = regexp.MustCompile(`name="pick" value="([^"]+)"`)

// notebook sends two requests from the playground and saves one.
func (v *visitors) notebook() {
	owner := v.who["owner"]
	for range 2 {
		owner.open("/playground/request")
		owner.submit(owner.formTo("/playground/request#result"))
	}
	found := picked.FindAllStringSubmatch(owner.open("/playground/history").body, 2)
	if len(found) < 2 {
		v.t.Fatalf("the history has %v: %s", found, owner.page)
	}
	v.known["compare"] = "/playground/compare?a=" + found[0][1] + "&b=" + found[1][1]
	v.find("save", "owner", "/playground/history", "/playground/saved/new")
	owner.open(v.known["save"])
	owner.submit(owner.formTo("/playground/saved"), "name", "The list of cards")
	v.find("saved", "owner", "/playground/history", "/playground/saved/saved_")
}

// liveStages leaves one organisation at each stage of the way to Live.
func (v *visitors) liveStages() {
	t := v.t
	drafting, proved := v.who["drafting"], v.who["proved"]
	for _, b := range []*browser{drafting, proved} {
		b.upload(t, v.sv.pair(t, ""))
	}
	dir := v.sv.pair(t, "")
	proved.upload(t, dir)
	found := shownChallenge.FindStringSubmatch(proved.page.body)
	proved.submit(proved.formTo(livePath+"/challenge"), "signature", openssl(t, dir, "qseal.key", found[1]))
	live, ada := v.who["live"], v.who["ada"]
	live.handIn(t, v.sv.pair(t, ""))
	ada.decide(ada.review(t), "approve", "Certificates, register and proof agree.")
	live.open("/playground/live/apps/new")
	live.submit(live.formTo("/playground/live/apps/new"), "name", "Budget Buddy", "redirect_uris", "https://tpp.example.com/callback")
	v.find("live-app", "live", "/playground/live/apps", "/playground/live/apps/app_")
	live.open(v.known["live-app"] + "/rotate?kind=api_key")
	live.submit(live.formTo(v.known["live-app"]+"/rotate"), "overlap", "24h")
	v.find("live-revoke", "live", "{live-app}", "/revoke")
	live.open("/playground/live/apis")
	live.submit(live.formTo("/playground/live/apis/connect"))
	v.find("live-disconnect", "live", "{live-app}", "/playground/live/apis/disconnect")
	v.who["waiting"].handIn(t, v.sv.pair(t, "not-in-register"))
	v.known["review"] = ada.review(t)
}

// upload brings a pair as far as its challenge.
func (b *browser) upload(t testing.TB, dir string) {
	t.Helper()
	b.open(livePath + "/upload")
	b.submit(b.formTo(livePath+"/upload"), "qwac", read(t, dir, "qwac.pem"), "qseal", read(t, dir, "qseal.pem")+read(t, dir, "chain.pem"))
	b.follow()
	b.open(livePath + "/challenge")
	b.submit(b.formTo(livePath + "/challenge/new"))
	b.follow()
}

// staffObjects finds what staff looks at, and suspends one organisation.
func (v *visitors) staffObjects() {
	ada := v.who["ada"]
	named := func(email string) string {
		ada.open("/support-desk?q=" + email)
		ada.follow()
		found := regexp.MustCompile(`/support-desk/organisations/(org_[A-Za-z0-9_-]+)`).FindStringSubmatch(ada.page.body)
		if found == nil {
			v.t.Fatalf("support does not find %s: %s", email, ada.page)
		}
		return found[1]
	}
	v.known["organisation"], v.known["suspended"] = named("owner@acme.example"), named("newcomer@acme.example")
	v.find("person", "ada", "/support-desk/organisations/{organisation}", "/people/")
	v.find("revocation", "ada", "/admin/organisations/{organisation}", "/certificates/")
	ada.open("/admin/organisations/" + v.known["suspended"] + "/suspend")
	ada.submit(ada.formTo("/admin/organisations/"+v.known["suspended"]+"/suspend"), "reason", "A key of theirs was found in a public place.")
	ada.open("/admin/limits/new")
	ada.submit(ada.formTo("/admin/limits/new"), "organisation", v.known["organisation"], "per_second", "50", "per_day", "20000",
		"ends_at", time.Now().AddDate(0, 0, 7).Format(time.DateOnly), "reason", "They test their load.")
	v.find("limit", "ada", "/admin/limits", "/admin/limits/end")
}

// oneTimeLinks collects the links of letters, unused, and leaves two people halfway through the door.
func (v *visitors) oneTimeLinks() {
	t, nobody := v.t, v.who["nobody"]
	nobody.open("/reset")
	nobody.submit(nobody.formTo("/reset"), "email", "owner@acme.example")
	v.known["reset"] = strings.TrimPrefix(nobody.letterLink(t, "owner@acme.example", "/reset/"), v.sv.portal)
	nobody.open("/signup")
	nobody.submit(nobody.formTo("/signup"), "email", "late@acme.example", "organisation", "Late Payments", "country", "FI", "password", password)
	v.known["verify"] = strings.TrimPrefix(nobody.letterLink(t, "late@acme.example", "/verify/"), v.sv.portal)
	v.known["staff"] = v.sv.link(t, "add", "--email", "sam@fairway.example", "--role", "support")
	fresh, link := v.who["fresh"], v.sv.link(t, "add", "--email", "eve@fairway.example", "--role", "support")
	fresh.open(link)
	fresh.submit(fresh.formTo(link), "password", password)
	v.who["halfway"].firstStep()
	if fresh.follow(); fresh.page.status != http.StatusOK {
		t.Fatalf("halfway: %s", fresh.page)
	}
}
