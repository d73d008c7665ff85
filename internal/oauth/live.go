package oauth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fairway/internal/apps"
	"fairway/internal/bank"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// In Live the customer decides on the brand's own pages. The browser leaves with a signed request, the brand tells us here
// what was decided, and the browser comes back for the code.

// Outcome is how a customer's visit at the brand's pages ended.
type Outcome string

// The outcomes. Aborted is whatever kept the customer from deciding; the consent waits on for another visit.
const (
	Granted Outcome = "approved"
	Refused Outcome = "denied"
	Aborted Outcome = "failed"
)

// Decision is what a brand says that its customer decided.
type Decision struct {
	Outcome Outcome
	// PSU is the brand's number of the customer, as it will be told with every read.
	PSU      string
	Accounts []Opened
}

// Opened is an account that the customer opened, and for what.
type Opened struct {
	ResourceID, MaskedPAN, Currency string
	Balances, Transactions          bool
}

const (
	maxVisitID    = 36
	maxOpened     = 100
	maxResourceID = 70
	maxMaskedPAN  = 35
)

var (
	// ErrNoVisit is a decision on a visit that is unknown at this brand, or too old.
	ErrNoVisit = fault.New(fault.NotFound, "visit_unknown",
		"There is no such authorisation of this brand, or it is over. The address of a decision is decide_at of the request that the customer brought.")
	// ErrDecided is a second decision that differs from the first.
	ErrDecided = fault.New(fault.Conflict, "visit_decided", "This authorisation was decided before, in another way. The first decision stands.")
	// ErrDecision is a decision that cannot be read or does not fit the consent.
	ErrDecision = fault.New(fault.Invalid, "decision_invalid", "The decision cannot be read.")
	// ErrNoConsent is a withdrawal of a consent that this customer has not given at this brand.
	ErrNoConsent = fault.New(fault.NotFound, "withdrawal_unknown", "This customer has given no such consent at this brand.")
	errVisitOver = fault.New(fault.Forbidden, "authorisation_aborted", "The customer did not come to a decision at the bank. The consent still waits: send the customer to the bank again.")
)

// Decide takes a brand's word for what its customer decided, once; the same word again changes nothing. An approval makes the
// consent valid at once; the code waits for the customer's browser. Faults: ErrNoVisit, ErrDecided, ErrDecision with the
// field as path.
func (o *OAuth) Decide(ctx context.Context, brand, id string, d Decision) error {
	if err := d.check(); err != nil {
		return err
	}
	row, err := o.visit(ctx, brand, id)
	if err != nil {
		return err
	}
	consent, err := o.consents.Latest(ctx, consents.Owner{OrganisationID: row.OrganisationID, Environment: catalog.Live, Brand: brand}, row.ConsentID)
	if errors.Is(err, consents.ErrUnknown) {
		return ErrNoVisit
	}
	if err != nil {
		return err
	}
	if Stage(row.Status).Over() {
		return d.again(row)
	}
	var grants []consents.Grant
	if d.Outcome == Granted {
		if grants, err = d.grants(consent.Access); err != nil {
			return err
		}
		if err := o.mayReceive(ctx, row); err != nil {
			return err
		}
	}
	err = o.db.InTx(ctx, func(tx db.Tx) error { return o.settle(tx, row, consent, d, grants) })
	switch {
	case errors.Is(err, ErrDecided): // at this moment; it may have been the same word
		if row, err = o.visit(ctx, brand, id); err != nil {
			return err
		}
		return d.again(row)
	case fault.Is(err, fault.Conflict):
		return ErrNoVisit.Saying("The consent ended meanwhile, or was authorised in another window. Nothing was opened.").With(err)
	}
	return err
}

// visit finds an authorisation for the brand that its customer is at.
func (o *OAuth) visit(ctx context.Context, brand, id string) (authorisationRow, error) {
	if !printable(id, maxVisitID) {
		return authorisationRow{}, ErrNoVisit
	}
	row, err := authorisationByID(o.db.Reader(ctx), string(catalog.Live), brand, id)
	if errors.Is(err, db.ErrNotFound) {
		return row, ErrNoVisit
	}
	return row, o.db.Fault(ctx, err)
}

