package contract_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"fairway/internal/catalog"
	"fairway/internal/contract"
	"fairway/internal/messagecode"
)

var here = contract.Addresses{
	Portal: "https://portal.bank.example", Auth: "https://auth.bank.example", API: "https://{environment}.api.{brand}.bank.example",
	Bank: "https://login.{brand}.bank.example/{environment}", Environment: "sandbox", Brand: "alisa", Brands: []string{"rocker", "alisa"},
}

func mustDocuments(t *testing.T) []contract.Document {
	t.Helper()
	list, err := contract.Documents()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// load reads a document with a library that was written without us.
func load(t *testing.T, d contract.Document, a contract.Addresses) *openapi3.T {
	t.Helper()
	text, err := d.YAML(a)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("%s: %v", d.API, err)
	}
	return doc
}

func formats() openapi3.SchemaValidationOption {
	check := func(works func(string) error) openapi3.StringFormatValidator {
		return openapi3.NewCallbackValidator(works)
	}
	layout := func(layout string) func(string) error {
		return func(s string) error { _, err := time.Parse(layout, s); return err }
	}
	return openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
		"uuid": openapi3.NewRegexpFormatValidator(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
		"date": check(layout(time.DateOnly)), "date-time": check(layout(time.RFC3339)),
		"ip": check(func(s string) error { _, err := netip.ParseAddr(s); return err }),
		"uri": check(func(s string) error {
			u, err := url.Parse(s)
			if err == nil && !u.IsAbs() {
				err = errors.New("it is not absolute")
			}
			return err
		}),
	})
}

func TestEveryDocumentIsOpenAPI31(t *testing.T) {
	t.Parallel()
	for _, d := range mustDocuments(t) {
		doc := load(t, d, here)

		if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
			t.Errorf("%s is OpenAPI %s", d.API, doc.OpenAPI)
		}
		if err := doc.Validate(t.Context()); err != nil {
			t.Errorf("%s: %v", d.API, err)
		}
	}
}

