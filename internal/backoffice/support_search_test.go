package backoffice_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/calls"
	"fairway/internal/secret"
)

// colons writes hexadecimal digits as tools show them.
func colons(text string) string {
	var pairs []string
	for i := 0; i+1 < len(text); i += 2 {
		pairs = append(pairs, text[i:i+2])
	}
	return strings.Join(pairs, ":")
}

func TestAnExactIDLeadsStraightToWhatItNames(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h house) {
		one := h.tpp("ada@buddy.example", "Budget Buddy Oy")
		h.tpp("bob@other.example", "Other Oy")
		pair := h.handIn(one.person)
		org := one.person.OrganisationID
		refused, accepted := secret.UUID(), secret.UUID()
		failing, fine := h.called(org, refused, 401, "TOKEN_EXPIRED"), h.called(org, accepted, 200, "")
		seal := sha256.Sum256(pair.Seal.Raw)
		page := "/support-desk/organisations/" + org
		support := h.colleague(accounts.Support)

		for text, want := range map[string]string{
			"ada@buddy.example":                      page + "#people",
			" Ada@Buddy.Example ":                    page + "#people",
			org:                                      page,
			one.app.ClientID:                         page + "#apps",
			one.set.QWAC.Info.OrganizationIdentifier: page + "#certificates",
			one.set.QSeal.Serial:                     page + "#certificates",
			strings.ToLower(colons(one.set.QSeal.Serial)):                                    page + "#certificates",
			one.set.QWAC.Thumbprint:                                                          page + "#certificates",
			strings.ToUpper(colons(one.set.QWAC.Thumbprint)):                                 page + "#certificates",
			hex.EncodeToString(seal[:]):                                                      page + "#live",
			h.submission(org):                                                                page + "#live",
			"https://portal.example/docs/errors/TOKEN_EXPIRED?rid=" + failing:                "/support-desk/requests/" + failing,
			"<https://portal.example/docs/errors/TOKEN_EXPIRED?lang=en&rid=" + failing + ">": "/support-desk/requests/" + failing,
			refused:  "/support-desk/requests/" + failing,
			accepted: "/support-desk/requests/" + fine,
			failing:  "/support-desk/requests/" + failing,
		} {
			if a := support.find(text); a.status != http.StatusSeeOther || a.to() != want {
				t.Errorf("%q: %d to %q, want %q", text, a.status, a.to(), want)
			}
		}
	})
}

func TestNamesAreFoundByTheirBeginning(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h house) {
		for i := range 25 {
			h.member(fmt.Sprintf("many%d@tpp.example", i), fmt.Sprintf("Many %02d Oy", i))
		}
		h.member("a@tpp.example", "100% Payments")
		h.member("b@tpp.example", "100 Payments")
		h.member("c@tpp.example", "Ääni Oy")
		support := h.colleague(accounts.Support)

		for _, text := range []string{"Ääni", "ääni", "ÄÄNI O", "ä"} {
			if a := support.find(text); strings.Count(a.body, "Ääni Oy") != 1 {
				t.Errorf("%q does not find a name with other letters", text)
			}
		}
		many, percent, hostile := support.find("mANY"), support.find("100%"), support.find("' OR 1=1 --")

		if n := strings.Count(many.body, `<th scope="row"><a href="/support-desk/organisations/org_`); n != 20 || !many.holds("20 hits.") || !many.holds("Many 00 Oy") {
			t.Errorf("%d hits of 25", n)
		}
		if n := strings.Count(percent.body, `<th scope="row"><a href=`); n != 1 || !percent.holds("100% Payments") {
			t.Errorf("a name with a wildcard has %d hits", n)
		}
		if hostile.status != http.StatusOK || !hostile.holds("Nothing was found") {
			t.Errorf("a hostile name: %d", hostile.status)
		}
	})
}

