package httpkit_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

type example struct {
	Name    string   `form:"name"`
	Agreed  bool     `form:"agreed"`
	Scopes  []string `form:"scopes"`
	Role    string   `form:"-"`
	Admin   bool
	private string
}

// bind posts a body to a handler that binds it.
func bind(t *testing.T, target, contentType, body string) (example, error) {
	t.Helper()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	c.Request.Header.Set("Content-Type", contentType)
	var refused error
	httpkit.SameOrigin(func(_ *gin.Context, err error) { refused = err })(c)
	if refused != nil {
		return example{}, refused
	}
	got := example{Role: "tpp", private: "own"}
	return got, httpkit.BindForm(c, &got)
}

func TestAFormFillsWhatTheStructNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	plain := example{Role: "tpp", private: "own"}
	with := func(change func(*example)) example {
		e := plain
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		target, body string
		want         example
	}{
		"all fields":         {"/", "name=A%20b+c&agreed=on&scopes=x&scopes=y", with(func(e *example) { e.Name, e.Agreed, e.Scopes = "A b c", true, []string{"x", "y"} })},
		"nothing":            {"/", "", plain},
		"empty values":       {"/", "name=&agreed=&scopes=", with(func(e *example) { e.Scopes = []string{""} })},
		"the query":          {"/?name=evil&agreed=1&scopes=z&Role=admin", "", plain},
		"query and body":     {"/?name=evil", "name=good", with(func(e *example) { e.Name = "good" })},
		"fields by Go name":  {"/", "Role=admin&Admin=true&private=x&Name=x&-=admin", plain},
		"another case":       {"/", "NAME=x&Scopes=y", plain},
		"unknown fields":     {"/", "name=a&role=admin&unknown=1&unknown=2", with(func(e *example) { e.Name = "a" })},
		"decoded once":       {"/", "name=%2541%2527", with(func(e *example) { e.Name = "%41%27" })},
		"markup and quotes":  {"/", "name=%3Cb%3E%22%27", with(func(e *example) { e.Name = `<b>"'` })},
		"far-away letters":   {"/", "name=%F0%9F%92%B3%C3%84", with(func(e *example) { e.Name = "💳Ä" })},
		"a line end stays":   {"/", "name=a%0D%0Ab", with(func(e *example) { e.Name = "a\r\nb" })},
		"a hundred fields":   {"/", strings.Repeat("x=1&", 99) + "name=a", with(func(e *example) { e.Name = "a" })},
		"just below 128 KiB": {"/", "name=" + strings.Repeat("a", 128<<10-5), with(func(e *example) { e.Name = strings.Repeat("a", 128<<10-5) })},
	} {
		got, err := bind(t, c.target, "application/x-www-form-urlencoded", c.body)

		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAFormThatIsNotPlainIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, code, field string }{
		"a field twice":             {"name=a&name=b", "form_invalid", "name"},
		"the same value twice":      {"name=a&name=a", "form_invalid", "name"},
		"a tick twice":              {"agreed=1&agreed=1", "form_invalid", "agreed"},
		"NUL":                       {"name=a%00b", "form_invalid", "name"},
		"NUL in a list":             {"scopes=a&scopes=%00", "form_invalid", "scopes"},
		"not UTF-8":                 {"name=%FF", "form_invalid", "name"},
		"half a letter":             {"name=%C3", "form_invalid", "name"},
		"a surrogate":               {"name=%ED%A0%80", "form_invalid", "name"},
		"not UTF-8 in a list":       {"scopes=%80", "form_invalid", "scopes"},
		"a private key":             {"name=-----BEGIN+RSA+PRIVATE+KEY-----+MIIE", "form_invalid", "name"},
		"not percent-encoded":       {"name=%ZZ", "form_unreadable", ""},
		"a semicolon":               {"name=a;agreed=1", "form_unreadable", ""},
		"101 fields":                {strings.Repeat("x=1&", 100) + "name=a", "form_unreadable", ""},
		"101 names":                 {names(101), "form_unreadable", ""},
		"one byte more than 128 KB": {"name=" + strings.Repeat("a", 128<<10-4), "form_too_large", ""},
	} {
		_, err := bind(t, "/", "application/x-www-form-urlencoded", c.body)

		f := fault.Of(err)
		if f.Kind != fault.Invalid || f.Code != c.code || (c.field != "" && (len(f.Fields) != 1 || f.Fields[0].Name != c.field || !strings.HasSuffix(f.Fields[0].Message, "."))) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestARefusedFieldIsLeftOutAndTheOthersComeBack(t *testing.T) {
	t.Parallel()

	got, err := bind(t, "/", "application/x-www-form-urlencoded", "name=-----BEGIN+PRIVATE+KEY-----+MIIE&agreed=on&scopes=x")

	if err == nil || got.Name != "" || !got.Agreed || len(got.Scopes) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func names(n int) string {
	v := url.Values{}
	for i := range n {
		v.Set("f"+strings.Repeat("x", i), "1")
	}
	return v.Encode()
}

func TestOtherBodiesAreNoForm(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"text/plain", "application/json", "", "application/x-www-form-urlencoded-not"} {
		got, err := bind(t, "/", kind, "name=a&_token=b")

		if err != nil || got.Name != "" {
			t.Errorf("%q: %+v, %v", kind, got, err)
		}
	}
}

func TestAMultipartFormFillsFieldsAndIgnoresFiles(t *testing.T) {
	t.Parallel()
	write := func(size int) (string, string) {
		return multipartForm(sent{"name", "", "a"}, sent{"scopes", "", "x"}, sent{"scopes", "", "y"}, sent{"agreed", "../../etc/passwd", strings.Repeat("f", size)})
	}
	kind, body := write(1000)
	largeKind, large := write(16 << 20)

	got, err := bind(t, "/?name=evil", kind, body)
	_, tooLarge := bind(t, "/", largeKind, large)
	_, noBoundary := bind(t, "/", "multipart/form-data", body)
	_, cutOff := bind(t, "/", kind, body[:len(body)/4])

	if err != nil || got.Name != "a" || !reflect.DeepEqual(got.Scopes, []string{"x", "y"}) || got.Agreed {
		t.Errorf("%+v, %v", got, err)
	}
	if fault.Of(tooLarge).Code != "form_too_large" || fault.Of(noBoundary).Code != "form_unreadable" || fault.Of(cutOff).Code != "form_unreadable" {
		t.Errorf("%v; %v; %v", tooLarge, noBoundary, cutOff)
	}
}

func TestAStructThatNoFormFillsIsOurFault(t *testing.T) {
	t.Parallel()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", nil)
	var into struct {
		Age int `form:"age"`
	}

	if err := httpkit.BindForm(c, &into); err == nil || fault.Of(err).Kind != fault.Internal {
		t.Errorf("%v", err)
	}
}

// origins are what browsers say about where a request comes from, and whether it is one of our own pages.
var origins = map[string]struct {
	site, origin string
	own          bool
}{
	"a current browser on our page":             {"same-origin", "http://example.com", true},
	"a current browser, address hidden":         {"same-origin", "null", true},
	"an address that was typed":                 {"none", "", true},
	"another site":                              {"cross-site", "https://evil.example", false},
	"another site, address hidden":              {"cross-site", "null", false},
	"a sibling of our host":                     {"same-site", "http://other.example.com", false},
	"another site that says it is ours":         {"cross-site", "http://example.com", false},
	"an old browser on our page":                {"", "http://example.com", true},
	"an old browser on another site":            {"", "https://evil.example", false},
	"an old browser, address hidden":            {"", "null", false},
	"an old browser on another port":            {"", "http://example.com:8443", false},
	"an old browser on a name that begins so":   {"", "http://example.com.evil.example", false},
	"no browser":                                {"", "", true},
	"a word that no browser sends":              {"trusted", "http://example.com", false},
	"an origin that is none, no other word":     {"", "example.com", false},
	"an origin with a path, as no browser does": {"", "https://evil.example/http://example.com", false},
}

func TestAFormPassesFromOurPageWithItsTokenOnly(t *testing.T) {
	t.Parallel()
	for name, from := range origins {
		for token, good := range map[string]bool{"its own": true, "none": false, "another browser's": false, "its own twice": false, "in the query": false} {
			t.Run(name+" with token "+token, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, false)
				v, other := h.visitor(), h.visitor()
				v.open()
				other.open()
				mine := v.token
				path, fields := "/act", []string{}
				switch token {
				case "none":
					v.token = ""
				case "another browser's":
					v.token = other.token
				case "its own twice":
					fields = []string{"_token", mine}
				case "in the query":
					v.token, path = "", "/act?_token="+url.QueryEscape(mine)
				}
				r := v.request(path, fields...)
				for header, value := range map[string]string{"Sec-Fetch-Site": from.site, "Origin": from.origin} {
					if value != "" {
						r.Header.Set(header, value)
					}
				}

				a := v.send(r)

				want := http.StatusForbidden
				if from.own && good {
					want = http.StatusSeeOther
				}
				if a.status != want {
					t.Errorf("status %d, want %d: %s", a.status, want, a.body)
				}
			})
		}
	}
}

