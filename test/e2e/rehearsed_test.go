package e2e

import (
	"bytes"
	"html"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"fairway/internal/contract"
)

const orderPath = "/rehearsals/v1/next"

// ordering are one good call of each operation with which an app orders the answers to its next calls.
func (p *tpp) ordering() []*call {
	order := p.call(http.MethodPut, orderPath, "", []byte(`{"outcome":"slow","seconds":1,"operation":"consents.read","calls":2}`))
	return []*call{order, p.call(http.MethodGet, orderPath, "", nil), p.call(http.MethodDelete, orderPath, "", nil)}
}

// rehearsed is a good call that orders its own answer.
func (c *call) rehearsed(outcome string) *call { return c.set("Fairway-Rehearse", outcome) }

// orders are what to order for an answer of the documents: each of its codes, and the status alone where it may come without.
func orders(a contract.Answer) []string {
	if len(a.Codes) == 0 || a.Status == http.StatusServiceUnavailable {
		return append([]string{""}, a.Codes...)
	}
	return a.Codes
}

// TestEveryRefusalOfTheDocumentsCanBeRehearsed orders every status and code that the documents promise, of the operation
// that they promise it for. Each answer is held against the document, as every other is.
func TestEveryRefusalOfTheDocumentsCanBeRehearsed(t *testing.T) {
	t.Parallel()
	e := town(t, wideLimits).everything(t)
	sample := map[string]int{}
	for i, id := range []string{"consents.create", "consents.read", "consents.status", "card-accounts.list", "card-accounts.read", "card-accounts.balances", "card-accounts.transactions", "consents.delete"} {
		sample[id] = i
	}
	met := 0
	for _, api := range []string{"consent", "card-account"} {
		d, _ := contract.Find(api, "v1")
		for _, o := range d.Operations {
			for _, a := range o.Answers {
				if a.Status < http.StatusBadRequest {
					continue
				}
				for _, code := range orders(a) {
					outcome := strings.TrimPrefix(code+";status="+strconv.Itoa(a.Status), ";status=")

					got := e.p.ask(t, e.calls()[sample[o.ID]].rehearsed(outcome))

					name, _, _ := strings.Cut(outcome, ";")
					if got.status != a.Status || got.code() != code || got.header.Get("Fairway-Rehearsal") != name {
						t.Errorf("%s, ordered %s: %s %v", o.ID, outcome, got, got.header)
					}
					met++
				}
			}
		}
	}
	if good := e.p.ask(t, e.calls()[sample["consents.status"]]); met < 200 || !strings.Contains(good.body, "valid") {
		t.Errorf("after %d rehearsals: %s", met, good)
	}
}

var shownCommand = regexp.MustCompile(`(?s)<code id="rehearse-script">(.*?)</code>`)

// TestTheCommandOfACodesPageOrdersIt copies the command off the page and runs it beside the files of the set.
func TestTheCommandOfACodesPageOrdersIt(t *testing.T) {
	t.Parallel()
	needTool(t, "curl")
	sv := town(t, wideLimits)
	p := sv.newTPP(t)
	found := shownCommand.FindStringSubmatch(sv.browser(t).open("/docs/errors/CONSENT_UNKNOWN").body)
	if found == nil {
		t.Fatal("the page shows no command")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", html.UnescapeString(found[1]))
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), "no_proxy=*", "FAIRWAY_API_KEY="+p.app.APIKey, "FAIRWAY_API_URL="+p.app.APIURL, "FAIRWAY_CA_FILE=ca.pem")

	said, err := cmd.CombinedOutput()

	armed := p.send(t, p.call(http.MethodGet, orderPath, "", nil))
	if err != nil || armed.status != http.StatusOK || !strings.Contains(armed.body, `"CONSENT_UNKNOWN"`) || !strings.Contains(armed.body, `"card-accounts.list"`) {
		t.Errorf("%v %s; ordered is %s", err, said, armed)
	}
}

func TestAnswersAreOrderedAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	name := "orders-" + randomHex(4)
	former := sv.provision(t, name)
	p := sv.provision(t, name)

	for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusNoContent, http.StatusNotFound} {
		if a := p.send(t, append(p.ordering(), p.ordering()[1])[i]); a.status != want {
			t.Errorf("step %d: %s", i, a)
		}
	}
	for outcome, where := range map[string]string{`{"outcome":"sunshine"}`: "outcome", `{"outcome":"503","calls":11}`: "calls", `{"outcome":`: ""} {
		a := p.send(t, p.call(http.MethodPut, orderPath, "", []byte(outcome)))
		if a.status != http.StatusBadRequest || a.code() != "FORMAT_ERROR" || a.path() != where {
			t.Errorf("%s: %s", outcome, a)
		}
	}
	if a := p.send(t, p.call(http.MethodPut, orderPath, "", bytes.Repeat([]byte(" "), 65<<10))); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of 65 kB: %s", a)
	}
	for i := range p.ordering() {
		one := func() *call { return p.ordering()[i] }
		nowhere := one()
		nowhere.url = strings.Replace(nowhere.url, "/rocker/", "/nobank/", 1)
		for code, a := range map[string]answer{
			"CERTIFICATE_MISSING": p.with(t, nil).send(t, one()), "CERTIFICATE_INVALID": p.with(t, selfMade(t)).send(t, one()),
			"CERTIFICATE_REVOKED": former.send(t, one()), "API_KEY_MISSING": p.send(t, one().without("X-API-Key")),
			"API_KEY_INVALID": p.send(t, one().set("X-API-Key", "sbx_ak_"+randomText(32))), "RESOURCE_UNKNOWN": p.send(t, nowhere),
		} {
			if a.code() != code {
				t.Errorf("%s, want %s: %s", one().method, code, a)
			}
		}
	}
}
