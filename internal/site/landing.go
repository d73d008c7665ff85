package site

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/codeview"
	"fairway/internal/example"
	"fairway/internal/httpkit"
	"fairway/internal/httpsig"
	"fairway/internal/progress"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// showLanding is the page at the root.
func (f *Face) showLanding(c *gin.Context) error {
	l, err := f.library(c.Request.Context())
	if err != nil {
		return err
	}
	frame := f.frame(c, "Developer portal for open banking", "A PSD2 developer portal with a sandbox bank behind it: test certificates, consents, signed requests and card accounts.")
	frame.Env, frame.Wide = "", true
	return httpkit.Page(c, http.StatusOK, page.Landing(frame, l.landing))
}

// firstSteps are the steps to the first answer, as the dashboard counts them. What nobody has to know yet is explained
// where it stands.
func firstSteps() []page.Step {
	texts := [progress.Steps]string{
		"Sign up with an address, a password and your organisation’s name.",
		"A QWAC for the connection and a QC eSeal for signatures, with their keys.",
		"Client id, client secret and API key.",
		"Card accounts, at the bank you choose.",
		"It asks for a customer’s consent, who gives it at the bank with a second factor.",
		"The customer’s cards.",
	}
	var steps []page.Step
	for s, text := range texts {
		steps = append(steps, page.Step{Title: progress.Step(s).String(), Text: text})
	}
	return steps
}

// forLive is what Live asks for, in the order in which a TPP gets it.
var forLive = []page.Step{
	{Title: "An authorisation", Text: "As an account information, payment initiation or card-based service, by the authority of your country, in force where the bank is."},
	{Title: "A QWAC and a QC eSeal", Text: "Qualified, of a trust service provider on the European trusted list, with the number of your authorisation in them."},
	{Title: "The key of the eSeal", Text: "You sign a challenge with it where it is kept. No private key of Live is ever asked for."},
	{Title: "An integration that works", Text: "The sandbox has the same checks in the same order, so the code stays and the addresses change."},
}

// accountsScript is the sample that the landing page shows.
const accountsScript = "accounts.sh"

func (f *Face) landing(ctx context.Context, places []place) (page.LandingView, error) {
	first := places[0]
	customer, cards, err := f.exampleCustomer(ctx, first.Brand.ID)
	if err != nil {
		return page.LandingView{}, err
	}
	answer, err := cardsAnswer(first.APIPath, cards)
	if err != nil {
		return page.LandingView{}, err
	}
	script, err := sampleText(accountsScript)
	if err != nil {
		return page.LandingView{}, err
	}
	people, err := f.Bank.Customers(ctx, first.Brand.ID)
	if err != nil {
		return page.LandingView{}, fmt.Errorf("list test customers: %w", err)
	}
	request := accountsRequest(first)
	v := page.LandingView{
		Asked: f.Clock.Now().UTC().Format("2 Jan 2006, 15:04 UTC"), Steps: firstSteps(), Live: forLive, LiveTime: f.liveTime(), Customer: customer.ID, People: counted(len(people)),
		Script:  ui.CodeView{ID: "script", Title: accountsScript, Text: script, Spans: codeview.Spans("sh", script)},
		Request: ui.CodeView{ID: "request", Title: "The request", Text: request, Spans: codeview.Spans("http", request), Wrap: true},
		Answer:  ui.CodeView{ID: "answer", Title: "200 OK", Text: answer, Spans: codeview.Spans("json", answer), Tall: true},
	}
	for _, p := range places {
		v.Brands = append(v.Brands, page.Brand{Name: p.Brand.Name, Former: p.Brand.FormerName, API: p.API})
	}
	return v, nil
}

func sampleText(name string) (string, error) {
	samples, err := Samples()
	if err != nil {
		return "", err
	}
	for _, s := range samples {
		if s.Name == name {
			return strings.TrimSuffix(s.Text, "\n"), nil
		}
	}
	return "", fmt.Errorf("no page has the sample %s", name)
}

// accountsRequest is the head of the request that the script sends, what is secret or long left out.
func accountsRequest(p place) string {
	lines := []string{
		"GET " + p.APIPath + "/card-account/v1/card-accounts HTTP/1.1",
		"Host: " + p.APIHost,
		"Authorization: Bearer …",
		"X-API-Key: sbx_ak_…",
		"Consent-ID: " + exampleConsentID,
		"X-Request-ID: " + example.RequestID,
		"PSU-IP-Address: 192.0.2.10",
		"Digest: " + httpsig.Digest("SHA-256", nil),
		`Signature: keyId="SN=…,CA=…",algorithm="rsa-sha256",headers="x-request-id digest",signature="…"`,
		"TPP-Signature-Certificate: MII…",
	}
	return strings.Join(lines, "\n")
}

// counted writes a number as a word where it has a short one, for the beginning of a sentence.
func counted(n int) string {
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}
