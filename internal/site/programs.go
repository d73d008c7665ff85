package site

import (
	"context"
	"fmt"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/codeview"
	"fairway/internal/httpkit"
	"fairway/internal/memo"
	"fairway/internal/samples"
	"fairway/web/templates/ui"
)

// Reader is what the samples of a signed-in person are filled with. The zero value is nobody in particular.
type Reader struct {
	// ClientID is that of an app of hers, Brand a bank that it is connected to.
	ClientID, Brand string
}

// The places of samples: each is drawn for its reader, in her language.
const (
	slotToken    slot = "sample-token"
	slotExchange slot = "sample-exchange"
	slotConsent  slot = "sample-consent"
	slotAccounts slot = "sample-accounts"
)

// readerOf is who reads. Staff and people who are not signed in are nobody in particular.
func (f *Face) readerOf(c *gin.Context) (Reader, error) {
	v := httpkit.Who(c)
	if f.Reader == nil || v.OrganisationID == "" || v.Staff() {
		return Reader{}, nil
	}
	return f.Reader(c.Request.Context(), v.OrganisationID)
}

// drawing names a sample that was drawn: for whom, and on which day.
type drawing struct {
	slot   slot
	reader Reader
	day    string
}

// keptDrawings is how many samples are kept coloured. One has some 100 kB.
const keptDrawings = 64

// drawings keeps samples coloured, because colouring takes longer than the rest of the page.
func (l *library) drawings() *memo.Cache[drawing, codeview.Set] {
	return memo.New(keptDrawings, func(_ context.Context, d drawing) (codeview.Set, error) {
		today, err := time.Parse(time.DateOnly, d.day)
		if err != nil {
			return codeview.Set{}, fmt.Errorf("read a day: %w", err)
		}
		return codeview.Draw(string(d.slot), l.sample(d.slot, d.reader, today))
	})
}

// program draws the sample of a place for who reads.
func program(s slot) func(*Face, *gin.Context, *library) (templ.Component, error) {
	return func(f *Face, c *gin.Context, l *library) (templ.Component, error) {
		reader, err := f.readerOf(c)
		if err != nil {
			return nil, err
		}
		set, err := l.programs.Find(c.Request.Context(), drawing{s, reader, f.Clock.Now().Format(time.DateOnly)})
		if err != nil {
			return nil, fmt.Errorf("draw the sample %s: %w", s, err)
		}
		coding := httpkit.CodingOf(c)
		if s == slotAccounts { // the second one of a page that would weigh too much with six of each
			return ui.Samples(*set.Alone(coding)), nil
		}
		return ui.Samples(*set.In(coding)), nil
	}
}

// sample is the request of a slot at the reader's bank, or at the first one.
func (l *library) sample(s slot, r Reader, today time.Time) samples.Request {
	at, client := l.places[0], samples.Value{Text: r.ClientID}
	for _, p := range l.places {
		if p.Brand.ID == r.Brand {
			at = p
		}
	}
	switch s {
	case slotToken:
		return samples.Request{Name: "get-token", URL: at.Token, ClientID: client, Form: []samples.Field{samples.Text("grant_type", "client_credentials")}}
	case slotExchange:
		return samples.Request{Name: "exchange-code", URL: at.Token, ClientID: client, Form: []samples.Field{
			samples.Text("grant_type", "authorization_code"), samples.Variable("code", "CODE"),
			samples.Variable("redirect_uri", "FAIRWAY_REDIRECT_URI"), samples.Variable("code_verifier", "CODE_VERIFIER")}}
	case slotConsent:
		return call("create-consent", "consents.create", at, client, samples.OwnToken, today)
	}
	return call("list-card-accounts", "card-accounts.list", at, client, samples.CustomerToken, today)
}

// call is a signed call of an operation without parameters in its path, with the values that the catalogue suggests.
func call(name, operation string, at place, client samples.Value, token samples.Token, today time.Time) samples.Request {
	o, _ := catalog.OperationByID(operation)
	r := samples.Request{Name: name, Method: o.Method, URL: at.API + o.Pattern, Signed: true, APIKey: true, Token: token, TokenURL: at.Token, ClientID: client,
		Headers: []samples.Field{samples.Text("Accept", "application/json"), samples.Text("PSU-IP-Address", "192.0.2.10")}}
	if o.NeedsConsent {
		r.Headers = append(r.Headers, samples.Variable("Consent-ID", "CONSENT_ID"))
	}
	if o.Example != nil {
		r.Headers, r.Body = append(r.Headers, samples.Text("Content-Type", "application/json")), o.Example(today)
	}
	return r
}
