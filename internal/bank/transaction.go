package bank

import "time"

// Kinds of transaction (proprietaryBankTransactionCode) that the sandbox uses; a live bank may have its own.
const (
	CodePurchase = "PURCHASE"
	CodeRefund   = "REFUND"
	CodeCash     = "CASH"
	CodeFee      = "FEE"
	CodePayment  = "PAYMENT"
)

// Transaction is one movement on a card account (NextGenPSD2 cardTransaction). Empty fields are unknown or do not
// apply: a fee has no merchant, a purchase in the account's currency no Original and no Exchange.
type Transaction struct {
	ID              string // at most 35 characters, the same before and after booking
	TerminalID      string // at most 35
	TransactionDate string // ISO date of the card's use
	BookingDate     string // ISO date; empty while pending
	ValueDate       string // ISO date on which payment is due; empty while pending
	AcceptorTime    time.Time

	Amount              Amount // as billed to the account, MarkupFee included, signed as DebitAccounting says
	Original            Amount // at the point of sale, in its currency and with the sign of Amount
	Exchange            *Exchange
	MarkupFee           *Amount // part of Amount, in the account's currency and with the sign of Amount
	MarkupFeePercentage string  // "1.95" is 1.95 %

	CardAcceptorID       string // the merchant's number, at most 35
	Address              *Address
	Phone                string // +358-… form
	MerchantCategoryCode string // ISO 18245
	MaskedPAN            string // of the card that was used
	Details              string // at most 140
	ProprietaryCode      string // at most 35

	Invoiced bool // already on an invoice, or the payment of one
	Pending  bool // known to the bank and not booked yet
}

// Exchange is the rate at which Original became Amount (NextGenPSD2 reportExchangeRate): one unit of UnitCurrency
// costs Rate units of the other currency.
type Exchange struct {
	SourceCurrency string // of Original
	Rate           string // decimal
	UnitCurrency   string
	TargetCurrency string // of Amount
	QuotationDate  string // ISO date
}

// Address is where a merchant is (NextGenPSD2 address).
type Address struct {
	Street         string // at most 70
	BuildingNumber string
	Town           string
	PostCode       string
	Country        string // ISO 3166-1 alpha-2
}