func TestReadingNeedsNoTokenWhereverItComesFrom(t *testing.T) {
	t.Parallel()
	for name, from := range origins {
		v := newHouse(t, false).visitor()
		r := httptest.NewRequest(http.MethodGet, "/form", nil)
		r.Header.Set("Sec-Fetch-Site", from.site)
		r.Header.Set("Origin", from.origin)

		if a := v.send(r); a.status != http.StatusOK || len(a.body) != 43 {
			t.Errorf("%s: %d %q", name, a.status, a.body)
		}
	}
}

func TestAPageWithoutAFormGivesNoCookie(t *testing.T) {
	t.Parallel()
	v := newHouse(t, false).visitor()

	without, with, again := v.get("/who"), v.open(), v.open()

	if len(without.cookies) != 0 || len(with.cookies) != 1 || len(again.cookies) != 0 || with.body != again.body {
		t.Errorf("%v, %v, %v", without.cookies, with.cookies, again.cookies)
	}
}

func TestAPlantedFormCookieOfAnotherShapeIsReplaced(t *testing.T) {
	t.Parallel()
	for _, planted := range []string{"", "short", strings.Repeat("x", 65)} {
		v := newHouse(t, false).visitor()
		v.cookies["fairway_form"] = planted

		if a := v.open(); a.cookie("fairway_form") == nil || len(a.cookie("fairway_form").Value) < 20 {
			t.Errorf("%q is kept: %v", planted, a.cookies)
		}
	}
}

