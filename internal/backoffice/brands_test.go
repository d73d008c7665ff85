package backoffice_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/catalog"
)

// brandFields are those of a brand that can be added, and then what differs.
func brandFields(differs ...string) []string {
	fields := []string{"id", "new-bank", "name", "New Bank", "support_email", "openbanking@new.example", "support_hours", "Monday to Friday, 09:00 to 16:00", "position", "4", "do", "save",
		"light_accent", "#1d4ed8", "light_accent_hover", "#173fae", "light_accent_subtle", "#e6edfd", "light_on_accent", "#ffffff", "light_link", "#1d4ed8",
		"dark_accent", "#9bb8ff", "dark_accent_hover", "#bccfff", "dark_accent_subtle", "#162447", "dark_on_accent", "#0a1433", "dark_link", "#a9c1ff"}
	return with(fields, differs...)
}

// with puts values in place of others.
func with(fields []string, differs ...string) []string {
	fields = slices.Clone(fields)
	for i := 0; i < len(differs); i += 2 {
		for at := 0; at < len(fields); at += 2 {
			if fields[at] == differs[i] {
				fields[at+1] = differs[i+1]
			}
		}
	}
	return fields
}

func TestABrandIsAddedAndOffersAnAPIWithoutCode(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		ada := o.admin()
		ada.mustGet("/admin/brands/new")

		added := ada.mustPost("/admin/brands/new", brandFields()...)
		ada.mustGet("/admin/apis/card-account/new-bank/new")
		opened := ada.mustPost("/admin/apis/card-account/new-bank/new", "version", "v1", "sandbox_from", "2026-11-21")

		offered, err := o.catalog.Offered(t.Context(), catalog.Sandbox, "new-bank", "card-account")
		if err != nil || !offered {
			t.Errorf("it offers nothing: %v", err)
		}
		for _, text := range []string{"Added.", "No version yet", "https://sandbox.api.new-bank.bank.example", "https://sandbox.new-bank.bank.example", "Closed in Live"} {
			if !added.says(text) {
				t.Errorf("the brand's page does not say %q", text)
			}
		}
		if !opened.says("v1 opens in the sandbox") {
			t.Errorf("the version's page: %s", opened.body)
		}
		if list := ada.mustGet("/admin/brands"); !list.says("New Bank") || !list.says("Card accounts v1, upcoming") || list.says("Nothing offered") {
			t.Errorf("the list: %s", list.body)
		}
		if got := o.acts(audit.Filter{Object: "new-bank"}); !slices.Equal(got, []string{"catalog.brand_added"}) {
			t.Errorf("the trail says %v", got)
		}
	})
}