func TestEveryExampleIsRight(t *testing.T) {
	t.Parallel()
	seen := 0
	check := func(where string, s *openapi3.SchemaRef, value any) {
		seen++
		if err := s.Value.VisitJSON(value, openapi3.EnableFormatValidation(), openapi3.MultiErrors(), formats()); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	content := func(where string, c openapi3.Content) {
		for _, m := range c {
			if m.Example != nil {
				check(where, m.Schema, m.Example)
			}
			for name, e := range m.Examples {
				check(where+" "+name, m.Schema, e.Value.Value)
			}
		}
	}
	for _, d := range mustDocuments(t) {
		for path, item := range load(t, d, here).Paths.Map() {
			for method, o := range item.Operations() {
				at := method + " " + path
				for _, p := range o.Parameters {
					if p.Value.Example != nil {
						check(at+" "+p.Value.Name, p.Value.Schema, p.Value.Example)
					}
				}
				if o.RequestBody != nil {
					content(at, o.RequestBody.Value.Content)
				}
				for status, r := range o.Responses.Map() {
					content(at+" "+status, r.Value.Content)
					for name, h := range r.Value.Headers {
						check(at+" "+status+" "+name, h.Value.Schema, h.Value.Example)
					}
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d examples were looked at", seen)
	}
}

// everyCall are the headers that belong to every call and so stand with no single operation in the catalogue.
var everyCall = []string{"X-Request-ID", "Digest", "Signature", "TPP-Signature-Certificate", "Fairway-Rehearse"}

func TestDocumentsAndCatalogueAgree(t *testing.T) {
	t.Parallel()
	documented := 0
	for _, want := range catalog.Operations() {
		api, _, _ := strings.Cut(strings.TrimPrefix(want.Pattern, "/"), "/")
		d, _ := contract.Find(api, "v1")
		got, ok := d.Operation(want.ID)
		if !ok {
			t.Errorf("no document has %s", want.ID)
			continue
		}
		documented++
		if got.Method != want.Method || got.Path != want.Pattern || got.Role != want.Role || (got.Body != nil) != want.HasBody || got.Success().Status != want.Success {
			t.Errorf("%s: %s %s %s %d, not %s %s %s %d", want.ID, got.Method, got.Path, got.Role, got.Success().Status, want.Method, want.Pattern, want.Role, want.Success)
		}
		own, customer := want.Token != catalog.UserToken, want.Token != catalog.ClientToken
		if got.Takes("ownToken") != own || got.Takes("customerToken") != customer || !got.Takes("clientCertificate") || !got.Takes("apiKey") {
			t.Errorf("%s lets in by %v, its tokens are %s", want.ID, got.Access, want.Token)
		}
		agreeOnParams(t, want, got)
	}
	all := 0
	for _, d := range mustDocuments(t) {
		if d.API != "oauth" && d.API != "rehearsals" { // they belong to no bank API, so no catalogue has them
			all += len(d.Operations)
		}
	}
	if all != documented {
		t.Errorf("%d operations stand in the documents, the catalogue has %d", all, documented)
	}
}

func agreeOnParams(t *testing.T, want catalog.Operation, got contract.Operation) {
	t.Helper()
	listed := map[string]bool{}
	for in, params := range map[string][]catalog.Param{"path": want.PathParams, "query": want.QueryParams, "header": want.HeaderParams} {
		for _, p := range params {
			listed[in+" "+p.Name] = true
			q, ok := got.Param(in, p.Name)
			if !ok {
				t.Errorf("%s: no document has the %s parameter %s", want.ID, in, p.Name)
				continue
			}
			if required := q.Required || q.Unless != ""; required != p.Required || !slices.Equal(q.Enum, p.Enum) && p.Type == catalog.Choice {
				t.Errorf("%s: %s is required %v of %v, in the catalogue %v of %v", want.ID, p.Name, required, q.Enum, p.Required, p.Enum)
			}
		}
	}
	for _, p := range got.Params {
		if !listed[p.In+" "+p.Name] && !slices.Contains(everyCall, p.Name) {
			t.Errorf("%s: the catalogue has no %s parameter %s", want.ID, p.In, p.Name)
		}
	}
	for _, name := range everyCall {
		if _, ok := got.Param("header", name); !ok {
			t.Errorf("%s lacks the header %s", want.ID, name)
		}
	}
}

func TestEveryCodeExistsAndComesWithItsStatus(t *testing.T) {
	t.Parallel()
	for _, d := range mustDocuments(t) {
		for _, o := range d.Operations {
			for _, a := range o.Answers {
				for _, code := range a.Codes {
					r, ok := messagecode.Find(code)
					if !ok || !slices.Contains(r.HTTP, a.Status) {
						t.Errorf("%s %d has the code %s, which comes with %v", o.ID, a.Status, code, r.HTTP)
					}
				}
				if bare := len(a.Codes) == 0 && a.Status >= 400 && a.Media == "application/json"; bare && o.ID != "oauth.metadata" {
					t.Errorf("%s %d has a body and no code", o.ID, a.Status)
				}
			}
		}
	}
}

func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	sentence := regexp.MustCompile(`\S.*[.)]$`)
	say := func(where, text string) {
		if !sentence.MatchString(text) {
			t.Errorf("%s is described by %q", where, text)
		}
	}
	for _, d := range mustDocuments(t) {
		say(d.API, d.Summary)
		for _, o := range d.Operations {
			say(o.ID, o.Description)
			for _, p := range o.Params {
				say(o.ID+" "+p.Name, p.Description)
			}
			if o.Body != nil {
				for _, f := range o.Body.Fields {
					say(o.ID+" "+f.Path, f.Description)
				}
			}
			for _, a := range o.Answers {
				say(o.ID, a.Description)
				for _, f := range slices.DeleteFunc(slices.Clone(a.Fields), func(f contract.Field) bool { return f.Depth == 0 || f.Type == "object" }) {
					say(o.ID+" "+f.Path, f.Description)
				}
			}
		}
	}
}

func TestBothRenditionsSayTheSame(t *testing.T) {
	t.Parallel()
	for _, d := range mustDocuments(t) {
		text, err := d.JSON(here)
		if err != nil {
			t.Fatal(err)
		}
		fromJSON, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Fatal(err)
		}
		a, errA := json.Marshal(fromJSON)
		b, errB := json.Marshal(load(t, d, here))
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("%s differs between YAML and JSON (%v, %v)", d.API, errA, errB)
		}
	}
}

func TestADocumentNamesWhereItIsServed(t *testing.T) {
	t.Parallel()
	local := here
	local.API, local.Auth = "https://localhost:8443/{environment}/{brand}", "https://localhost:8443/auth"
	for api, want := range map[string]string{"consent": local.API, "card-account": local.API, "rehearsals": local.API, "oauth": local.Auth} {
		d, _ := contract.Find(api, "v1")
		doc := load(t, d, local)
		if got := doc.Servers[0].URL; got != want {
			t.Errorf("%s is served at %s", api, got)
		}
		text, err := d.YAML(local)
		if err != nil {
			t.Fatal(err)
		}
		for _, invented := range []string{"portal.example", "auth.example", "bank.example/v1", "sandbox/rocker/", "*refused", "common.yaml"} {
			if strings.Contains(string(text), invented) {
				t.Errorf("%s still says %s", api, invented)
			}
		}
	}
	d, _ := contract.Find("consent", "v1")
	o, _ := d.Operation("consents.create")
	if text := local.Fill(o.Success().Examples[0].Text); !strings.Contains(text, `"/sandbox/alisa/consent/v1/consents/`) ||
		!strings.Contains(text, "https://localhost:8443/auth/sandbox/alisa/.well-known") {
		t.Errorf("the example is at another place: %s", text)
	}
}

func TestFieldsStandInTheOrderOfTheDocument(t *testing.T) {
	t.Parallel()
	d, _ := contract.Find("card-account", "v1")
	o, _ := d.Operation("card-accounts.transactions")

	var paths []string
	for _, f := range o.Success().Fields {
		paths = append(paths, f.Path)
	}

	want := []string{"cardAccount", "cardAccount.maskedPan", "cardAccount.currency", "debitAccounting", "cardTransactions", "cardTransactions.booked",
		"cardTransactions.booked[].cardTransactionId"}
	if len(paths) < 40 || !slices.Equal(paths[:len(want)], want) {
		t.Errorf("%d fields, the first are %v", len(paths), paths[:min(len(paths), len(want))])
	}
	amount := slices.IndexFunc(o.Success().Fields, func(f contract.Field) bool {
		return f.Path == "cardTransactions.booked[].transactionAmount"
	})
	if f := o.Success().Fields[amount]; !f.Required || f.Description != "As billed to the account, its fee included." || f.Type != "object" {
		t.Errorf("the amount is %+v", f)
	}
}

func TestWhatNoDocumentHasIsNotFound(t *testing.T) {
	t.Parallel()
	if _, ok := contract.Find("card-account", "v2"); ok {
		t.Error("there is a v2")
	}
	d, _ := contract.Find("consent", "v1")
	_, operation := d.Operation("consents.print")
	o, _ := d.Operation("consents.read")
	_, param := o.Param("query", "page")
	if _, status := o.Answer(418); operation || param || status {
		t.Error("something was found that is not there")
	}
}
