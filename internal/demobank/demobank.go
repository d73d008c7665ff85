// Package demobank is a brand's own system for demonstrations: it shows what docs/live-upstream.md asks of a real one, and
// shares no code with the portal's side of it.
package demobank

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"fairway/internal/clock"
)

// Config is what the system has to know.
type Config struct {
	// Base is its own address, as it is entered for the brand: reads are answered below it, customers at Base + /authorise.
	Base string
	// Issuer is the portal's authorisation server, where its keys are, too.
	Issuer string
	// Roots vouch for the portal's machines' door; nil are the operating system's.
	Roots *x509.CertPool
	// Client is the certificate with which the portal is told what a customer decided.
	Client tls.Certificate
	Clock  clock.Clock
	Log    *slog.Logger
}

// patience is how long the portal may take to answer.
const patience = 10 * time.Second

// System answers as a brand. It is safe for concurrent use.
type System struct {
	config Config
	client *http.Client
	keys   keySet
	spent  spent
}

// New makes the system. Nothing is asked before the first request.
func New(c Config) *System {
	t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: c.Roots, Certificates: []tls.Certificate{c.Client}, MinVersion: tls.VersionTLS12}, IdleConnTimeout: time.Minute}
	return &System{config: c, client: &http.Client{Transport: t, Timeout: patience}, spent: spent{seen: map[string]time.Time{}}}
}

// Handler answers reads of account data and shows the page for customers.
func (s *System) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /card-account/v1/card-accounts", s.read(s.list))
	m.HandleFunc("GET /card-account/v1/card-accounts/{id}", s.read(s.details))
	m.HandleFunc("GET /card-account/v1/card-accounts/{id}/balances", s.read(s.balances))
	m.HandleFunc("GET /card-account/v1/card-accounts/{id}/transactions", s.read(s.transactions))
	m.HandleFunc("GET /authorise", s.ask)
	m.HandleFunc("POST /authorise", s.take)
	m.HandleFunc("GET /bank.css", style)
	return m
}

// answer is a read that was allowed: a status and what is written as JSON.
type answer struct {
	status int
	body   any
}

// read lets a read through where the portal vouches for it, for exactly this request.
func (s *System) read(of func(*http.Request, call) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c call
		if err := s.verify(r.Context(), r.Header.Get("Fairway-Assertion"), "fairway-call+jwt", &c); err != nil {
			s.config.Log.Warn("a call that the portal does not vouch for", "error", err.Error())
			write(w, answer{http.StatusUnauthorized, refusal("CERTIFICATE_INVALID", "The assertion was not accepted.")})
			return
		}
		if err := c.fits(r, s.config.Base); err != nil {
			s.config.Log.Warn("an assertion for another call", "error", err.Error())
			write(w, answer{http.StatusUnauthorized, refusal("CERTIFICATE_INVALID", "The assertion is for another call.")})
			return
		}
		if !s.spent.add(c.ID, time.Unix(c.Expires, 0), s.config.Clock.Now()) {
			write(w, answer{http.StatusUnauthorized, refusal("CERTIFICATE_INVALID", "The assertion was used before.")})
			return
		}
		write(w, of(r, c))
	}
}

// call is what an assertion says of a call, as far as this system looks.
type call struct {
	claims
	Method   string `json:"htm"`
	Target   string `json:"htu"`
	PSU      string `json:"psu"`
	BasePath string `json:"base_path"`
	Consent  struct {
		ListOnly bool    `json:"list_only"`
		Accounts []grant `json:"accounts"`
	} `json:"consent"`
}

type grant struct {
	ResourceID   string `json:"resource_id"`
	Balances     bool   `json:"balances"`
	Transactions bool   `json:"transactions"`
}

// fits tells whether the assertion was made for this request.
func (c call) fits(r *http.Request, base string) error {
	target := base + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	switch {
	case c.Audience != base:
		return fmt.Errorf("it is for %s", c.Audience)
	case c.Method != r.Method || c.Target != target:
		return fmt.Errorf("it is for %s %s", c.Method, c.Target)
	}
	return nil
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // the portal left: nobody to tell
}

