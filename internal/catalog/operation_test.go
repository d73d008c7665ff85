package catalog_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestTheOperationsAreThoseOfTheExampleFlow(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"consents.create":            "POST /consent/v1/consents",
		"consents.read":              "GET /consent/v1/consents/{consentId}",
		"consents.status":            "GET /consent/v1/consents/{consentId}/status",
		"consents.delete":            "DELETE /consent/v1/consents/{consentId}",
		"card-accounts.list":         "GET /card-account/v1/card-accounts",
		"card-accounts.read":         "GET /card-account/v1/card-accounts/{account-id}",
		"card-accounts.balances":     "GET /card-account/v1/card-accounts/{account-id}/balances",
		"card-accounts.transactions": "GET /card-account/v1/card-accounts/{account-id}/transactions",
	}
	if n := len(catalog.Operations()); n != len(want) {
		t.Errorf("there are %d operations", n)
	}
	for id, line := range want {
		o, ok := catalog.OperationByID(id)
		if !ok || o.Method+" "+o.Pattern != line {
			t.Errorf("%s is %s %s", id, o.Method, o.Pattern)
		}
	}
	if _, ok := catalog.OperationByID("payments.create"); ok {
		t.Error("payments are not offered")
	}
}

func TestEveryOperationDescribesItself(t *testing.T) {
	t.Parallel()
	for _, o := range catalog.Operations() {
		if o.Summary == "" || o.Role != "PSP_AI" || o.Scope != "AIS" || o.Token == "" || o.Success < 200 || o.Success > 204 {
			t.Errorf("%s lacks something: %+v", o.ID, o)
		}
		if strings.Count(o.Pattern, "{") != len(o.PathParams) {
			t.Errorf("%s has a pattern of other parameters than it lists", o.ID)
		}
		if o.HasBody != (o.Example != nil) || o.HasBody && o.Method != http.MethodPost {
			t.Errorf("%s has a body, or an example of one, alone", o.ID)
		}
		consents := strings.HasPrefix(o.ID, "consents.")
		if (o.API == "") != consents || o.NeedsConsent == consents || (o.Token == catalog.UserToken) == consents {
			t.Errorf("%s belongs to %q with token %s", o.ID, o.API, o.Token)
		}
		names := map[string]bool{}
		for _, p := range append(append(append([]catalog.Param{}, o.PathParams...), o.QueryParams...), o.HeaderParams...) {
			if p.Name == "" || p.Hint == "" || p.Type == "" || (p.Type == catalog.Choice) != (len(p.Enum) > 0) || names[p.Name] {
				t.Errorf("%s: parameter %+v", o.ID, p)
			}
			names[p.Name] = true
		}
		if names["Consent-ID"] != o.NeedsConsent {
			t.Errorf("%s and its Consent-ID", o.ID)
		}
	}
}

func TestAConnectionOpensItsOperationsAndTheConsents(t *testing.T) {
	t.Parallel()
	if n := len(catalog.OperationsOf(catalog.API{ID: "card-account", Scope: "AIS"})); n != 8 {
		t.Errorf("card accounts open %d operations", n)
	}
	if n := len(catalog.OperationsOf(catalog.API{ID: "funds", Scope: "PIIS"})); n != 0 {
		t.Errorf("funds confirmations open %d operations", n)
	}
}

func TestTheExampleConsentAsksForNinetyDays(t *testing.T) {
	t.Parallel()
	o, _ := catalog.OperationByID("consents.create")
	var body struct {
		Access             map[string][]any `json:"access"`
		RecurringIndicator bool             `json:"recurringIndicator"`
		ValidUntil         string           `json:"validUntil"`
		FrequencyPerDay    int              `json:"frequencyPerDay"`
		Combined           *bool            `json:"combinedServiceIndicator"`
	}
	decoder := json.NewDecoder(strings.NewReader(o.Example(testkit.Start)))
	decoder.DisallowUnknownFields()

	err := decoder.Decode(&body)

	if err != nil || body.ValidUntil != "2027-02-19" || body.FrequencyPerDay != 4 || !body.RecurringIndicator || len(body.Access) != 3 || body.Combined == nil {
		t.Errorf("%+v, %v", body, err)
	}
}

func TestAPathTakesEachValueAsOneSegment(t *testing.T) {
	t.Parallel()
	o, _ := catalog.OperationByID("consents.status")
	for _, value := range []string{"a/b", "../consents", "//169.254.169.254/", "x?y=1", "x#y", "a%2fb", "a b", "ä", "{consentId}", "@host", `\\host`} {
		path, err := o.Path(map[string]string{"consentId": value})
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		u, err := url.Parse("https://api.example" + path)
		if err != nil || u.Host != "api.example" || u.RawQuery != "" || u.Fragment != "" || u.Path != "/consent/v1/consents/"+value+"/status" ||
			strings.Count(u.EscapedPath(), "/") != 5 {
			t.Errorf("%q became %q", value, path)
		}
	}
	for _, value := range []string{"", ".", ".."} {
		_, err := o.Path(map[string]string{"consentId": value})
		if f := fault.Of(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "consentId" {
			t.Errorf("%q: %v", value, err)
		}
	}
}
