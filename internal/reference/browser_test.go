package reference_test

import (
	"net/http"
	"testing"

	"fairway/internal/testkit/chrome"
)

func TestTheReferenceInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	w := newWorld(t)
	at := ""
	chrome.Serve(t, func(address string) http.Handler { at = address; return w.handler })
	tab := chrome.Open(t, at, "none")
	for name, path := range map[string]string{
		"api": "/reference/card-account/v1", "transactions": "/reference/card-account/v1/card-accounts.transactions",
		"create": "/reference/consent/v1/consents.create", "unknown": "/reference/card-account/v9",
	} {
		tab.Sound(name, path)
	}

	w.newApp("An app whose name is as long as a name may be: sixty letters")
	tab.Sound("filled", "/reference?brand=alisa")
	tab.Open("/reference/consent/v1/consents.create")
	if hidden := chrome.Ask[bool](tab, `document.querySelector('#request-2').hidden && !document.querySelector('[data-copy-page]').hidden`); !hidden {
		t.Error("the examples are no tabs")
	}
}
