package xs2a

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/bank"
	"fairway/internal/consents"
)

type transactions struct {
	CardAccount      accountReference `json:"cardAccount"`
	DebitAccounting  bool             `json:"debitAccounting"`
	CardTransactions report           `json:"cardTransactions"`
}

// report always has booked, which the guidelines call mandatory, and pending only where it was asked for.
type report struct {
	Booked  []transaction  `json:"booked"`
	Pending *[]transaction `json:"pending,omitempty"`
	Links   links          `json:"_links"`
}

type transaction struct {
	ID                  string         `json:"cardTransactionId"`
	TerminalID          string         `json:"terminalId,omitempty"`
	TransactionDate     string         `json:"transactionDate,omitempty"`
	AcceptorTime        string         `json:"acceptorTransactionDateTime,omitempty"`
	BookingDate         string         `json:"bookingDate,omitempty"`
	ValueDate           string         `json:"valueDate,omitempty"`
	Amount              amount         `json:"transactionAmount"`
	CurrencyExchange    []exchangeRate `json:"currencyExchange,omitempty"`
	Original            *amount        `json:"originalAmount,omitempty"`
	MarkupFee           *amount        `json:"markupFee,omitempty"`
	MarkupFeePercentage string         `json:"markupFeePercentage,omitempty"`
	CardAcceptorID      string         `json:"cardAcceptorId,omitempty"`
	CardAcceptorAddress *address       `json:"cardAcceptorAddress,omitempty"`
	CardAcceptorPhone   string         `json:"cardAcceptorPhone,omitempty"`
	MerchantCategory    string         `json:"merchantCategoryCode,omitempty"`
	MaskedPAN           string         `json:"maskedPAN,omitempty"`
	Details             string         `json:"transactionDetails,omitempty"`
	Invoiced            bool           `json:"invoiced"`
	ProprietaryCode     string         `json:"proprietaryBankTransactionCode,omitempty"`
}

type exchangeRate struct {
	SourceCurrency string `json:"sourceCurrency"`
	Rate           string `json:"exchangeRate"`
	UnitCurrency   string `json:"unitCurrency"`
	TargetCurrency string `json:"targetCurrency"`
	QuotationDate  string `json:"quotationDate"`
}

type address struct {
	Street         string `json:"streetName,omitempty"`
	BuildingNumber string `json:"buildingNumber,omitempty"`
	Town           string `json:"townName,omitempty"`
	PostCode       string `json:"postCode,omitempty"`
	Country        string `json:"country"`
}

// readTransactions is GET /card-account/v1/card-accounts/{account-id}/transactions (6.6.4).
func (f *Face) readTransactions(c *gin.Context) error {
	if inLive(c) {
		return f.forward(c, consents.Transactions)
	}
	ctx := c.Request.Context()
	caller := callerOf(ctx)
	query, err := f.pages.read(c.Request.URL.RawQuery, fetch{consent: caller.ConsentID, account: c.Param("account-id"), begun: caller.Now})
	if err != nil {
		return err
	}
	found, err := f.open(c, consents.Transactions)
	if err != nil {
		return err
	}
	page, err := f.bank.Transactions(ctx, found.caller.Brand, found.caller.PSU, found.card.ResourceID, query.Query)
	if err != nil {
		return err
	}
	found.read.Continued = query.continued
	if err := f.consents.Charge(ctx, found.consent, found.read); err != nil {
		return err
	}

	self := found.caller.BasePath + cardsPath + "/" + found.card.ResourceID
	answer := transactions{CardAccount: found.reference(), DebitAccounting: found.card.DebitAccounting,
		CardTransactions: report{Booked: []transaction{}, Links: f.pages.links(self, query, page)}}
	fill(&answer.CardTransactions, query.Status, page.Transactions)
	return respond(c, http.StatusOK, answer)
}

func fill(r *report, status string, found []bank.Transaction) {
	pending := []transaction{}
	for _, t := range found {
		if t.Pending {
			pending = append(pending, newTransaction(t))
		} else {
			r.Booked = append(r.Booked, newTransaction(t))
		}
	}
	if status != bank.StatusBooked {
		r.Pending = &pending
	}
}

func newTransaction(t bank.Transaction) transaction {
	out := transaction{
		ID: t.ID, TerminalID: t.TerminalID, TransactionDate: t.TransactionDate, BookingDate: t.BookingDate, ValueDate: t.ValueDate,
		Amount: amount{t.Amount.Currency, t.Amount.Value}, MarkupFeePercentage: t.MarkupFeePercentage, CardAcceptorID: t.CardAcceptorID,
		CardAcceptorPhone: t.Phone, MerchantCategory: t.MerchantCategoryCode, MaskedPAN: t.MaskedPAN, Details: t.Details,
		Invoiced: t.Invoiced, ProprietaryCode: t.ProprietaryCode,
	}
	if !t.AcceptorTime.IsZero() {
		out.AcceptorTime = t.AcceptorTime.UTC().Format(time.RFC3339)
	}
	if !t.Original.IsZero() {
		out.Original = &amount{t.Original.Currency, t.Original.Value}
	}
	if t.MarkupFee != nil {
		out.MarkupFee = &amount{t.MarkupFee.Currency, t.MarkupFee.Value}
	}
	if x := t.Exchange; x != nil {
		out.CurrencyExchange = []exchangeRate{{x.SourceCurrency, x.Rate, x.UnitCurrency, x.TargetCurrency, x.QuotationDate}}
	}
	if a := t.Address; a != nil {
		out.CardAcceptorAddress = &address{a.Street, a.BuildingNumber, a.Town, a.PostCode, a.Country}
	}
	return out
}
