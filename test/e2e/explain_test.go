package e2e

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unpacked is a TPP with what the archive of the browser holds.
func (sv *server) unpacked(t testing.TB, dir string) *tpp {
	t.Helper()
	env := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^(?:export )?FAIRWAY_([A-Z_]+)='?([^'\n]*)'?`).FindAllStringSubmatch(string(mustRead(t, filepath.Join(dir, "env.sh"))), -1) {
		env[m[1]] = m[2]
	}
	p := &tpp{sv: sv, dir: dir, seal: mustSeal(t, dir), qwac: mustPair(t, filepath.Join(dir, "qwac.pem"), filepath.Join(dir, "qwac.key"))}
	p.app = appFile{ClientID: env["CLIENT_ID"], ClientSecret: env["CLIENT_SECRET"], APIKey: env["API_KEY"], Brand: env["BRAND"], RedirectURI: env["REDIRECT_URI"],
		PortalURL: env["PORTAL_URL"], TokenURL: env["TOKEN_URL"], AuthorizationURL: env["AUTHORIZATION_URL"], APIURL: env["API_URL"], PSUID: env["PSU_ID"], PSUCode: "123456"}
	for name, value := range map[string]string{"CLIENT_SECRET": p.app.ClientSecret, "API_KEY": p.app.APIKey, "API_URL": p.app.APIURL, "TOKEN_URL": p.app.TokenURL} {
		if value == "" {
			t.Fatalf("env.sh says nothing about %s", name)
		}
	}
	p.http = sv.machine(t, filepath.Join(dir, "ca.pem"), &p.qwac)
	return p
}

func TestARefusedCallLeadsItsOwnerAndNobodyElseToItsExplanation(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	owner, stranger := sv.browser(t), sv.browser(t)
	owner.signUp(t, "owner-"+randomHex(4)+"@acme.example")
	stranger.signUp(t, "stranger-"+randomHex(4)+"@acme.example")
	dir, _ := sv.unpack(t, owner.setUp(t))
	p := sv.unpacked(t, dir)
	g := p.granted(t, allAccounts)
	c := p.read(cardsPath, g).sign(t)
	c.header.Set("Signature", c.signatureOver(t, "Digest: "+c.header.Get("Digest")+"\nX-Request-ID: "+c.header.Get("X-Request-ID")))

	refused := p.send(t, c)

	refusal{401, "SIGNATURE_INVALID", "Signature", "lower case"}.check(t, refused)
	link := regexp.MustCompile(`http://\S+$`).FindString(jsonMessage(t, refused))
	page := owner.open(link)
	_, rid, _ := strings.Cut(link, "rid=")
	request := sv.portal + "/playground/requests/" + rid
	if page.status != http.StatusOK || !strings.Contains(strings.Join(page.links(), " ")+" ", request+" ") {
		t.Errorf("the page %s does not lead to the request: %v", link, page.links())
	}
	logged := owner.open(request)
	for _, want := range []string{c.header.Get("X-Request-ID"), "x-request-id: " + c.header.Get("X-Request-ID"), "X-Request-ID: " + c.header.Get("X-Request-ID"), "lower case"} {
		if !strings.Contains(squeezed(logged.words()), squeezed(want)) {
			t.Errorf("the request's page does not show %q: %s", want, logged)
		}
	}
	if other := stranger.open(request); other.status != http.StatusNotFound {
		t.Errorf("somebody else sees the request: %s", other)
	}
	if anybody := sv.browser(t).open(link); anybody.status != http.StatusOK || strings.Contains(anybody.body, c.header.Get("X-Request-ID")) {
		t.Errorf("anybody sees of the request: %s", anybody)
	}
}

// squeezed leaves out blanks, which stand between the parts of a line that are marked.
func squeezed(text string) string { return strings.ReplaceAll(text, " ", "") }

// jsonMessage is the whole text of a refusal, its link included.
func jsonMessage(t testing.TB, a answer) string {
	t.Helper()
	m, err := readMessages(a.body)
	if err != nil {
		t.Fatal(err)
	}
	return m.Messages[0].Text
}
