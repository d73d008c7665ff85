package httpkit_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/internal/testkit"
)

// coding asks for a page and says in which language its samples are, and which cookie came back.
func coding(t *testing.T, method, target, cookie string, secure bool) (httpkit.Coding, *http.Cookie) {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	var got httpkit.Coding
	e := gin.New()
	e.Use(httpkit.GiveTokens(testkit.Ring(t), secure))
	e.Any("/page", func(c *gin.Context) { got = httpkit.CodingOf(c) })
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	if cookie != "" {
		r.Header.Set("Cookie", "lang_pref="+cookie)
	}
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		if c.Name == "lang_pref" {
			return got, c
		}
	}
	return got, nil
}

func TestTheAddressGoesBeforeTheCookieAndTheCookieBeforeCurl(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ target, cookie, want string }{
		"nobody chose":              {"/page", "", "curl"},
		"the cookie remembers":      {"/page", "java", "java"},
		"the address asks":          {"/page?lang=go", "java", "go"},
		"the address asks nonsense": {"/page?lang=cobol", "java", "java"},
		"both are nonsense":         {"/page?lang=%3Cscript%3E", "%0d%0aSet-Cookie:a", "curl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, set := coding(t, http.MethodGet, test.target, test.cookie, false)

			if got.Language != test.want || (set != nil) != (test.target == "/page?lang=go") {
				t.Errorf("%+v, cookie %v", got, set)
			}
		})
	}
}

func TestTheLanguageOfAVisitorsAppsIsAskedForWhereNothingWasChosen(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	for name, test := range map[string]struct{ target, cookie, apps, want string }{
		"the apps tell":           {"/page", "", "go", "go"},
		"the apps tell nothing":   {"/page", "", "", "curl"},
		"the cookie goes before":  {"/page", "java", "go", "java"},
		"the address goes before": {"/page?lang=node", "", "go", "node"},
		"nonsense goes behind":    {"/page?lang=cobol", "fortran", "go", "go"},
	} {
		asked, got := 0, httpkit.Coding{}
		e := gin.New()
		e.Use(httpkit.SetCustom(func(*gin.Context) string {
			asked++
			return test.apps
		}))
		e.GET("/page", func(c *gin.Context) { got = httpkit.CodingOf(c) })
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, test.target, nil)
		if test.cookie != "" {
			r.Header.Set("Cookie", "lang_pref="+test.cookie)
		}
		answer := httptest.NewRecorder()

		e.ServeHTTP(answer, r)

		if chosen := test.want == "java" || test.want == "node"; got.Language != test.want || chosen != (asked == 0) {
			t.Errorf("%s: %s, asked %d times", name, got.Language, asked)
		}
		if set := answer.Header().Get("Set-Cookie"); (set != "") != (test.want == "node") {
			t.Errorf("%s: the cookie %q", name, set)
		}
	}
}

func TestTheChoiceIsRememberedForAYearWhereScriptsCanReadIt(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		_, set := coding(t, http.MethodGet, "/page?lang=csharp", "", secure)

		if set == nil || set.Value != "csharp" || set.MaxAge != 31536000 || set.Path != "/" || set.SameSite != http.SameSiteLaxMode || set.HttpOnly || set.Secure != secure {
			t.Errorf("%+v", set)
		}
	}
}

func TestLinksToOtherLanguagesKeepTheRestOfTheAddress(t *testing.T) {
	t.Parallel()

	plain, _ := coding(t, http.MethodGet, "/page", "", false)
	full, _ := coding(t, http.MethodGet, "/page?b=2&lang=go&a=%26%22", "", false)
	answer, _ := coding(t, http.MethodPost, "/page?a=1", "", false)

	if plain.Query != "?lang=" || full.Query != "?a=%26%22&b=2&lang=" || answer.Query != "" {
		t.Errorf("%q, %q, %q", plain.Query, full.Query, answer.Query)
	}
	if strings.Count(full.Query, "lang") != 1 {
		t.Error(full.Query)
	}
}
