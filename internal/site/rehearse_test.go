package site_test

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/messagecode"
	"fairway/internal/rehearsals"
	"fairway/internal/testkit"
)

// tpp is the visitor's organisation, with apps of these names.
func (w *world) tpp(names ...string) (organisation string, ids []string) {
	w.t.Helper()
	organisation, person := testkit.Organisation(w.t, w.d, "Acme Payments")
	w.visitor = httpkit.Visitor{PersonID: person, OrganisationID: organisation, Role: "tpp"}
	for _, name := range names {
		err := w.d.InTx(w.t.Context(), func(tx db.Tx) error {
			app, _, err := w.apps.Create(w.t.Context(), tx, organisation, person, apps.NewApp{Name: name, Environment: catalog.Sandbox, RedirectURIs: []string{"https://tpp.example/cb"}})
			ids = append(ids, app.ID)
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return organisation, ids
}

const panel = `id="rehearse"`

func TestWithOneAppACodeIsOrderedByOneButton(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, ids := w.tpp("Budget <b>")

	html := w.page("/docs/errors/CONSENT_EXPIRED")

	mustContain(t, "the page", html, panel, `action="/playground/rehearsals"`, `name="app" value="`+ids[0]+`"`, `name="outcome" value="CONSENT_EXPIRED"`, "Answer the next call of Budget &lt;b&gt; with this",
		`href="/playground/rehearsals?outcome=CONSENT_EXPIRED#order"`, "See it for real", "recurringIndicator is false", `href="#rehearse"`)
	if strings.Contains(html, "Armed") || strings.Contains(html, `name="status"`) {
		t.Error("something is armed, or there is a choice of one status")
	}
}

func TestWithMoreAppsAndStatusesTheyAreChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tpp("First", "Second")

	mustContain(t, "the page", w.page("/docs/errors/CONSENT_UNKNOWN"), `<select id="rehearse-app" name="app"`, "First", "Second", `value="CONSENT_UNKNOWN;status=400"`, `value="CONSENT_UNKNOWN;status=403"`, "403 Forbidden",
		"Answer my next call with this")
}

func TestWhatIsArmedIsShownWithTheWayToSendACallAndToTakeItBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	organisation, ids := w.tpp("Budget")
	order, err := rehearsals.Wish{Outcome: "503", Calls: 3}.Order()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.orders.Arm(t.Context(), organisation, ids[0], order); err != nil {
		t.Fatal(err)
	}

	mine := w.page("/docs/errors/CONSENT_EXPIRED")
	w.tpp("Other")
	others := w.page("/docs/errors/CONSENT_EXPIRED")

	mustContain(t, "the page", mine, "Armed: 503 for Budget", "Its next 3 calls until 10:00 UTC meet it.", `action="/playground/rehearsals/disarm"`, `href="/playground/request?app=`+ids[0]+`"`)
	if strings.Contains(others, "Armed") || strings.Contains(others, ids[0]) {
		t.Error("another organisation sees it")
	}
}

func TestWhoCannotOrderIsToldWhatComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anybody := w.page("/docs/errors/CONSENT_EXPIRED")
	w.tpp()
	noApp := w.page("/docs/errors/CONSENT_EXPIRED")
	w.visitor = httpkit.Visitor{PersonID: "per_staff", Role: "support"}
	staff := w.page("/docs/errors/CONSENT_EXPIRED")

	mustContain(t, "the page of anybody", anybody, panel, `href="/login?next=%2Fdocs%2Ferrors%2FCONSENT_EXPIRED%23rehearse"`)
	mustContain(t, "the page without an app", noApp, panel, `href="/playground/apps/new"`)
	for name, html := range map[string]string{"anybody": anybody, "no app": noApp} {
		if strings.Contains(html, `action="/playground/rehearsals"`) {
			t.Errorf("%s has the form", name)
		}
	}
	if strings.Contains(staff, panel) {
		t.Error("staff has the panel")
	}
}

var (
	shownHeader = regexp.MustCompile(`id="rehearse-header">\s*Fairway-Rehearse: ([^<\s]+)`)
	shownBody   = regexp.MustCompile(`--data &#39;(\{.*?\})&#39;`)
)

func TestWhatSoftwareIsToldToOrderIsAnOrderOfTheCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, r := range messagecode.All() {
		text := w.page(messagecode.Path(r.Code))
		header, body := shownHeader.FindStringSubmatch(text), shownBody.FindStringSubmatch(text)
		if header == nil || body == nil {
			t.Fatalf("%s: the page shows no header or no command", r.Code)
		}
		var wish rehearsals.Wish
		if err := json.Unmarshal([]byte(html.UnescapeString(body[1])), &wish); err != nil {
			t.Fatalf("%s: %s: %v", r.Code, body[1], err)
		}

		byHeader, err := rehearsals.ParseHeader(html.UnescapeString(header[1]))
		byBody, bad := wish.Order()

		if err != nil || bad != nil || byHeader.Outcome.Name != r.Code || byBody.Outcome.Name != r.Code || byHeader.Status != byBody.Status || byBody.Calls != 2 || byBody.Operation != "card-accounts.list" {
			t.Errorf("%s: %+v %v, %+v %v", r.Code, byHeader, err, byBody, bad)
		}
	}
}

func TestEveryCodeHasAPageThatSaysHowToSeeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tpp("Budget")
	table := w.page("/docs/environments")
	for _, r := range messagecode.Everything() {
		html := w.page(messagecode.Path(r.Code))

		_, orderable := rehearsals.Find(r.Code)
		if strings.Contains(html, panel) != orderable || strings.Contains(html, `id="try"`) != (r.Try != "") {
			t.Errorf("%s: the panel or the natural way is missing, or there are too many", r.Code)
		}
		if !r.OfCheck() && r.Try == "" && !orderable && r.Code != "server_error" {
			t.Errorf("%s: nobody can see it", r.Code)
		}
		if listed := strings.Contains(table, `href="`+messagecode.Path(r.Code)+`"`); r.Try != "" && !listed {
			t.Errorf("%s is not in the table", r.Code)
		}
	}
}
