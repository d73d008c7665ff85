package backoffice

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"fairway/internal/accounts"
	"fairway/internal/calls"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

const (
	longestSearch = 200
	mostHits      = 20
)

// hit is one thing that was found.
type hit struct {
	kind, text, detail, href string
}

// lastPart is what the address of a request or of a link to one ends with, or the trace id in the link of an answer
// (?rid=…); any other text as it is.
func lastPart(text string) string {
	if _, query, found := strings.Cut(text, "?"); found {
		query, _, _ = strings.Cut(query, "#")
		if values, err := url.ParseQuery(strings.TrimRight(query, `>"`)); err == nil && values.Get("rid") != "" {
			return values.Get("rid")
		}
	}
	for _, path := range []string{"/playground/requests/", "/shared/"} {
		if _, part, found := strings.Cut(text, path); found {
			return part
		}
	}
	return text
}

// search looks for one text in every way that it can be meant.
type search struct {
	f    *Face
	tx   db.Tx
	text string

	hits  []hit
	tried []string
	exact bool // what was found has the very id that was entered
}

// showSupportDesk is the search box and what it found. One thing that was meant exactly is led to.
func (f *Face) showSupportDesk(c *gin.Context) error {
	ctx := c.Request.Context()
	text := c.Query("q")
	if len(text) > longestSearch {
		text = text[:longestSearch]
	}
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""))

	s := &search{f: f, text: lastPart(text)}
	if text != "" {
		f.settle(ctx)
		err := f.DB.Read(ctx, func(tx db.Tx) error {
			s.tx = tx
			return s.run()
		})
		if err != nil {
			return err
		}
		if s.exact && len(s.hits) == 1 {
			return httpkit.SeeOther(c, s.hits[0].href)
		}
	}

	start, err := f.startView(c, ui.HeadView{Title: "Support desk", Lead: "Find a TPP and what it sees. Every look is on record."})
	if err != nil {
		return err
	}
	frame := httpkit.Frame(c, start.Head.Title)
	frame.Path = deskPath
	return httpkit.Page(c, http.StatusOK, page.Desk(frame, deskView(start, s)))
}

// way is one thing that a text can mean: its name, which texts may be it, and how it is found.
type way struct {
	name string
	may  func(text string) bool
	find func(s *search) error
}

var ways = []way{
	{"shared link", func(t string) bool { return strings.HasPrefix(t, "req_") }, (*search).byShare},
	{"e-mail address", func(t string) bool { return strings.Contains(t, "@") }, (*search).byAddress},
	{"organisation id", func(t string) bool { return strings.HasPrefix(t, "org_") }, (*search).byOrganisation},
	{"submission for Live", func(t string) bool { return strings.HasPrefix(t, "enr_") }, (*search).bySubmission},
	{"client id", func(t string) bool { return strings.HasPrefix(t, "fwy_") }, (*search).byClient},
	{"authorisation number", authorisation.MatchString, (*search).byAuthorisation},
	{"SHA-256 fingerprint", func(t string) bool { return len(hexadecimal(t)) == 64 }, (*search).byFingerprint},
	{"serial number", func(t string) bool { h := hexadecimal(t); return len(h) >= 8 && len(h) <= 40 }, (*search).bySerial},
	{"trace id", func(t string) bool { return len(t) >= 8 && uuid.Validate(t) != nil }, (*search).byCall},
	{"X-Request-ID", func(t string) bool { return !strings.ContainsAny(t, " @") }, (*search).byRequest},
	{"beginning of an organisation’s name, here or in its certificates for Live", func(t string) bool { return len(t) >= 2 }, (*search).byName},
}

// authorisation is an organisation identifier of ETSI TS 119 495, 5.2.1, however its letters are written.
var authorisation = regexp.MustCompile(`(?i)^PSD[a-z]{2}-[a-z]{2,8}-.+$`)

// hexadecimal is a serial number or a fingerprint without what tools write between its digits, or nothing.
func hexadecimal(text string) string {
	plain := strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(text))
	plain = strings.TrimPrefix(plain, "0x")
	if strings.Trim(plain, "0123456789abcdef") != "" {
		return ""
	}
	return plain
}

// run tries the ways in their order until one finds something.
func (s *search) run() error {
	for _, w := range ways {
		if !w.may(s.text) {
			continue
		}
		s.tried = append(s.tried, w.name)
		if err := w.find(s); err != nil {
			return err
		}
		if len(s.hits) > 0 {
			return nil
		}
	}
	return nil
}