func TestACompanyIsFoundByTheNameInItsCertificatesForLive(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h house) {
		one := h.tpp("ada@buddy.example", "Budget Buddy Oy")
		h.handIn(one.person)
		h.member("r@tpp.example", "Revolver Oy")
		support := h.colleague(accounts.Support)

		both, byName, none := support.find("revo"), support.find("REVONTULI"), support.find("evontuli")

		if !both.holds("2 hits.") || !both.holds("Revolver Oy") || !both.holds("Revontuli Tilinakyma Oy") || !both.holds("signed up as Budget Buddy Oy") {
			t.Errorf("%d %s", both.status, both.body)
		}
		if !byName.holds("1 hit.") || !byName.holds("/support-desk/organisations/"+one.person.OrganisationID+"#live") {
			t.Errorf("%d %s", byName.status, byName.body)
		}
		if !none.holds("Nothing was found") {
			t.Error("the middle of a name finds it")
		}
	})
}

func TestTwoRequestsWithOneIDAreAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one, two := h.tpp("ada@buddy.example", "Budget Buddy Oy"), h.tpp("bob@other.example", "Other Oy")
	id := secret.UUID()
	first, second := h.called(one.person.OrganisationID, id, 400, "FORMAT_ERROR"), h.called(two.person.OrganisationID, id, 400, "FORMAT_ERROR")

	a := h.colleague(accounts.Support).find(id)

	if a.status != http.StatusOK || !a.holds("2 hits.") || !a.holds(first) || !a.holds(second) || !a.holds("Budget Buddy Oy") || !a.holds("Other Oy") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestWhatIsNotFoundSaysWhatWasTried(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	support := h.colleague(accounts.Support)

	for text, want := range map[string]string{
		"nobody@tpp.example":                   "e-mail address",
		"support@fairway.example":              "e-mail address", // a colleague is nobody's TPP
		"org_00000":                            "organisation id",
		"fwy_0000":                             "client id",
		"PSDFI-FINFSA-0000000-0":               "authorisation number",
		strings.Repeat("ab", 32):               "SHA-256 fingerprint",
		strings.Repeat("ab", 16):               "serial number",
		"99391c7e-ad88-49ec-a2ad-99ddcb1f7756": "X-Request-ID",
		"Nobody Oy":                            "beginning of an organisation’s name",
		"x":                                    "X-Request-ID",
		"\x00\xff\xfe no text \x00":            "beginning of an organisation’s name",
		strings.Repeat("é", 300):               "beginning of an organisation’s name",
	} {
		if a := support.find(text); a.status != http.StatusOK || !a.holds("Nothing was found") || !a.holds(want) {
			t.Errorf("%q: %d, does not say %q", text, a.status, want)
		}
	}
	if a := support.get("/support-desk"); a.holds("Nothing was found") || !a.holds("a submission for Live (enr_…), a trace id or X-Request-ID") {
		t.Error("an empty desk does not say what can be searched")
	}
}

func TestTheAddressOfARequestAndALinkToItLeadToIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.tpp("anna@acme.example", "Budget Buddy Oy")
	support := h.colleague(accounts.Support)
	call := h.called(p.person.OrganisationID, "37a1c405-521e-45e9-ab92-924c099b2894", 401, "TOKEN_EXPIRED")
	id, _ := calls.ParseID(call)
	token, _, err := h.calls.Share(t.Context(), p.person.OrganisationID, id, p.person.ID)
	if err != nil {
		t.Fatal(err)
	}

	for _, text := range []string{call, "https://portal.example/playground/requests/" + call, token.Reveal(), "https://portal.example/shared/" + token.Reveal()} {
		if a := support.find(text); a.status != http.StatusSeeOther || a.to() != "/support-desk/requests/"+call {
			t.Errorf("%q: %d %s", text, a.status, a.to())
		}
	}
	if a := support.find("https://portal.example/shared/req_unknown"); a.status != http.StatusOK {
		t.Errorf("an unknown link: %d", a.status)
	}
}
