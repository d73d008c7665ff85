package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"fairway/internal/contract"
)

// notSeen are documented answers that no test of the whole program brings about, each with its reason: an operation, a
// status, and a code where the status has some. Everything else is seen, or the tests fail. It must only shrink.
var notSeen = map[string]string{
	"rehearsals.arm 401 CERTIFICATE_EXPIRED":    stillGood,
	"rehearsals.read 401 CERTIFICATE_EXPIRED":   stillGood,
	"rehearsals.disarm 401 CERTIFICATE_EXPIRED": stillGood,
	"rehearsals.read 503":                       "what only reads waits for nobody, so the turn to write that a test takes away does not stop it",
}

const stillGood = "no certificate of a sandbox ends while tests run, and no order is answered by an order; it is the check that every operation begins with"

// ours are our own documents, read by a library that was written without us.
var ours = sync.OnceValues(func() (map[string]*openapi3.T, error) {
	list, err := contract.Documents()
	if err != nil {
		return nil, err
	}
	out := map[string]*openapi3.T{}
	for _, d := range list {
		text, err := d.YAML(contract.Addresses{Portal: "https://portal.example", Auth: "https://auth.example", API: "https://{environment}.api.{brand}.example",
			Bank: "https://bank.example", Environment: "sandbox", Brand: "rocker", Brands: []string{"rocker"}})
		if err != nil {
			return nil, err
		}
		if out[d.API], err = openapi3.NewLoader().LoadFromData(text); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// promised counts the answers that kept to our own documents, by operation, status and code.
var promised = struct {
	sync.Mutex
	statuses, codes map[string]int
}{statuses: map[string]int{}, codes: map[string]int{}}

// neverSeen says, once every test has run, which documented statuses and codes no answer had.
func neverSeen() []string {
	if only := flag.Lookup("test.run"); only != nil && only.Value.String() != "" {
		return nil
	}
	promised.Lock()
	defer promised.Unlock()
	list, err := contract.Documents()
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	documented, codes := 0, 0
	for _, d := range list {
		for _, o := range d.Operations {
			for _, a := range o.Answers {
				documented, codes = documented+1, codes+len(a.Codes)
				key := o.ID + " " + strconv.Itoa(a.Status)
				problems = append(problems, missed(key, promised.statuses)...)
				for _, code := range a.Codes {
					problems = append(problems, missed(key+" "+code, promised.codes)...)
				}
			}
		}
	}
	fmt.Printf("%d of %d documented statuses were seen, and %d of %d documented codes\n", len(promised.statuses), documented, len(promised.codes), codes)
	return problems
}

// missed says what is wrong with an answer of the documents: it was not seen and should have been, or the other way round.
func missed(key string, seen map[string]int) []string {
	_, excused := notSeen[key]
	switch {
	case seen[key] > 0 && excused:
		return []string{key + " was seen now: take it out of notSeen"}
	case seen[key] == 0 && !excused:
		return []string{"the documents have " + key + ", and no answer of the suite"}
	}
	return nil
}

// checkAgainstContract holds an answer against our own documents, and the request that it belongs to where it is a good one.
func (sv *server) checkAgainstContract(r *http.Request, res *http.Response, body string) string {
	docs, err := ours()
	if err != nil {
		return err.Error()
	}
	path, ok := sv.documented(r.URL)
	if !ok {
		return ""
	}
	for api, doc := range docs {
		for template, item := range doc.Paths.Map() {
			values, fits := fit(template, path)
			if operation := item.GetOperation(r.Method); fits && operation != nil {
				return checkCall(api, operation, values, r, res, body)
			}
		}
	}
	return ""
}

// documented is the path of a request as the documents write it.
func (sv *server) documented(u *url.URL) (string, bool) {
	if rest, ok := strings.CutPrefix(u.Path, "/auth/"); ok {
		return "/" + rest, true
	}
	parts := strings.SplitN(u.Path, "/", 4)
	if len(parts) < 4 || parts[1] != "sandbox" && parts[1] != "live" {
		return "", false
	}
	return "/" + parts[3], true
}

// fit matches a path against one with names in braces.
func fit(template, path string) (map[string]string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	values := map[string]string{}
	for i, part := range want {
		if strings.HasPrefix(part, "{") {
			values[strings.Trim(part, "{}")] = got[i]
		} else if part != got[i] {
			return nil, false
		}
	}
	return values, true
}

// checkCall judges a call and counts it where it kept to the document.
func checkCall(api string, o *openapi3.Operation, values map[string]string, r *http.Request, res *http.Response, body string) string {
	code, problem := judgeCall(api, o, values, r, res, body)
	if problem != "" {
		return problem
	}
	promised.Lock()
	defer promised.Unlock()
	key := o.OperationID + " " + strconv.Itoa(res.StatusCode)
	promised.statuses[key]++
	if code != "" {
		promised.codes[key+" "+code]++
	}
	return ""
}

func judgeCall(api string, o *openapi3.Operation, values map[string]string, r *http.Request, res *http.Response, body string) (code, problem string) {
	declared := o.Responses.Status(res.StatusCode)
	if declared == nil {
		return "", fmt.Sprintf("%s has no status %d: %s", o.OperationID, res.StatusCode, body)
	}
	problems := slices.Concat(checkAnswerHeaders(declared.Value, res), checkAnswerBody(declared.Value, res, body))
	code, known := codeOf(declared.Value, body)
	if !known {
		problems = append(problems, "the document has no code "+code)
	}
	if res.StatusCode < http.StatusMultipleChoices {
		problems = append(problems, checkRequest(api, o, values, r)...)
	}
	if len(problems) > 0 {
		problem = fmt.Sprintf("%s %d: %s", o.OperationID, res.StatusCode, strings.Join(problems, "; "))
	}
	return code, problem
}

// transport are headers that HTTP itself or every answer of the program has.
var transport = []string{"Content-Type", "Content-Length", "Date", "Connection", "X-Content-Type-Options", "Transfer-Encoding", "Vary"}

func checkAnswerHeaders(declared *openapi3.Response, res *http.Response) []string {
	var problems []string
	for name, h := range declared.Headers {
		value := res.Header.Get(name)
		if value == "" {
			if h.Value.Required {
				problems = append(problems, "the header "+name+" is missing")
			}
			continue
		}
		if err := h.Value.Schema.Value.VisitJSON(value, openapi3.EnableFormatValidation(), formats()); err != nil {
			problems = append(problems, "the header "+name+": "+err.Error())
		}
	}
	for name := range res.Header {
		known := slices.Contains(transport, name)
		for documented := range declared.Headers {
			known = known || http.CanonicalHeaderKey(documented) == name
		}
		if !known {
			problems = append(problems, "nothing is said of the header "+name)
		}
	}
	return problems
}

func checkAnswerBody(declared *openapi3.Response, res *http.Response, body string) []string {
	if len(declared.Content) == 0 || body == "" && res.StatusCode == http.StatusServiceUnavailable {
		if body != "" {
			return []string{"there is a body: " + body}
		}
		return nil
	}
	media, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	schema := declared.Content.Get(media)
	if schema == nil {
		return []string{"the body is " + media}
	}
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		return []string{err.Error()}
	}
	if err := schema.Schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.EnableFormatValidation(), openapi3.MultiErrors(), formats()); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// codeOf is the message code of a refusal, and whether the document lists it.
func codeOf(declared *openapi3.Response, body string) (code string, known bool) {
	var m tppMessages
	var e oauthError
	switch {
	case json.Unmarshal([]byte(body), &m) == nil && len(m.Messages) > 0:
		code = m.Messages[0].Code
	case json.Unmarshal([]byte(body), &e) == nil:
		code = e.Error
	}
	listed, ok := declared.Extensions["x-codes"].([]any)
	return code, code == "" || !ok || slices.Contains(listed, any(code))
}

// checkRequest holds a request that was answered well against what may be sent.
func checkRequest(api string, o *openapi3.Operation, values map[string]string, r *http.Request) []string {
	var problems []string
	query := r.URL.Query()
	for _, p := range o.Parameters {
		got := map[string]string{"path": values[p.Value.Name], "query": query.Get(p.Value.Name), "header": r.Header.Get(p.Value.Name)}[p.Value.In]
		unless, _ := p.Value.Extensions["x-required-unless"].(string)
		switch {
		case got == "" && (p.Value.Required || unless != "" && !query.Has(unless)):
			problems = append(problems, "the request was good without "+p.Value.Name)
		case got != "":
			if err := p.Value.Schema.Value.VisitJSON(got, openapi3.EnableFormatValidation(), formats()); err != nil {
				problems = append(problems, "the request's "+p.Value.Name+": "+err.Error())
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if o.Parameters.GetByInAndName("query", name) == nil {
			problems = append(problems, "nothing is said of the query parameter "+name)
		}
	}
	if api != "oauth" && r.Header.Get("X-API-Key") == "" {
		problems = append(problems, "the request was good without API key")
	}
	if api != "oauth" && api != "rehearsals" && !strings.HasPrefix(strings.ToLower(r.Header.Get("Authorization")), "bearer ") {
		problems = append(problems, "the request was good without token")
	}
	return append(problems, checkRequestBody(o, r)...)
}

func checkRequestBody(o *openapi3.Operation, r *http.Request) []string {
	if o.RequestBody == nil {
		return nil
	}
	sent, err := sentBody(r)
	if err != nil || sent == nil {
		return []string{"the body that was sent cannot be read again"}
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	schema := o.RequestBody.Value.Content.Get(strings.ToLower(strings.TrimSpace(media)))
	if schema == nil {
		return []string{"the request's body is " + media}
	}
	var value any
	if media == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(sent))
		if err != nil {
			return []string{err.Error()}
		}
		fields := map[string]any{}
		for name, given := range form {
			if given[0] != "" {
				fields[name] = given[0]
			}
		}
		value = fields
	} else if err := json.Unmarshal(sent, &value); err != nil {
		return []string{err.Error()}
	}
	if err := schema.Schema.Value.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.EnableFormatValidation(), openapi3.MultiErrors(), formats()); err != nil {
		return []string{"the request was good although " + err.Error()}
	}
	return nil
}

// sentBody reads the body of a request once more.
func sentBody(r *http.Request) ([]byte, error) {
	if r.GetBody == nil {
		return nil, nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	return io.ReadAll(body)
}

func TestOurOwnDocumentsRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	docs, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	operation := docs["card-account"].Paths.Find("/card-account/v1/card-accounts").Get
	good := `{"cardAccounts":[{"resourceId":"3d9a81b3-a47d-4130-8765-a9c0ff861b99","maskedPan":"x","currency":"EUR","debitAccounting":true}]}`
	refused := `{"tppMessages":[{"category":"ERROR","code":"TOKEN_INVALID"}]}`
	for name, c := range map[string]struct {
		status     int
		body       string
		spoil      func(r *http.Request, h http.Header)
		wantSaying string
	}{
		"a good answer":           {200, good, nil, ""},
		"an unknown member":       {200, strings.Replace(good, `"currency"`, `"surprise":1,"currency"`, 1), nil, "surprise"},
		"a member that is absent": {200, strings.Replace(good, `,"currency":"EUR"`, "", 1), nil, "currency"},
		"an id that is no UUID":   {200, strings.Replace(good, "3d9a81b3-", "", 1), nil, "uuid"},
		"an unknown status":       {418, good, nil, "no status 418"},
		"an unknown header":       {200, good, func(_ *http.Request, h http.Header) { h.Set("X-New", "1") }, "X-New"},
		"a header that is absent": {200, good, func(_ *http.Request, h http.Header) { h.Del("RateLimit") }, "RateLimit"},
		"an unknown parameter":    {200, good, func(r *http.Request, _ http.Header) { r.URL.RawQuery = "withBalance=true" }, "withBalance"},
		"no Consent-ID":           {200, good, func(r *http.Request, _ http.Header) { r.Header.Del("Consent-ID") }, "without Consent-ID"},
		"no API key":              {200, good, func(r *http.Request, _ http.Header) { r.Header.Del("X-API-Key") }, "without API key"},
		"a code of another place": {404, refused, nil, "no code TOKEN_INVALID"},
	} {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/card-account/v1/card-accounts"}, Header: http.Header{}}
		for _, h := range []string{"X-Request-ID", "Consent-ID"} {
			r.Header.Set(h, newUUID())
		}
		for h, v := range map[string]string{"Digest": "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "Signature": "s", "TPP-Signature-Certificate": "c", "X-API-Key": "k", "Authorization": "Bearer t"} {
			r.Header.Set(h, v)
		}
		res := &http.Response{StatusCode: c.status, Header: http.Header{}}
		for h, v := range map[string]string{"Content-Type": "application/json", "X-Request-ID": "x", "RateLimit": "l", "RateLimit-Policy": "p", "Cache-Control": "no-store"} {
			res.Header.Set(h, v)
		}
		if c.status == 404 {
			res.Header.Set("Link", "<x>")
		}
		if c.spoil != nil {
			c.spoil(r, res.Header)
		}
		_, problem := judgeCall("card-account", operation, nil, r, res, c.body)
		if c.wantSaying == "" && problem != "" || !strings.Contains(problem, c.wantSaying) {
			t.Errorf("%s: %q, want something about %q", name, problem, c.wantSaying)
		}
	}
}
