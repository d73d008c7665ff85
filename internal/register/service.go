package register

// serviceNames are the payment services by their codes in the EBA's data dictionary (Annex I of PSD2; Directive 2009/110/EC).
var serviceNames = map[string]string{
	"ES_010": "electronic money",
	"PS_010": "placing cash on accounts",
	"PS_020": "withdrawing cash from accounts",
	"PS_03A": "direct debits",
	"PS_03B": "card payments",
	"PS_03C": "credit transfers",
	"PS_04A": "direct debits on credit",
	"PS_04B": "card payments on credit",
	"PS_04C": "credit transfers on credit",
	"PS_05A": "issuing of payment instruments",
	"PS_05B": "acquiring of payment transactions",
	"PS_060": "money remittance",
	"PS_070": "payment initiation",
	"PS_080": "account information",
}

// ServiceText is a service in words with its code behind, as in "account information (PS_080)"; a code that the data
// dictionary does not have stands alone.
func ServiceText(code string) string {
	if name, ok := serviceNames[code]; ok {
		return name + " (" + code + ")"
	}
	return code
}
