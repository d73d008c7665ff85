package sandbox

import (
	"strconv"
	"time"

	"fairway/internal/bank"
)

var codes = [...]string{
	purchase:      bank.CodePurchase,
	refund:        bank.CodeRefund,
	withdrawal:    bank.CodeCash,
	withdrawalFee: bank.CodeFee,
	monthlyFee:    bank.CodeFee,
	subscription:  bank.CodePurchase,
	payment:       bank.CodePayment,
}

// amount signs what is owed as the account quotes it.
func (c *card) amount(owed int64) bank.Amount { return c.in(c.currency, owed) }

func (c *card) in(currency int, owed int64) bank.Amount {
	if !c.positive {
		owed = -owed
	}
	return bank.FromMinor(currencies[currency].code, owed)
}

// transaction shows an entry as it stands on a day.
func (c *card) transaction(e *entry, today day) bank.Transaction {
	current, _ := today.monthAndDay()
	t := bank.Transaction{
		ID:              c.id(e),
		TransactionDate: e.on.iso(),
		Amount:          c.amount(e.owed),
		ProprietaryCode: codes[e.kind],
		Pending:         e.book > today,
	}
	if !t.Pending {
		t.BookingDate = e.book.iso()
		t.ValueDate = c.due(e.invoice).iso()
		t.Invoiced = e.invoiced(current)
	}

	switch e.kind {
	case payment:
		t.Details = "PAYMENT OF INVOICE " + e.invoice.iso()
		if e.owed > 0 {
			t.Details = "CREDIT PAID OUT FROM INVOICE " + e.invoice.iso()
		}
	case monthlyFee:
		t.Details = "MONTHLY FEE"
	case withdrawalFee:
		t.Details = "CASH WITHDRAWAL FEE"
	default:
		c.showMerchant(&t, e)
	}
	return t
}

func (c *card) showMerchant(t *bank.Transaction, e *entry) {
	shop := &c.market().merchants[e.merchant]
	t.AcceptorTime = time.Unix(e.at, 0).UTC()
	t.TerminalID = shop.terminals[int(e.seq)%len(shop.terminals)]
	t.CardAcceptorID = shop.acceptorID
	t.Address = shop.address
	t.Phone = shop.phone
	t.MerchantCategoryCode = shop.mcc
	t.MaskedPAN = c.mask
	t.Details = shop.details
	if shop.currency == c.currency {
		return
	}

	t.Original = c.in(shop.currency, e.original)
	t.Exchange = &bank.Exchange{
		SourceCurrency: currencies[shop.currency].code,
		Rate:           rateText(shop.currency, c.currency),
		UnitCurrency:   currencies[c.currency].code,
		TargetCurrency: currencies[c.currency].code,
		QuotationDate:  (e.on - day(e.delay)).iso(),
	}
	if c.profile.markup > 0 {
		fee := c.amount(e.markup)
		t.MarkupFee, t.MarkupFeePercentage = &fee, percentText(c.profile.markup)
	}
}

// id is the day, the kind, a refund's delay, the number within the day and the card: the same for ever, used once.
func (c *card) id(e *entry) string {
	y, m, d := e.on.time().Date()
	var room [24]byte
	digits := strconv.AppendInt(room[:0], int64(y*10000+int(m)*100+d), 10)
	rest := int64(e.kind)*100_000_000_000 + int64(e.delay)*1_000_000_000 + int64(e.seq)*1_000_000 + int64(c.code)
	return string(strconv.AppendInt(digits, rest, 10))
}
