package xs2a

import (
	"errors"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/upstream"
)

// maxQuery is how long the query of a read that is handed on may be.
const maxQuery = 2048

// errNoLive is a program that was built without a way to the brands.
var errNoLive = upstream.ErrUnreachable.With(errors.New("nothing leads to the brands' own systems"))

// inLive tells whether a call is one of Live, where the brand's own system answers reads of account data.
func inLive(c *gin.Context) bool {
	return callerOf(c.Request.Context()).Environment == catalog.Live
}

// forward hands a read on to the brand's own system, with what the customer allowed. It is counted once the brand has
// answered well.
func (f *Face) forward(c *gin.Context, class consents.Class) error {
	ctx, caller := c.Request.Context(), callerOf(c.Request.Context())
	if f.live.Upstream == nil {
		return errNoLive
	}
	query, err := plainQuery(c.Request.URL)
	if err != nil {
		return err
	}
	read := consents.Read{Class: class, ResourceID: c.Param("account-id"), Attended: caller.Attended}
	consent, err := f.consents.Allow(ctx, caller.Owner(), caller.ConsentID, read)
	if err != nil {
		return err
	}
	brand, err := f.live.Catalog.Brand(ctx, caller.Brand)
	if err != nil {
		return err
	}
	return f.live.Upstream.Forward(ctx, c.Writer, upstream.Call{
		Brand: brand, Path: c.Request.URL.EscapedPath(), Query: query, Header: c.Request.Header, Assertion: f.assert(caller, consent),
		Charge: func(continued bool) error {
			read.Continued = continued
			return f.consents.Charge(ctx, consent, read)
		},
		Refused: func(code string) { caller.Refused = code },
	})
}

// plainQuery is a query that every reader reads alike: each name once.
func plainQuery(u *url.URL) (string, error) {
	if len(u.RawQuery) > maxQuery {
		return "", formatError("query", "The query is longer than 2048 characters.")
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", formatError("query", "The query cannot be read. Write it as name=value&name=value, with special characters percent-encoded.")
	}
	for name, given := range values {
		if len(given) > 1 {
			return "", formatError("query", "A parameter of the query occurs twice. Send each once.")
		}
		if len(name) > 64 {
			return "", formatError("query", "A parameter's name is longer than 64 characters.")
		}
	}
	return values.Encode(), nil
}

func (f *Face) assert(caller *Caller, consent *consents.Consent) upstream.Assertion {
	a := upstream.Assertion{
		Issuer: f.live.Issuer, ID: caller.CallID, Operation: caller.Operation, RequestID: caller.RequestID, Attended: caller.Attended, PSU: caller.PSU, TPP: caller.TPP,
		BasePath: caller.BasePath,
		Consent: upstream.Consent{ID: consent.ID, Recurring: consent.Recurring, ValidUntil: consent.ValidUntil, Accounts: []upstream.Account{},
			ListOnly: consent.Access.Model() == consents.Available},
	}
	for _, g := range consent.Granted {
		a.Consent.Accounts = append(a.Consent.Accounts, upstream.Account{ResourceID: g.ResourceID, MaskedPAN: g.MaskedPAN, Currency: g.Currency,
			Balances: g.Balances, Transactions: g.Transactions})
	}
	return a
}
