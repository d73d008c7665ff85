package e2e

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

const schemaFile = "openapi/psd2-api_v1.3.12-2022-07-06.yaml"

var errNoSchema = errors.New("FAIRWAY_TESTDATA names no folder with " + schemaFile)

// published is the Berlin Group's own OpenAPI document, where the machine has it.
var published = sync.OnceValues(func() (*openapi3.T, error) {
	path := filepath.Join(os.Getenv("FAIRWAY_TESTDATA"), schemaFile)
	if _, err := os.Stat(path); os.Getenv("FAIRWAY_TESTDATA") == "" || err != nil {
		return nil, errNoSchema
	}
	return openapi3.NewLoader().LoadFromFile(path)
})

// compared counts the answers that were held against the document, by operation and status.
var compared = struct {
	sync.Mutex
	by map[string]int
}{by: map[string]int{}}

// neverCompared lists, once every test has run, the operations whose success was never held against the document.
func neverCompared() []string {
	only := flag.Lookup("test.run")
	if _, err := published(); err != nil || only != nil && only.Value.String() != "" {
		return nil
	}
	compared.Lock()
	defer compared.Unlock()
	total := 0
	for _, n := range compared.by {
		total += n
	}
	fmt.Printf("%d answers of %d kinds were held against the published schema\n", total, len(compared.by))
	var missing []string
	for _, want := range []string{"POST /v1/consents 201", "GET /v1/consents/{consentId} 200", "GET /v1/consents/{consentId}/status 200", "DELETE /v1/consents/{consentId} 204",
		"GET /v1/card-accounts 200", "GET /v1/card-accounts/{account-id} 200", "GET /v1/card-accounts/{account-id}/balances 200", "GET /v1/card-accounts/{account-id}/transactions 200"} {
		if compared.by[want] == 0 {
			missing = append(missing, "no answer of "+want+" was held against the published schema")
		}
	}
	return missing
}

