package collections_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"fairway/internal/collections"
)

var place = collections.Place{
	App: "Ledger", Brand: "Rocker", APIURL: "https://localhost:8443/sandbox/rocker", TokenURL: "https://localhost:8443/auth/token",
	AuthorisationURL: "http://localhost:8080/bank/sandbox/rocker/v1/authorizations", ClientID: "fwy_abc", RedirectURI: "https://app.example/callback",
	PortalURL: "http://localhost:8080", Day: "2026-09-01",
}

// hostile is a name that means something to JSON, to YAML, to templates, to browsers and to .bru files.
const hostile = "a\"b'\\ {{client_secret}} {% raw %} </script>\n}\nmeta {\r\n name: x\u2028 \x00 : - #"

func must(t *testing.T) func([]byte, error) []byte {
	t.Helper()
	return func(text []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
}

func unpacked(t *testing.T, packed []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

// everything is all the text of all collections.
func everything(t *testing.T, p collections.Place) map[string]string {
	t.Helper()
	out := unpacked(t, must(t)(collections.Bruno(p)))
	out["postman"] = string(must(t)(collections.Postman(p)))
	out["environment"] = string(must(t)(collections.PostmanEnvironment(p)))
	out["insomnia"] = string(must(t)(collections.Insomnia(p)))
	return out
}

func TestPostmanHasTheWholeWayInItsFormat(t *testing.T) {
	t.Parallel()
	var c struct {
		Info struct{ Name, Schema string }
		Item []struct {
			Name string
			Item []struct {
				Name    string
				Request struct{ Method, URL string }
			}
		}
		Event []struct{ Listen string }
	}
	if err := json.Unmarshal(must(t)(collections.Postman(place)), &c); err != nil {
		t.Fatal(err)
	}

	var way []string
	for _, f := range c.Item {
		for _, r := range f.Item {
			way = append(way, r.Request.Method+" "+r.Request.URL)
		}
	}

	want := []string{"POST {{token_url}}", "POST {{api_url}}/consent/v1/consents", "GET {{api_url}}/consent/v1/consents/{{consent_id}}/status", "GET {{authorization_url}}?", "POST {{token_url}}",
		"GET {{api_url}}/card-account/v1/card-accounts", "GET {{api_url}}/card-account/v1/card-accounts/{{account_id}}/balances",
		"GET {{api_url}}/card-account/v1/card-accounts/{{account_id}}/transactions?bookingStatus=both&dateFrom=2026-09-01", "DELETE {{api_url}}/consent/v1/consents/{{consent_id}}"}
	if len(way) != len(want) || c.Info.Name != "Fairway, Ledger at Rocker" || !strings.HasSuffix(c.Info.Schema, "/v2.1.0/collection.json") || c.Event[0].Listen != "prerequest" {
		t.Fatalf("%+v\n%v", c.Info, way)
	}
	for i := range want {
		if !strings.HasPrefix(way[i], want[i]) {
			t.Errorf("step %d is %s", i+1, way[i])
		}
	}
}

func TestAnEnvironmentHasEveryVariableAndNoSecret(t *testing.T) {
	t.Parallel()
	var e struct {
		Values []struct{ Key, Value, Type, Description string }
	}
	if err := json.Unmarshal(must(t)(collections.PostmanEnvironment(place)), &e); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, v := range e.Values {
		values[v.Key] = v.Value
		if v.Type == "secret" && (v.Value != "" || v.Description == "") {
			t.Errorf("the secret %s is %q: %s", v.Key, v.Value, v.Description)
		}
	}
	if values["client_id"] != "fwy_abc" || values["redirect_uri"] != "https://app.example/callback" || values["api_url"] != place.APIURL {
		t.Errorf("the app is not filled in: %v", values)
	}
	for where, text := range everything(t, place) {
		for _, part := range strings.Split(text, "{{")[1:] {
			name, _, ok := strings.Cut(part, "}}")
			if _, known := values[strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "_."))]; !ok || !known {
				t.Errorf("%s uses the unknown variable %q", where, name)
			}
		}
	}
}

func TestBrunoIsAFolderOfFilesWhoseBlocksEnd(t *testing.T) {
	t.Parallel()
	files := unpacked(t, must(t)(collections.Bruno(place)))
	if len(files) != 14 {
		t.Errorf("there are %d files", len(files))
	}
	var head struct {
		Name, Type         string
		ClientCertificates struct {
			Certs []struct{ Domain, CertFilePath string }
		}
	}
	if err := json.Unmarshal([]byte(files["fairway/bruno.json"]), &head); err != nil || head.Type != "collection" || head.ClientCertificates.Certs[0].Domain != "localhost:8443" {
		t.Errorf("bruno.json: %v %+v", err, head)
	}
	for name, text := range files {
		if !strings.HasSuffix(name, ".bru") {
			continue
		}
		depth := 0
		for line := range strings.Lines(text) {
			switch line = strings.TrimRight(line, "\n"); {
			case line == "}" || line == "]":
				depth--
			case line != "" && !strings.HasPrefix(line, " "):
				depth++
			}
			if depth < 0 || depth > 1 {
				t.Fatalf("%s: a block does not end where it should: %q", name, line)
			}
		}
		if depth != 0 {
			t.Errorf("%s: a block does not end", name)
		}
	}
}