func TestTwoFormCookiesCountAsNone(t *testing.T) {
	t.Parallel()
	v := newHouse(t, false).visitor()
	v.open()
	r := v.request("/act")
	r.AddCookie(&http.Cookie{Name: "fairway_form", Value: "planted-by-a-sibling-host"})

	if a := v.send(r); a.status != http.StatusForbidden {
		t.Errorf("status %d", a.status)
	}
}

// A form stays good when a session begins beside it, and ends with signing in and out.
func TestATokenFollowsTheSession(t *testing.T) {
	t.Parallel()
	v := newHouse(t, false).visitor()
	v.open()
	anonymous := v.token

	noted := v.post("/note", "key", "note", "value", "x")
	stillGood := v.post("/act")
	v.token = noted.body
	fresh := v.post("/act")
	in := v.post("/login", "person", "per_1")
	v.token = anonymous
	oldForm := v.post("/act")
	v.token = noted.body
	oldSession := v.post("/act")
	v.open()
	own := v.post("/act")
	signedIn := v.token
	v.post("/logout")
	after := v.post("/act")
	v.open()
	again := v.post("/act")

	got := []int{noted.status, stillGood.status, fresh.status, in.status, oldForm.status, oldSession.status, own.status, after.status, again.status}
	if want := []int{200, 303, 303, 303, 403, 403, 303, 403, 303}; !reflect.DeepEqual(got, want) || v.token == signedIn {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAnOldBrowserThatHidesItsOriginIsToldSo(t *testing.T) {
	t.Parallel()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", nil)
	c.Request.Header.Set("Origin", "null")
	var refused error

	httpkit.SameOrigin(func(_ *gin.Context, err error) { refused = err })(c)

	if f := fault.Of(refused); f.Code != "form_foreign" || !strings.Contains(f.Message, "browser") {
		t.Errorf("%+v", f)
	}
}
