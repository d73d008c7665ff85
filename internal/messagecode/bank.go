package messagecode

// bankCodes are what the door says where the brand's own system fails in Live. The Berlin Group has no code for these
// statuses, so they are our own.
var bankCodes = []Record{
	{
		Code: "BANK_ANSWER_INVALID", HTTP: []int{502},
		Title: "The bank’s own system answered with something else",
		What:  "Your request passed every check of this interface and was handed on to the bank. What came back is no answer of this interface, so it was not passed on.",
		Causes: []string{
			"The bank’s system fails inside and says so in a form of its own.",
			"Something in front of the bank’s system answered in its place, such as a page of maintenance.",
		},
		Fixes: []string{
			"Send the request again in a minute: reads change nothing.",
			"If it lasts, write to the bank’s support and name the X-Request-ID.",
		},
		See: []string{seeLive, seeContact},
	},
	{
		Code: "BANK_TIMEOUT", HTTP: []int{504},
		Title: "The bank’s own system took too long",
		What:  "Your request passed every check of this interface and was handed on to the bank, which did not begin to answer within the time that we wait.",
		Causes: []string{
			"The bank’s system is under load.",
			"The period that you asked for is very long.",
		},
		Fixes: []string{
			"Send the request again, and wait longer between tries.",
			"Ask for a shorter period with dateFrom and dateTo.",
		},
		See: []string{seeLive, seeContact},
	},
	{
		Code: "BANK_UNAVAILABLE", HTTP: []int{503},
		Title: "The bank’s own system is not available",
		What:  "Your request passed every check of this interface. The bank says that it cannot answer now, or it failed several times in a row and is left alone for a moment.",
		Causes: []string{
			"The bank has a maintenance window or a disturbance.",
			"You have more than 64 calls to the bank under way: answers are taken too slowly, or too many are asked for at once.",
		},
		Fixes: []string{
			"Wait as long as Retry-After says, then send the request again.",
			"Read each answer to its end before you ask for more.",
		},
		See: []string{seeLive, seeContact},
	},
	{
		Code: "BANK_UNREACHABLE", HTTP: []int{502},
		Title: "The bank’s own system could not be reached",
		What:  "Your request passed every check of this interface, but no connection to the bank came about, or whoever answered could not prove to be the bank.",
		Causes: []string{
			"The bank’s system is down, or the network between is.",
			"The certificate of the bank’s system has expired or is another one than agreed.",
		},
		Fixes: []string{
			"Send the request again in a minute.",
			"If it lasts, write to the bank’s support and name the X-Request-ID.",
		},
		See: []string{seeLive, seeContact},
	},
}
