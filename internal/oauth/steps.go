package oauth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fairway/internal/bank"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

const maxPSU = 64

// Identify notes which customer is at the bank; going back and being another one is possible until the end. Each step
// returns the authorisation as it stands then. A customer who is blocked ends it. An unknown number is a Form fault
// on psu_id.
func (o *OAuth) Identify(ctx context.Context, a *Authorisation, psuID string) (*Authorisation, error) {
	if a.Stage.Over() {
		return a, nil
	}
	psuID = strings.TrimSpace(psuID)
	if psuID == "" || !printable(psuID, maxPSU) {
		return nil, fault.Form(fault.Field{Name: "psu_id", Message: "Enter your customer number. The test customers are listed on this page."})
	}
	customer, err := o.bank.Customer(ctx, a.Brand, psuID)
	if errors.Is(err, bank.ErrUnknownCustomer) {
		return nil, fault.Form(fault.Field{Name: "psu_id", Message: fmt.Sprintf("The bank has no customer %s. The test customers are listed on this page.", quote(psuID))})
	}
	if err != nil {
		return nil, err
	}
	if customer.Blocked {
		return o.end(ctx, a, ErrBlocked, true)
	}
	err = o.db.InTx(ctx, func(tx db.Tx) error { return identify(tx, a.ID, customer.ID) })
	if err != nil {
		return nil, err
	}
	return o.reload(ctx, a)
}

// Select notes the accounts that are shared. Where the consent leaves nothing open, what it asks for is taken and the
// list does not matter. A list that names nothing, or something else than the choices, is a Form fault on account.
func (o *OAuth) Select(ctx context.Context, a *Authorisation, accounts []string) (*Authorisation, error) {
	if a.Stage.Over() || a.Stage == Started {
		return a, nil
	}
	choices, err := o.Choices(ctx, a)
	if err != nil {
		return nil, err
	}
	chosen, err := choices.pick(accounts)
	if err != nil {
		return nil, err
	}
	err = o.db.InTx(ctx, func(tx db.Tx) error { return choose(tx, a.ID, a.PSU, strings.Join(chosen, ",")) })
	if err != nil {
		return nil, err
	}
	return o.reload(ctx, a)
}

func (c Choices) pick(accounts []string) ([]string, error) {
	var chosen []string
	for _, offered := range c.Accounts {
		if !c.Open || slices.Contains(accounts, offered.Account.ResourceID) {
			chosen = append(chosen, offered.Account.ResourceID)
		}
	}
	if c.Open && len(chosen) < len(slices.Compact(slices.Sorted(slices.Values(accounts)))) {
		return nil, fault.Form(fault.Field{Name: "account", Message: "Choose among the accounts that are listed."})
	}
	if len(chosen) == 0 {
		return nil, fault.Form(fault.Field{Name: "account", Message: "Choose at least one account, or deny."})
	}
	return chosen, nil
}

// Deny ends the authorisation and rejects its consent: the customer does not want it.
func (o *OAuth) Deny(ctx context.Context, a *Authorisation) (*Authorisation, error) {
	if a.Stage.Over() {
		return a, nil
	}
	return o.end(ctx, a, ErrDenied, true)
}

// SandboxCode is what every test customer's device shows. It is one for all, so that pipelines know it beforehand;
// whoever can read a page of the sandbox may confirm there anyway.
const SandboxCode = "123456"

// SandboxCode is the code that the customer's device shows for this authorisation.
func (o *OAuth) SandboxCode(_ *Authorisation) string { return SandboxCode }

// Confirm checks the customer's code and approves the consent in one transaction with the code for the TPP. A wrong
// code is a Form fault on code; the third one ends the authorisation. What is no code at all is a slip and no try.
func (o *OAuth) Confirm(ctx context.Context, a *Authorisation, typed string) (*Authorisation, error) {
	if a.Stage != Selected {
		return a, nil
	}
	choices, err := o.Choices(ctx, a)
	if err != nil {
		return nil, err
	}
	granted := choices.grants()
	if len(granted) == 0 {
		return nil, fault.Form(fault.Field{Name: "code", Message: "The accounts that were chosen are gone. Go back and choose again."})
	}
	if !sixDigits(typed) {
		return nil, errNoCode
	}
	right := secret.Equal(plainDigits(typed), o.SandboxCode(a))
	try := verdict{}
	err = o.db.InTx(ctx, func(tx db.Tx) error {
		var err error
		if try, err = o.try(tx, a); err != nil || try.stale {
			return err
		}
		if right {
			if _, err := o.consents.Approve(tx, a.Consent, a.PSU, granted); err != nil {
				return err
			}
			return o.mintCode(tx, a)
		}
		if try.left > 0 {
			return nil
		}
		if _, err := endAuthorisation(tx, a.ID, Failed, ErrTries.Code); err != nil {
			return err
		}
		return o.consents.Reject(tx, a.Consent)
	})
	switch {
	case fault.Is(err, fault.Conflict):
		return o.end(ctx, a, ErrWithdrawn, false)
	case err != nil:
		return nil, err
	case !right && !try.stale && try.left > 0:
		return nil, wrongCode(try.left)
	}
	return o.reload(ctx, a)
}

// verdict is what counting a try came to.
type verdict struct {
	// stale says that the authorisation is not at this stage any more, or for another customer.
	stale bool
	left  int
}

// try counts a try before its code is looked at, so that many at once are no more than three.
func (o *OAuth) try(tx db.Tx, a *Authorisation) (verdict, error) {
	counted, err := countTry(tx, a.ID, a.PSU, strings.Join(a.chosen, ","))
	if err != nil || !counted {
		return verdict{stale: true}, err
	}
	tries, err := tries(tx, a.ID)
	return verdict{left: maxTries - tries}, err
}

func (o *OAuth) mintCode(tx db.Tx, a *Authorisation) error {
	approved, err := approveAuthorisation(tx, a.ID)
	if err != nil {
		return err
	}
	if !approved {
		return fault.New(fault.Conflict, "authorisation_over", "This authorisation is over.")
	}
	return insertCode(tx, codeRow{Hash: secret.Hash(o.code(a)), AuthorisationID: a.ID, Family: secret.ID("fam"), CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(o.config.CodeLife)})
}

func wrongCode(left int) *fault.Error {
	text := fmt.Sprintf("The code is wrong. %d tries are left.", left)
	if left == 1 {
		text = "The code is wrong. One try is left."
	}
	return fault.Form(fault.Field{Name: "code", Message: text})
}

var errNoCode = fault.Form(fault.Field{Name: "code", Message: "Enter the code: six digits. This did not count as a try."})

// plainDigits leaves out how people group digits.
func plainDigits(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

func sixDigits(typed string) bool {
	digits := plainDigits(typed)
	return len(digits) == 6 && strings.Trim(digits, "0123456789") == ""
}
