package site_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"fairway/internal/httpkit"
	"fairway/internal/site"
)

func TestSamplesAreFilledWithTheReadersApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := ""
	w.deps.Reader = func(_ context.Context, organisation string) (site.Reader, error) {
		asked = organisation
		return site.Reader{ClientID: "fwy_reader", Brand: "st1"}, nil
	}
	w.mount()

	anybody := w.page("/docs/auth") + w.page("/docs/signing")
	w.visitor = httpkit.Visitor{PersonID: "psn_1", Role: "tpp", OrganisationID: "org_1"}
	own := w.page("/docs/auth") + w.page("/docs/signing")
	w.visitor = httpkit.Visitor{PersonID: "psn_2", Role: "support", OrganisationID: "org_2"}
	staff := w.page("/docs/auth")

	if strings.Contains(anybody+staff, "fwy_reader") || !strings.Contains(anybody, "$FAIRWAY_CLIENT_ID") || strings.Contains(anybody, "/sandbox/st1/consent") {
		t.Error("samples of somebody else are filled with the reader's app")
	}
	if asked != "org_1" || !strings.Contains(own, "fwy_reader") || !strings.Contains(own, "https://localhost:8443/sandbox/st1/consent/v1/consents") {
		t.Errorf("the samples of %q are not filled", asked)
	}
}

func TestAPageWithoutItsReaderIsNoPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deps.Reader = func(context.Context, string) (site.Reader, error) {
		return site.Reader{}, errors.New("the database is away")
	}
	w.mount()
	w.visitor = httpkit.Visitor{PersonID: "psn_1", Role: "tpp", OrganisationID: "org_1"}

	if got := w.get("/docs/auth").Code; got != http.StatusInternalServerError {
		t.Errorf("%d", got)
	}
}

func TestTheLanguageOfTheCookieIsThereInTheFirstBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	page := w.askFrom("127.0.0.1:50000", "/docs/signing", http.Header{"Cookie": {"lang_pref=python"}}).Body.String()

	mustContain(t, "Message signing", page, `id="sample-consent-python" aria-label="Python">`, `id="sample-consent-curl" aria-label="curl" hidden>`, "create-consent.py")
}