func TestInsomniaIsOfFormatFiveWithItsParts(t *testing.T) {
	t.Parallel()
	var c struct {
		Type       string
		Collection []struct {
			Name     string
			Scripts  map[string]string
			Children []struct {
				Name, URL, Method string
				Meta              struct{ ID string }
			}
		}
		Environments struct{ Data map[string]string }
	}
	if err := yaml.Unmarshal(must(t)(collections.Insomnia(place)), &c); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, f := range c.Collection {
		if !strings.Contains(f.Scripts["preRequest"], "insomnia.request") {
			t.Errorf("%s does not sign", f.Name)
		}
		for _, r := range f.Children {
			ids[r.Meta.ID] = true
		}
	}
	if c.Type != "collection.insomnia.rest/5.0" || len(ids) != 9 || c.Environments.Data["client_id"] != "fwy_abc" {
		t.Errorf("%s with %d requests, %v", c.Type, len(ids), c.Environments.Data)
	}
	if url := c.Collection[0].Children[1].URL; url != "{{ _.api_url }}/consent/v1/consents" {
		t.Errorf("variables are written %s", url)
	}
}

// The parts of format 5.0 that a collection of requests may have, as Insomnia reads them: of what is optional all that we write.
type (
	formatFile struct {
		Type, Name   string
		Meta         formatMeta
		Collection   []formatItem
		Environments struct {
			Name string
			Meta formatMeta
			Data map[string]string
		}
	}
	formatMeta struct {
		ID, Description            string
		Created, Modified, SortKey int64
	}
	formatItem struct {
		Name        string
		Meta        formatMeta
		URL, Method *string
		Body        *struct {
			MimeType, Text string
			Params         []formatPair
		}
		Headers        []formatPair
		Authentication *struct{ Type, Username, Password string }
		Scripts        struct{ PreRequest, AfterResponse string }
		Settings       *struct {
			RenderRequestBody, EncodeURL, RebuildPath *bool
			FollowRedirects                           string
			Cookies                                   *struct{ Send, Store bool }
		}
		Children []formatItem
	}
	formatPair struct{ Name, Value string }
)

// memberName finds the names of members, which the decoder wants in small letters.
var memberName = regexp.MustCompile(`(?m)^(\s*(?:- )?)([a-zA-Z]+):( |$)`)

func TestInsomniaHasNothingThatInsomniaRefuses(t *testing.T) {
	t.Parallel()
	text := must(t)(collections.Insomnia(place))
	var f formatFile
	d := yaml.NewDecoder(bytes.NewReader(memberName.ReplaceAllFunc(text, bytes.ToLower)))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}

	requests, settled := 0, 0
	for _, folder := range f.Collection {
		if folder.URL != nil || folder.Method != nil || folder.Meta.ID == "" || len(folder.Children) == 0 {
			t.Errorf("%s is no folder: a folder has children, and neither address nor method", folder.Name)
		}
		for _, r := range folder.Children {
			requests++
			if r.Method == nil || *r.Method == "" || r.URL == nil || r.Meta.ID == "" || r.Children != nil || r.Authentication != nil && r.Authentication.Type != "basic" {
				t.Errorf("%s is no request: %+v", r.Name, r)
			}
			if s := r.Settings; s != nil {
				settled++
				if s.Cookies == nil || s.RenderRequestBody == nil || s.EncodeURL == nil || s.RebuildPath == nil || s.FollowRedirects != "on" && s.FollowRedirects != "off" && s.FollowRedirects != "global" {
					t.Errorf("%s: settings that are not whole: %+v", r.Name, s)
				}
			}
		}
	}
	if f.Type != "collection.insomnia.rest/5.0" || requests != 9 || settled == 0 || f.Environments.Meta.ID == "" || f.Environments.Data["client_id"] != place.ClientID {
		t.Errorf("%s: %d requests, %d with settings, %+v", f.Type, requests, settled, f.Environments)
	}
}

func TestAHostileNameChangesNothing(t *testing.T) {
	t.Parallel()
	bad := place
	bad.App, bad.Brand = hostile, hostile
	calm := everything(t, place)
	for where, text := range everything(t, bad) {
		if strings.Contains(text, "{{client_secret}} {%") || strings.Contains(text, "</script>\n") {
			t.Errorf("%s repeats the name as it is", where)
		}
		if strings.HasSuffix(where, ".bru") && text != calm[where] {
			t.Errorf("%s has the name in it", where)
		}
	}
	var c struct{ Info struct{ Name string } }
	if err := json.Unmarshal(must(t)(collections.Postman(bad)), &c); err != nil || strings.ContainsAny(c.Info.Name, "\n\r\x00\u2028") {
		t.Errorf("%v: %q", err, c.Info.Name)
	}
	var i struct{ Name string }
	if err := yaml.Unmarshal(must(t)(collections.Insomnia(bad)), &i); err != nil || i.Name != c.Info.Name {
		t.Errorf("%v: %q", err, i.Name)
	}
}

// TestTheScriptUsesNothingThatASandboxLacks: Bruno's parser reads no literals of BigInt, Postman's sandbox has no globalThis, and
// none of them shares a library with all others.
func TestTheScriptUsesNothingThatASandboxLacks(t *testing.T) {
	t.Parallel()
	var found struct {
		Event []struct{ Script struct{ Exec []string } }
	}
	if err := json.Unmarshal(must(t)(collections.Postman(place)), &found); err != nil {
		t.Fatal(err)
	}
	for n, line := range found.Event[0].Script.Exec {
		if m := lacking.FindString(line); m != "" && !strings.HasPrefix(strings.TrimSpace(line), "//") {
			t.Errorf("line %d uses %s: %s", n+1, m, line)
		}
	}
}

var lacking = regexp.MustCompile(`\b[0-9]+n\b|globalThis|require\(|Buffer|TextEncoder|\batob\(|\bbtoa\(|CryptoJS|\?\.|\?\?|await |import `)

func TestTheSameValuesGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	first, second := everything(t, place), everything(t, place)
	for name := range first {
		if first[name] != second[name] {
			t.Errorf("%s differs", name)
		}
	}
}