// mayReceive refuses an approval whose TPP can do nothing with it: nothing is opened for whom nobody answers.
func (o *OAuth) mayReceive(ctx context.Context, row authorisationRow) error {
	app, err := o.apps.ByID(ctx, row.OrganisationID, row.AppID)
	if errors.Is(err, apps.ErrUnknown) || err == nil && !app.AllowsRedirect(row.RedirectURI) {
		return ErrNoVisit.Saying("The app that sent the customer was removed meanwhile, or its address was. Nothing was opened.")
	}
	if err != nil {
		return err
	}
	door, err := o.apps.ByClient(ctx, app.ClientID)
	if err != nil {
		return err
	}
	if door.Suspended {
		return ErrNoVisit.Saying("The organisation that sent the customer was suspended meanwhile. Nothing was opened.")
	}
	problem, err := o.checkApproval(ctx, app)
	if problem != nil {
		return ErrNoVisit.Saying("What was approved of the organisation that sent the customer has ended meanwhile. Nothing was opened.").With(problem)
	}
	return err
}

// settle is the one place where a customer's word of Live takes effect.
func (o *OAuth) settle(tx db.Tx, row authorisationRow, consent *consents.Consent, d Decision, grants []consents.Grant) error {
	if !tx.Now.Before(row.ExpiresAt.UTC()) {
		return ErrNoVisit
	}
	stage, outcome := Approved, ""
	switch d.Outcome {
	case Refused:
		stage, outcome = Denied, ErrDenied.Code
	case Aborted:
		stage, outcome = Failed, errVisitOver.Code
	}
	done, err := decideAuthorisation(tx, row.ID, stage, outcome, d.PSU, d.fingerprint())
	if err != nil {
		return err
	}
	if !done {
		return ErrDecided
	}
	switch d.Outcome {
	case Granted:
		_, err = o.consents.Approve(tx, consent, d.PSU, grants)
	case Refused:
		err = o.consents.Reject(tx, consent)
	}
	return err
}

// again takes the same word a second time.
func (d Decision) again(row authorisationRow) error {
	stage := map[Outcome]Stage{Granted: Approved, Refused: Denied, Aborted: Failed}[d.Outcome]
	if Stage(row.Status) != stage || row.PSUID != d.PSU || row.Accounts != d.fingerprint() {
		return ErrDecided
	}
	return nil
}

// fingerprint tells decisions apart.
func (d Decision) fingerprint() string {
	if d.Outcome != Granted {
		return ""
	}
	lines := make([]string, 0, len(d.Accounts))
	for _, a := range d.Accounts {
		lines = append(lines, fmt.Sprintf("%q %q %q %v %v", a.ResourceID, a.MaskedPAN, a.Currency, a.Balances, a.Transactions))
	}
	slices.Sort(lines)
	return secret.Hash(secret.Text(strings.Join(lines, "\n")))
}