// add notes an organisation, with a part of its page where the thing stands.
func (s *search) add(kind, organisationID, anchor string) error {
	o, err := s.f.Accounts.OrganisationIn(s.tx, organisationID)
	if isUnknown(err) {
		return nil
	}
	if err != nil {
		return err
	}
	s.exact = true
	s.hits = append(s.hits, hit{kind: kind, text: o.Name, detail: countryName(o), href: organisationPath(o.ID) + anchor})
	return nil
}

func (s *search) byAddress() error {
	organisationID, _, err := s.f.Accounts.OrganisationOf(s.tx, s.text)
	if isUnknown(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.add("Person", organisationID, "#people")
}

func (s *search) byOrganisation() error { return s.add("Organisation", s.text, "") }

// bySubmission leads to where Live stands on the organisation's page.
func (s *search) bySubmission() error {
	organisationID, err := s.f.Enrolments.OwnerOf(s.tx, s.text)
	if err != nil || organisationID == "" {
		return err
	}
	return s.add("Live", organisationID, "#live")
}

func (s *search) byClient() error {
	organisationID, _, err := s.f.Apps.OwnerOf(s.tx, s.text)
	if isUnknown(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.add("App", organisationID, "#apps")
}

func (s *search) byAuthorisation() error {
	// The letters before the number are capital ones; the number is as its authority writes it.
	parts := strings.SplitN(s.text, "-", 3)
	return s.byNames(certs.Sought{Identifier: strings.ToUpper(parts[0]+"-"+parts[1]) + "-" + parts[2]})
}

func (s *search) byFingerprint() error {
	return s.byNames(certs.Sought{Thumbprint: hexadecimal(s.text)})
}

// bySerial reads certificates of the sandbox: of those that were handed in, the fingerprint is on record.
func (s *search) bySerial() error {
	digits := strings.TrimLeft(hexadecimal(s.text), "0")
	if len(digits)%2 != 0 {
		digits = "0" + digits
	}
	return s.byNames(certs.Sought{Serial: strings.ToUpper(digits)})
}

func (s *search) byNames(sought certs.Sought) error {
	sandbox, err := s.f.Certs.OwnerOf(s.tx, sought)
	if err != nil {
		return err
	}
	if sandbox != "" {
		if err := s.add("Sandbox", sandbox, "#certificates"); err != nil {
			return err
		}
	}
	live, err := s.f.Enrolments.OwnersOf(s.tx, sought.Thumbprint, sought.Identifier)
	if err != nil {
		return err
	}
	for _, id := range live {
		if err := s.add("Live", id, "#live"); err != nil {
			return err
		}
	}
	return nil
}

// byShare finds the request that a TPP made a link to.
func (s *search) byShare() error {
	call, _, err := s.f.Calls.SharedIn(s.tx, secret.Text(s.text))
	if isUnknown(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.addCall(call)
}

func (s *search) byCall() error {
	id, ok := calls.ParseID(strings.ToLower(s.text))
	if !ok {
		return nil
	}
	call, err := s.f.Calls.AnyByID(s.tx, id)
	if isUnknown(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.addCall(call)
}

func (s *search) byRequest() error {
	found, err := s.f.Calls.Sent(s.tx, s.text)
	if err != nil {
		return err
	}
	for _, call := range found {
		if err := s.addCall(call); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) addCall(call calls.Call) error {
	o, err := s.f.Accounts.OrganisationIn(s.tx, call.OrganisationID)
	if err != nil && !isUnknown(err) {
		return err
	}
	s.exact = true
	s.hits = append(s.hits, hit{kind: "Request", text: call.Method + " " + call.Path + ", " + statusOf(call), detail: stamp(call.At) + " " + o.Name, href: callPath(call.ID)})
	return nil
}

func (s *search) byName() error {
	list, err := s.f.Accounts.OrganisationsNamed(s.tx, s.text, mostHits)
	for _, o := range list {
		s.hits = append(s.hits, hit{kind: "Organisation", text: o.Name, detail: countryName(o), href: organisationPath(o.ID)})
	}
	if err != nil {
		return err
	}
	return s.byHolder()
}

// byHolder finds those who signed up under another name than their certificates for Live have.
func (s *search) byHolder() error {
	found, err := s.f.Enrolments.HoldersNamed(s.tx, s.text)
	if err != nil {
		return err
	}
	for _, h := range found {
		o, err := s.f.Accounts.OrganisationIn(s.tx, h.OrganisationID)
		if isUnknown(err) || err == nil && o.Name == h.Name {
			continue
		}
		if err != nil {
			return err
		}
		s.hits = append(s.hits, hit{kind: "Live", text: h.Name, detail: "signed up as " + o.Name, href: organisationPath(o.ID) + "#live"})
	}
	return nil
}

func countryName(o accounts.Organisation) string {
	if name, ok := accounts.CountryName(o.Country); ok {
		return name
	}
	return o.Country
}
