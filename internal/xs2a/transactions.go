package xs2a

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/bank"
	"fairway/internal/consents"
	"fairway/internal/fault"
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
	ctx := c.Request.Context()
	query, err := readQuery(c.Request.URL.RawQuery, callerOf(ctx).Now)
	if err != nil {
		return err
	}
	found, err := f.open(c, consents.Transactions)
	if err != nil {
		return err
	}
	page, err := f.bank.Transactions(ctx, found.caller.Brand, found.caller.PSU, found.card.ResourceID, query)
	if err != nil {
		return err
	}
	found.read.Continued = query.After != "" || query.Before != ""
	if err := f.consents.Charge(ctx, found.consent, found.read); err != nil {
		return err
	}

	self := found.caller.BasePath + cardsPath + "/" + found.card.ResourceID
	answer := transactions{CardAccount: found.reference(), DebitAccounting: found.card.DebitAccounting,
		CardTransactions: report{Booked: []transaction{}, Links: pageLinks(self, query, page)}}
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

// readQuery reads dateFrom, dateTo and bookingStatus, or a page that one of our links led to.
func readQuery(raw string, now time.Time) (bank.Query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return bank.Query{}, formatError("query", "The query cannot be read. Write it as name=value&name=value, with special characters percent-encoded.")
	}
	for name, given := range values {
		switch name {
		case "dateFrom", "dateTo", "bookingStatus", "page":
			if len(given) > 1 {
				return bank.Query{}, formatError(name, name+" occurs twice. Send it once.")
			}
		case "deltaList", "entryReferenceFrom", "withBalance":
			return bank.Query{}, fault.New(fault.Invalid, "PARAMETER_NOT_SUPPORTED",
				name+" is not supported for card accounts. Ask by dateFrom, dateTo and bookingStatus.").At(name)
		default:
			return bank.Query{}, formatError("query", "This operation has no such query parameter. It takes dateFrom, dateTo and bookingStatus.")
		}
	}
	if values.Has("page") {
		if len(values) > 1 {
			return bank.Query{}, fault.New(fault.Invalid, "PARAMETER_NOT_CONSISTENT",
				"page carries the dates and the status of the first request. Follow the link as it is, without further parameters.").At("page")
		}
		return readPage(values.Get("page"))
	}
	return firstQuery(values, now)
}

func firstQuery(values url.Values, now time.Time) (bank.Query, error) {
	q := bank.Query{Period: bank.Period{From: values.Get("dateFrom"), To: values.Get("dateTo")}, Status: values.Get("bookingStatus")}
	switch q.Status {
	case "":
		return q, formatError("bookingStatus", "bookingStatus is missing. Send booked, pending or both.")
	case "information", "all":
		return q, fault.New(fault.Invalid, "PARAMETER_NOT_SUPPORTED", "bookingStatus "+q.Status+" does not exist for card accounts. Send booked, pending or both.").At("bookingStatus")
	}
	if q.From == "" {
		return q, formatError("dateFrom", "dateFrom is missing. Send the first day that you want, for example dateFrom="+now.AddDate(0, -3, 0).Format(time.DateOnly)+".")
	}
	if q.To == "" {
		q.To = now.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	return q, q.Validate()
}

// cursor is what a page link carries: everything, so that no filter is lost on the way.
type cursor struct {
	From   string `json:"f"`
	To     string `json:"t"`
	Status string `json:"s"`
	After  string `json:"a,omitempty"`
	Before string `json:"b,omitempty"`
}

const maxCursor = 600

func readPage(text string) (bank.Query, error) {
	var c cursor
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(text) > maxCursor || json.Unmarshal(data, &c) != nil {
		return bank.Query{}, formatError("page", "This is not a page that the bank linked to. Start again from the first page.")
	}
	q := bank.Query{Period: bank.Period{From: c.From, To: c.To}, Status: c.Status, After: c.After, Before: c.Before}
	return q, q.Validate()
}

// pageLinks lead to the account, and to further pages where there are any: no next on the last page.
func pageLinks(self string, q bank.Query, p bank.Page) links {
	l := links{"cardAccount": {self}}
	to := func(name, after, before string) {
		data, err := json.Marshal(cursor{From: q.From, To: q.To, Status: q.Status, After: after, Before: before})
		if err == nil {
			l[name] = link{self + "/transactions?page=" + base64.RawURLEncoding.EncodeToString(data)}
		}
	}
	if p.HasPrev {
		to("first", "", "")
		to("previous", "", p.Prev)
	}
	if p.HasNext {
		to("next", p.Next, "")
		to("last", "", bank.CursorEnd)
	}
	return l
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