// refusal is an error in the interface's own form (NextGenPSD2, 14.11).
func refusal(code, text string) any {
	return map[string]any{"tppMessages": []map[string]string{{"category": "ERROR", "code": code, "text": text}}}
}

func (s *System) list(_ *http.Request, c call) answer {
	cards := []any{}
	for _, card := range cardsOf(c.PSU) {
		if g, ok := c.granted(card.id); ok {
			if c.Consent.ListOnly {
				g.Balances, g.Transactions = false, false
			}
			cards = append(cards, card.json(c.BasePath, g))
		}
	}
	return answer{http.StatusOK, map[string]any{"cardAccounts": cards}}
}

func (c call) granted(id string) (grant, bool) {
	i := slices.IndexFunc(c.Consent.Accounts, func(g grant) bool { return g.ResourceID == id })
	if i < 0 {
		return grant{}, false
	}
	return c.Consent.Accounts[i], true
}

// find is a card of the customer that the consent opens.
func (c call) find(id string) (card, grant, bool) {
	g, ok := c.granted(id)
	i := slices.IndexFunc(cardsOf(c.PSU), func(k card) bool { return k.id == id })
	if !ok || i < 0 {
		return card{}, g, false
	}
	return cardsOf(c.PSU)[i], g, true
}

var unknownAccount = answer{http.StatusNotFound, refusal("RESOURCE_UNKNOWN", "The customer has no such card account.")}

func (s *System) details(r *http.Request, c call) answer {
	found, g, ok := c.find(r.PathValue("id"))
	if !ok {
		return unknownAccount
	}
	return answer{http.StatusOK, map[string]any{"cardAccount": found.json(c.BasePath, g)}}
}

func (s *System) balances(r *http.Request, c call) answer {
	found, g, ok := c.find(r.PathValue("id"))
	if !ok || !g.Balances {
		return unknownAccount
	}
	return answer{http.StatusOK, map[string]any{"cardAccount": found.reference(), "debitAccounting": false, "balances": []any{
		map[string]any{"balanceType": "interimAvailable", "balanceAmount": amount(found.owed), "creditLimitIncluded": false},
	}}}
}

func (s *System) transactions(r *http.Request, c call) answer {
	found, g, ok := c.find(r.PathValue("id"))
	if !ok || !g.Transactions {
		return unknownAccount
	}
	today := s.config.Clock.Now().UTC()
	var booked []any
	for i, t := range found.spent {
		day := today.AddDate(0, 0, -i-1).Format(time.DateOnly)
		booked = append(booked, map[string]any{"cardTransactionId": fmt.Sprintf("%s-%d", found.id[:8], i+1), "transactionDate": day, "bookingDate": day,
			"transactionAmount": amount(t.amount), "transactionDetails": t.where, "invoiced": false})
	}
	self := c.BasePath + "/card-account/v1/card-accounts/" + found.id
	return answer{http.StatusOK, map[string]any{"cardAccount": found.reference(), "debitAccounting": false,
		"cardTransactions": map[string]any{"booked": booked, "_links": map[string]any{"cardAccount": map[string]string{"href": self}}}}}
}

// tell brings the customer's decision to the portal, which says where the customer goes.
func (s *System) tell(ctx context.Context, to string, decision any) (string, error) {
	body, err := json.Marshal(decision)
	if err != nil {
		return "", fmt.Errorf("write the decision: %w", err)
	}
	if !strings.HasPrefix(to, s.config.Issuer+"/") {
		return "", errors.New("the request wants its decision told to somebody else")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("tell the decision: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(r)
	if err != nil {
		return "", fmt.Errorf("tell the decision: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	var told struct {
		ReturnTo    string `json:"return_to"`
		Description string `json:"error_description"`
	}
	err = json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&told)
	if err != nil || res.StatusCode != http.StatusOK || told.ReturnTo == "" {
		return "", fmt.Errorf("tell the decision: the portal answered %d %s", res.StatusCode, told.Description)
	}
	return told.ReturnTo, nil
}