func TestColoursThatCannotBeReadAreRefusedWithTheRatio(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	ada := o.admin()
	ada.mustGet("/admin/brands/alisa")

	a := ada.post("/admin/brands/alisa", brandFields("light_link", "#8fb4ff", "dark_on_accent", "white", "name", "Alisa & Co")...)
	pale := ada.post("/admin/brands/alisa", brandFields("light_link", "#8fb4ff", "name", "")...)

	if a.status != http.StatusUnprocessableEntity || !a.says("Write the colour as # and six hexadecimal digits") || !a.says(`value="Alisa & Co"`) {
		t.Errorf("no colour: %d", a.status)
	}
	if pale.status != http.StatusUnprocessableEntity || !regexp.MustCompile(`On light screens: link on the page has a contrast of \d\.\d\d, at least 4\.5 is needed\.`).MatchString(pale.body) || !pale.says("Enter a text.") || strings.Count(pale.body, `aria-invalid="true"`) != 2 {
		t.Errorf("a pale one: %d\n%s", pale.status, pale.body)
	}
	if b, err := o.catalog.Brand(t.Context(), "alisa"); err != nil || b.Name != "Alisa Bank" {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestAnIdWhoseHostIsAnothersIsRefused(t *testing.T) {
	t.Parallel()
	ada := newBureau(t).admin()
	ada.mustGet("/admin/brands/new")

	for id, says := range map[string]string{"auth": "has a meaning of its own", "tokens": "Its host would be live.tokens.bank.example", "Rocker": "lower-case letters", "rocker": "There is a brand with this id"} {
		a := ada.post("/admin/brands/new", brandFields("id", id)...)
		if a.status != http.StatusUnprocessableEntity || !a.says(says) {
			t.Errorf("%s: %d", id, a.status)
		}
	}
}

func TestABrandIsSeenBeforeItIsSavedAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	ada := o.admin()
	ada.mustGet("/admin/brands/alisa")

	seen := ada.post("/admin/brands/alisa", brandFields("do", "preview", "name", "Alisa <b>", "light_accent", "#0F6A3C")...)
	css := regexp.MustCompile(`href="(/admin/brands/preview\.css\?[^"]+)"`).FindStringSubmatch(seen.body)
	if seen.status != http.StatusOK || css == nil || !seen.says("Alisa <b>") || strings.Contains(seen.body, "Alisa <b>") {
		t.Fatalf("%d\n%s", seen.status, seen.body)
	}
	sheet := ada.mustGet(strings.ReplaceAll(css[1], "&amp;", "&"))
	ada.page = seen
	back := ada.post("/admin/brands/alisa", brandFields("do", "edit", "name", "Alisa <b>")...)

	if !strings.Contains(sheet.body, "--accent: light-dark(#0f6a3c, #9bb8ff);") || sheet.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the style sheet: %s", sheet.body)
	}
	if back.status != http.StatusOK || !back.says(`value="Alisa <b>"`) {
		t.Errorf("back: %d", back.status)
	}
	if b, err := o.catalog.Brand(t.Context(), "alisa"); err != nil || b.Name != "Alisa Bank" {
		t.Errorf("it was saved: %+v, %v", b, err)
	}
}

func TestTheStyleSheetOfAPreviewHoldsNothingButColours(t *testing.T) {
	t.Parallel()
	ada := newBureau(t).admin()
	good := url.Values{}
	for i, fields := 0, brandFields(); i < len(fields); i += 2 {
		if strings.HasPrefix(fields[i], "light_") || strings.HasPrefix(fields[i], "dark_") {
			good.Set(fields[i], fields[i+1])
		}
	}
	if a := ada.get("/admin/brands/preview.css?" + good.Encode()); a.status != http.StatusOK {
		t.Fatal(a.status)
	}
	for _, colour := range []string{"", "red", "#fff;}*{", "#ffffff}", "url(//evil.example)", "#8fb4ff"} {
		good.Set("light_link", colour)
		if a := ada.get("/admin/brands/preview.css?" + good.Encode()); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "light-dark") {
			t.Errorf("%q: %d %s", colour, a.status, a.body)
		}
	}
}

func TestABrandIsOpenedAndClosedInLive(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		ada := o.admin()
		at := "/admin/brands/rocker/live"
		ada.mustGet(at)
		fields := []string{"upstream", "https://psd2.rocker.example/v2/", "authorise", "https://rocker.example/authorise", "callers", strings.Repeat("AB:", 31) + "AB"}

		half := ada.post(at, with(fields, "authorise", "http://rocker.example")...)
		open := ada.mustPost(at, fields...)
		ada.mustGet(at)
		closed := ada.mustPost(at, "upstream", "", "authorise", " ", "roots", "", "callers", "\r\n")

		if half.status != http.StatusUnprocessableEntity || !half.says("Enter an https address") || !half.says("https://psd2.rocker.example/v2/") {
			t.Errorf("half of it: %d", half.status)
		}
		if !open.says("Open in Live") || !open.says("https://psd2.rocker.example/v2") || !closed.says("Closed in Live. Calls are refused") {
			t.Errorf("open %v, closed %v", open.says("Open in Live"), closed.says("Closed in Live"))
		}
		if got := o.acts(audit.Filter{Object: "rocker"}); !slices.Equal(got, []string{"catalog.backend_set", "catalog.backend_set"}) {
			t.Errorf("the trail says %v", got)
		}
	})
}

