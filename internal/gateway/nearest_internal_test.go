package gateway

import (
	"strings"
	"testing"
)

func TestThePathThatWasMeantIsNamed(t *testing.T) {
	t.Parallel()
	const id = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	for path, want := range map[string]string{
		"/consent/v1/consents/":                   "There is a slash too many at its end; call /consent/v1/consents.",
		"/consent//v1/consents":                   "There is a slash too many in it; call /consent/v1/consents.",
		"/consent/v1/consents/" + id + "/status/": "There is a slash too many at its end; call /consent/v1/consents/{consentId}/status.",
		"/consents/v1/consents":                   "The closest is /consent/v1/consents.",
		"/consent/v2/consents":                    "The closest is /consent/v1/consents.",
		"/Consent/v1/consents":                    "The closest is /consent/v1/consents.",
		"/v1/consents":                            "The closest is /consent/v1/consents.",
		"/v1/consents/" + id:                      "The closest is /consent/v1/consents/{consentId}.",
		"/v1/accounts":                            "The closest is /card-account/v1/card-accounts.",
		"/card-accounts":                          "The closest is /card-account/v1/card-accounts.",
		"/card-account/v1/card-accounts/" + id + "/ballances": "The closest is /card-account/v1/card-accounts/{account-id}/balances.",
		"/v1/card-accounts/" + id + "/transactions":           "The closest is /card-account/v1/card-accounts/{account-id}/transactions.",
		"/card-account/v1/card-accounts/5/transactions":       "The closest is /card-account/v1/card-accounts/{account-id}/transactions.",
		"/rehearsal/v1/next":                                  "The closest is /rehearsals/v1/next.",
		"/":                                                   "This is the address of its interface itself; the operations are below it, such as GET /card-account/v1/card-accounts.",
		"//":                                                  "", "/nowhere": "", "/v1/payments/sepa-credit-transfers": "", "/wp-login.php": "", "/foo/v1/bar": "",
		"/" + strings.Repeat("consents", 9000): "",
		strings.Repeat("/consents", 9000):      "",
	} {
		if got := nearby(path); got != want {
			t.Errorf("%.80s: %q, want %q", path, got, want)
		}
	}
}
