package playground

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"fairway/internal/apps"
	"fairway/internal/fault"
)

// The models of a consent that the form offers.
const (
	accessAll    = "all"
	accessChoose = "choose"
	accessNamed  = "named"
)

// exampleCards are the cards of the first test customer.
var exampleCards = []string{"5243 78** **** 8693", "5243 66** **** 8694"}

const (
	maxCards = 10
	// consentDays is how long the example's consents last, today included.
	consentDays = 90
)

type cardReference struct {
	MaskedPAN string `json:"maskedPan"`
}

type consentAccess struct {
	Accounts     []cardReference `json:"accounts,omitzero"`
	Balances     []cardReference `json:"balances,omitzero"`
	Transactions []cardReference `json:"transactions,omitzero"`
	AllPSD2      string          `json:"allPsd2,omitempty"`
}

type consentRequest struct {
	Access          consentAccess `json:"access"`
	Recurring       bool          `json:"recurringIndicator"`
	ValidUntil      string        `json:"validUntil"`
	FrequencyPerDay int           `json:"frequencyPerDay"`
	CombinedService bool          `json:"combinedServiceIndicator"`
}

// consentBody writes the consent request of a choice (Implementation Guidelines, 6.3.1.1).
func consentBody(f flowForm, now time.Time) (string, error) {
	r := consentRequest{Recurring: true, ValidUntil: now.AddDate(0, 0, consentDays-1).Format(time.DateOnly), FrequencyPerDay: 4}
	switch f.Access {
	case accessAll:
		r.Access.AllPSD2 = "allAccounts"
	case accessChoose:
		r.Access.Accounts, r.Access.Balances, r.Access.Transactions = []cardReference{}, []cardReference{}, []cardReference{}
	case accessNamed:
		cards, err := readCards(f.Cards)
		if err != nil {
			return "", err
		}
		r.Access.Accounts, r.Access.Balances, r.Access.Transactions = cards, cards, cards
	default:
		return "", fault.Form(fault.Field{Name: "access", Message: "Choose what the customer is asked for."})
	}
	body, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write the consent request: %w", err)
	}
	return string(body), nil
}

// readCards reads one masked card number a line.
func readCards(text string) ([]cardReference, error) {
	var cards []cardReference
	wrong := func(message string) error { return fault.Form(fault.Field{Name: "cards", Message: message}) }
	for _, line := range apps.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if len(line) > 35 || strings.Trim(line, "0123456789*xX -") != "" || !strings.ContainsAny(line, "*xX") {
			return nil, wrong("Write each card masked, as in 5243 78** **** 8693. Full card numbers are not sent.")
		}
		cards = append(cards, cardReference{line})
	}
	switch {
	case len(cards) == 0:
		return nil, wrong("Enter at least one masked card number.")
	case len(cards) > maxCards:
		return nil, wrong(fmt.Sprintf("Enter at most %d cards.", maxCards))
	}
	return cards, nil
}