// formats are what the document's formats mean; a UUID may be of any version.
func formats() openapi3.SchemaValidationOption {
	layout := func(layouts ...string) openapi3.StringFormatValidator {
		return openapi3.NewCallbackValidator(func(s string) error {
			for _, l := range layouts {
				if _, err := time.Parse(l, s); err == nil {
					return nil
				}
			}
			return fmt.Errorf("%q is not written like %s", s, layouts[0])
		})
	}
	return openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
		"uuid":      openapi3.NewRegexpFormatValidator(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`),
		"date":      layout(time.DateOnly),
		"date-time": layout(time.RFC3339),
		"ip": openapi3.NewCallbackValidator(func(s string) error {
			_, err := netip.ParseAddr(s)
			return err
		}),
		"uri": openapi3.NewCallbackValidator(func(s string) error {
			_, err := url.Parse(s)
			return err
		}),
	})
}

// operationOf finds the document's path of ours: /consent/v1/consents/… is its /v1/consents/….
func operationOf(path string) (template string, ok bool) {
	rest, found := strings.CutPrefix(path, "/consent/v1/consents")
	if found {
		return consentTemplates[idForm.ReplaceAllString(rest, "/{id}")], consentTemplates[idForm.ReplaceAllString(rest, "/{id}")] != ""
	}
	rest, found = strings.CutPrefix(path, "/card-account/v1/card-accounts")
	if !found {
		return "", false
	}
	template = cardTemplates[idForm.ReplaceAllString(rest, "/{id}")]
	return template, template != ""
}

var (
	idForm           = regexp.MustCompile(`^/[0-9a-fA-F-]{36}`)
	consentTemplates = map[string]string{"": "/v1/consents", "/{id}": "/v1/consents/{consentId}", "/{id}/status": "/v1/consents/{consentId}/status"}
	cardTemplates    = map[string]string{"": "/v1/card-accounts", "/{id}": "/v1/card-accounts/{account-id}",
		"/{id}/balances": "/v1/card-accounts/{account-id}/balances", "/{id}/transactions": "/v1/card-accounts/{account-id}/transactions"}
)

// checkAgainstSchema says what an answer has that the document does not, or lacks what it demands.
func checkAgainstSchema(path, method string, res *http.Response, body string) string {
	doc, err := published()
	if errors.Is(err, errNoSchema) {
		return ""
	}
	if err != nil {
		return err.Error()
	}
	template, ok := operationOf(path)
	if !ok {
		return ""
	}
	operation := doc.Paths.Find(template).GetOperation(method)
	if operation == nil {
		return "" // a method that the document does not have is refused without its help
	}
	compared.Lock()
	compared.by[method+" "+template+" "+strconv.Itoa(res.StatusCode)]++
	compared.Unlock()
	declared := operation.Responses.Status(res.StatusCode)
	if declared == nil && res.StatusCode == http.StatusRequestEntityTooLarge {
		return "" // HTTP's own answer to what is too large; the document has none
	}
	if res.StatusCode >= http.StatusInternalServerError {
		return "" // failures of the bank have codes of our own; our documents have them
	}
	if declared == nil {
		return fmt.Sprintf("%s %s has no status %d", method, template, res.StatusCode)
	}
	return checkBody(declared.Value, res, body)
}

func checkBody(declared *openapi3.Response, res *http.Response, body string) string {
	media := declared.Content.Get(res.Header.Get("Content-Type"))
	switch {
	case body == "" && (len(declared.Content) == 0 || res.StatusCode >= 400):
		return ""
	case body == "":
		return "the body is missing"
	case media == nil:
		return "the document has no body here of type " + res.Header.Get("Content-Type")
	}
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		return err.Error()
	}
	err := media.Schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.EnableFormatValidation(), openapi3.MultiErrors(), formats())
	if err != nil {
		return err.Error()
	}
	if unknown := strangers(media.Schema.Value, value, "body"); len(unknown) > 0 {
		return "the document does not know " + strings.Join(unknown, ", ")
	}
	return ""
}

// strangers are names in an object that the document does not list: a schema that allows more would let every
// misspelling pass.
func strangers(schema *openapi3.Schema, value any, at string) []string {
	var out []string
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			if schema.Items != nil {
				out = append(out, strangers(schema.Items.Value, item, at+"["+strconv.Itoa(i)+"]")...)
			}
		}
	case map[string]any:
		properties := allProperties(schema)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			switch known := properties[name]; {
			case known != nil:
				out = append(out, strangers(known.Value, v[name], at+"."+name)...)
			case schema.AdditionalProperties.Schema == nil && at != "body.access": // the document's accountAccess names all of its own
				out = append(out, at+"."+name)
			}
		}
	}
	return out
}

func allProperties(schema *openapi3.Schema) openapi3.Schemas {
	all := maps.Clone(schema.Properties)
	if all == nil {
		all = openapi3.Schemas{}
	}
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		maps.Copy(all, allProperties(part.Value))
	}
	return all
}

func TestThePublishedSchemaRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	if _, err := published(); errors.Is(err, errNoSchema) {
		t.Skipf("skipped: %v; no answer is held against the published schema", err)
	}
	res := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}}
	for body, want := range map[string]string{
		`{"cardAccounts":[{"maskedPan":"5243 78** **** 8693","currency":"EUR","resourceId":"x"}]}`:                     "",
		`{"cardAccounts":[{"maskedPan":"5243 78** **** 8693","resourceId":"x"}]}`:                                      "currency",
		`{"cardAccounts":[{"maskedPan":"5243 78** **** 8693","currency":"EUR","maskedPAN":"5243 78** **** 8693"}]}`:    "maskedPAN",
		`{"cardAccounts":[{"maskedPan":"5243","currency":"EUR","creditLimit":{"currency":"EUR","amount":5}}]}`:         "amount",
		`{"cardAccounts":[{"maskedPan":"5243","currency":"EUR","_links":{"balances":{"href":"/x"}}}],"surprise":1}`:    "surprise",
		`{"cardAccounts":[{"maskedPan":"5243","currency":"EUR","balances":[{"balanceType":"x","balanceAmount":{}}]}]}`: "amount",
	} {
		got := checkAgainstSchema("/card-account/v1/card-accounts", http.MethodGet, res, body)
		if want == "" && got != "" || want != "" && !strings.Contains(got, want) {
			t.Errorf("%s: %q, want something about %q", body, got, want)
		}
	}
}