func TestDaysThatBreakAPromiseAreRefusedAtTheirField(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		ada := o.admin()
		ada.mustGet("/admin/apis/card-account/alisa/new")
		v2 := []string{"version", "v2", "sandbox_from", "2026-12-01", "released_at", "2027-03-01"}

		early := ada.post("/admin/apis/card-account/alisa/new", with(v2, "released_at", "2027-02-28")...)
		noDay := ada.post("/admin/apis/card-account/alisa/new", with(v2, "sandbox_from", "soon")...)
		done := ada.mustPost("/admin/apis/card-account/alisa/new", v2...)
		old := ada.mustGet("/admin/apis/card-account/alisa/v1")
		moved := ada.post("/admin/apis/card-account/alisa/v1", "sandbox_from", "2026-02-01", "released_at", "2026-12-24")
		short := ada.post("/admin/apis/card-account/alisa/v1", "sandbox_from", "2026-02-01", "released_at", "2026-06-01", "deprecated_at", "2027-03-01", "removed_at", "2027-08-31")

		if early.status != http.StatusUnprocessableEntity || !early.says("Release it on 1 Mar 2027 or later.") || !noDay.says("This is no day.") {
			t.Errorf("too early: %d, no day: %d", early.status, noDay.status)
		}
		if !done.says("Announced only") || !done.says("v1 is deprecated") || !done.says("1 Sep 2027") {
			t.Errorf("the new version's page: %s", done.body)
		}
		if !old.says("As it stands: 1 Mar 2027.") || !old.says("This day, 1 Jun 2026, has passed and stays.") {
			t.Error("the old version's page does not say what follows")
		}
		if moved.status != http.StatusUnprocessableEntity || !moved.says("1 Jun 2026, has passed and stays") || !short.says("1 Sep 2027 or later") {
			t.Errorf("moved %d, short %d", moved.status, short.status)
		}
	})
}

func TestAnAPIIsRenamed(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	ada := o.admin()
	ada.mustGet("/admin/apis/card-account")

	none := ada.post("/admin/apis/card-account", "name", "", "summary", "Cards.", "position", "x")
	done := ada.mustPost("/admin/apis/card-account", "name", "Cards & co", "summary", "The cards of a customer.", "position", "1")

	if none.status != http.StatusUnprocessableEntity || !none.says("Enter a text.") || !none.says("Enter a whole number from 1 to 999.") || !done.says("Cards & co") {
		t.Errorf("%d", none.status)
	}
}

func TestWhatAsksForTheSecondFactorChangesNothingWithoutIt(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	org, _ := o.organisation("Budget Buddy Oy")
	ada := o.admin()
	o.clock.Advance(accounts.FactorLasts)
	for path, fields := range map[string][]string{
		"/admin/brands/new":                   brandFields(),
		"/admin/brands/rocker":                brandFields(),
		"/admin/brands/rocker/live":           {"upstream", ""},
		"/admin/apis/card-account":            {"name", "Cards", "summary", "Cards.", "position", "1"},
		"/admin/apis/card-account/rocker/new": {"version", "v2", "sandbox_from", "2026-12-01"},
		"/admin/apis/card-account/rocker/v1":  {"sandbox_from", "2026-02-01", "released_at", "2026-06-01"},
		"/admin/limits/new":                   limitFields(org),
	} {
		ada.mustGet(path)

		if a := ada.post(path, fields...); a.status != http.StatusUnprocessableEntity || !a.says("Enter the six digits") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if _, err := o.catalog.Brand(t.Context(), "new-bank"); !errors.Is(err, catalog.ErrUnknownBrand) {
		t.Error(err)
	}
}

func TestSupportSeesNothingOfTheCatalogue(t *testing.T) {
	t.Parallel()
	sam := newBureau(t).staff("sam@fairway.example", accounts.Support)

	for _, path := range []string{"/admin/brands", "/admin/brands/rocker", "/admin/apis", "/admin/apis/card-account/rocker/v1", "/admin/limits", "/admin/limits/new"} {
		if a := sam.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestWhatIsNotInTheCatalogueIsUnknown(t *testing.T) {
	t.Parallel()
	ada := newBureau(t).admin()

	for _, path := range []string{"/admin/brands/nobody", "/admin/brands/nobody/live", "/admin/apis/nothing", "/admin/apis/nothing/rocker/new", "/admin/apis/card-account/nobody/new", "/admin/apis/card-account/rocker/v9"} {
		if a := ada.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