func (d Decision) check() error {
	wrong := func(path, text string) error { return ErrDecision.Saying(text).At(path) }
	switch {
	case d.Outcome != Granted && d.Outcome != Refused && d.Outcome != Aborted:
		return wrong("decision", "decision must be approved, denied or failed.")
	case d.Outcome == Granted && (d.PSU == "" || !printable(d.PSU, maxPSU)):
		return wrong("psu", "psu must name the customer in 1 to 64 printable characters.")
	case d.Outcome != Granted && (d.PSU != "" || len(d.Accounts) > 0):
		return wrong("accounts", "psu and accounts come with decision approved alone.")
	case d.Outcome == Granted && len(d.Accounts) == 0:
		return wrong("accounts", "accounts must name at least one account.")
	case len(d.Accounts) > maxOpened:
		return wrong("accounts", "accounts has more than 100 entries.")
	}
	seen := map[string]bool{}
	for i, a := range d.Accounts {
		at := fmt.Sprintf("accounts[%d].", i)
		switch {
		case a.ResourceID == "" || !segment(a.ResourceID):
			return wrong(at+"resource_id", "resource_id must have 1 to 70 letters, digits, dots, hyphens or underscores.")
		case seen[a.ResourceID]:
			return wrong(at+"resource_id", "The account occurs twice.")
		case a.MaskedPAN == "" || !printable(a.MaskedPAN, maxMaskedPAN) || plainPAN(a.MaskedPAN):
			return wrong(at+"masked_pan", "masked_pan must be a masked card number of at most 35 characters, never the whole one.")
		case len(a.Currency) != 3 || strings.Trim(a.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
			return wrong(at+"currency", "currency must be a code of ISO 4217.")
		}
		seen[a.ResourceID] = true
	}
	return nil
}

// segment reports whether an id can stand in a path as it is.
func segment(id string) bool {
	return len(id) <= maxResourceID && id != "." && id != ".." &&
		strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

// plainPAN reports whether more of a card's number is shown than may be: the first eight digits and the last four (PCI DSS,
// 3.4.1), with something in between that hides the rest.
func plainPAN(s string) bool {
	digits := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits > 12 || digits == 12 && !strings.ContainsAny(s, "*xX")
}

// grants are what the accounts are opened for: never more than the consent asks.
func (d Decision) grants(access consents.Access) ([]consents.Grant, error) {
	cards := make([]bank.CardAccount, 0, len(d.Accounts))
	for _, a := range d.Accounts {
		cards = append(cards, bank.CardAccount{ResourceID: a.ResourceID, MaskedPAN: a.MaskedPAN, Currency: a.Currency})
	}
	offered := choicesOf(access, cards, func(string) bool { return true })
	var out []consents.Grant
	for i, a := range d.Accounts {
		at := slices.IndexFunc(offered.Accounts, func(o Offered) bool { return o.Grant.ResourceID == a.ResourceID })
		if at < 0 {
			return nil, ErrDecision.Saying("The consent names its accounts, and this is none of them.").At(fmt.Sprintf("accounts[%d]", i))
		}
		grant := offered.Accounts[at].Grant
		grant.Balances, grant.Transactions = grant.Balances && a.Balances, grant.Transactions && a.Transactions
		out = append(out, grant)
	}
	return out, nil
}

// returnLife is how long after the end of a visit its browser may still come back for the code.
const returnLife = time.Hour

// returning is the purpose of the proof that a browser comes back from the brand with.
const returning = "return from the brand"

// Returns is the proof that a browser comes back from the brand with. The brand is told it when it tells the decision, and
// hands it to the browser that the customer decided in. Whoever began a visit and had somebody else decide never sees it.
func (o *OAuth) Returns(id string) string { return o.ring.MAC(returning, id) }

// Return is Open for a browser that is back from the brand, with the proof of Returns. An approval gives its code to a browser
// that has both: the cookie of who began, and the proof of who decided. With another proof it is Open alone.
func (o *OAuth) Return(ctx context.Context, brand string, cookie secret.Text, proof string) (*Authorisation, error) {
	a, err := o.Open(ctx, catalog.Live, brand, cookie)
	if err != nil || !a.Unfetched || !o.db.Now().Before(a.ExpiresAt.Add(returnLife)) || !o.ring.CheckMAC(returning, a.ID, proof) {
		return a, err
	}
	if err := o.fetchCode(ctx, a, secret.Hash(o.code(a))); err != nil {
		return nil, err
	}
	return o.reload(ctx, a)
}

// fetchCode mints the code of a visit of Live when the customer's browser comes back, once.
func (o *OAuth) fetchCode(ctx context.Context, a *Authorisation, hash string) error {
	return o.db.InTx(ctx, func(tx db.Tx) error {
		if err := tx.Lock("codes|" + a.ID); err != nil {
			return err
		}
		n, err := countCodes(tx, a.ID)
		if err != nil || n > 0 {
			return err
		}
		return insertCode(tx, codeRow{Hash: hash, AuthorisationID: a.ID, Family: secret.ID("fam"), CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(o.config.CodeLife)})
	})
}

// Withdraw ends a consent of Live that its customer withdrew at the brand; its tokens end with it. A second time is the same
// as the first. The fault is ErrNoConsent, also for another customer's.
func (o *OAuth) Withdraw(ctx context.Context, brand, consentID, psu string) error {
	err := o.consents.Withdraw(ctx, catalog.Live, brand, consentID, psu)
	if errors.Is(err, consents.ErrUnknown) {
		return ErrNoConsent
	}
	return err
}
