package calls

import (
	"sync"

	"github.com/klauspost/compress/s2"
)

// dictionary is what nearly every call says. Rows of thirty days are read with it: another one is another form, beside
// this one.
var dictionary = sync.OnceValue(func() *s2.Dict { return s2.MakeDict(dictionaryText(), nil) })

// dictionaryText is made of typical calls, the most frequent one last, where it is reached with the shortest distance.
func dictionaryText() []byte {
	text := []byte(typicalRead)
	for _, d := range []Detail{typicalLimit(), typicalRefusal(), typicalConsent(), typicalList()} {
		text = d.appendTo(text)
	}
	return text
}

const (
	anyID  = "00000000-0000-4000-8000-000000000000"
	digest = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	card   = "/sandbox/rocker/card-account/v1/card-accounts/" + anyID

	typicalRead = `{"cardAccount":{"maskedPan":"5243 78** **** 8693","currency":"EUR"},"debitAccounting":true,"balances":[{"balanceAmount":{"currency":"EUR",` +
		`"amount":"1250.00"},"balanceType":"interimBooked","creditLimitIncluded":false,"lastChangeDateTime":"2026-11-21T09:00:00Z",` +
		`"referenceDate":"2026-11-21"}],"cardTransactions":{"booked":[{"cardTransactionId":"","terminalId":"","transactionDate":"2026-11-21",` +
		`"acceptorTransactionDateTime":"2026-11-21T09:00:00Z","bookingDate":"2026-11-21","valueDate":"2026-11-21","transactionAmount":{"currency":` +
		`"EUR","amount":"12.50"},"currencyExchange":[{"sourceCurrency":"SEK","exchangeRate":"","unitCurrency":"EUR","targetCurrency":"EUR",` +
		`"quotationDate":""}],"originalAmount":{"currency":"SEK","amount":""},"markupFee":{"currency":"EUR","amount":""},"markupFeePercentage":"",` +
		`"cardAcceptorId":"","cardAcceptorAddress":{"streetName":"","buildingNumber":"","townName":"Helsinki","postCode":"","country":"FI"},` +
		`"cardAcceptorPhone":"","merchantCategoryCode":"5411","maskedPAN":"5243 78** **** 8693","transactionDetails":"","invoiced":false,` +
		`"proprietaryBankTransactionCode":"PURCHASE"}],"pending":[],"_links":{"cardAccount":{"href":"` + card + `"}}}}`

	typicalCards = `{"cardAccounts":[{"resourceId":"` + anyID + `","maskedPan":"5243 78** **** 8693","currency":"EUR","ownerName":"Aino Testinen",` +
		`"name":"MC_CARD","displayName":"Everyday","product":"Credit","debitAccounting":true,"status":"enabled","usage":"PRIV",` +
		`"details":"Test data: a credit card whose invoice closes with the month.","creditLimit":{"currency":"EUR","amount":"7500.00"},` +
		`"_links":{"balances":{"href":"` + card + `/balances"},"transactions":{"href":"` + card + `/transactions"}}}]}`

	typicalLimitText = "The app sent more than 5 requests within one second. Wait 800ms, then continue; spread or queue the calls. Today: 12 of 1000."

	typicalRefusalText = "The signature does not match the signing string. Sign exactly the lines that headers lists, names in lower case, one blank after " +
		"each colon, line feeds between the lines and none at the end, with rsa-sha256 and the key of the QSealC with serial ."
)

func typicalList() Detail {
	return Detail{
		Steps:           typicalSteps("A customer's token for consent "+anyID+", bound to this certificate", "List the card accounts that the consent opens."),
		RequestHeaders:  typicalRequest(),
		ResponseHeaders: typicalAnswer(),
		ResponseBody:    typicalCards,
		SigningString:   "digest: " + digest + "\nx-request-id: " + anyID,
		TLSVersion:      "TLS 1.3",
		Thumbprint:      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		Subject:         "CN=example.tpp.sandbox.invalid,organizationIdentifier=PSDXX-FWYSBX-A0B1C2D3E4,O=Example Oy SANDBOX,C=FI",
		RemoteIP:        "127.0.0.1",
	}
}

func typicalConsent() Detail {
	d := typicalList()
	d.Steps = typicalSteps("A token bound to this certificate", "Ask for a consent: which accounts, which data, until when, how often.")
	d.RequestHeaders = append([][2]string{{"Content-Type", "application/json"}}, d.RequestHeaders...)
	d.ResponseHeaders = append([][2]string{{"ASPSP-SCA-Approach", "REDIRECT"}, {"Location", "/sandbox/rocker/consent/v1/consents/" + anyID}}, d.ResponseHeaders...)
	d.RequestBody = `{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"9999-12-31","frequencyPerDay":4,"combinedServiceIndicator":false}`
	d.ResponseBody = `{"consentStatus":"received","consentId":"` + anyID + `","_links":{"scaOAuth":{"href":"https://localhost:8443/auth/sandbox/rocker` +
		`/.well-known/oauth-authorization-server"},"self":{"href":"/sandbox/rocker/consent/v1/consents/` + anyID + `"},` +
		`"status":{"href":"/sandbox/rocker/consent/v1/consents/` + anyID + `/status"}}}`
	return d
}

func typicalRefusal() Detail {
	return typicalFailure("SIGNATURE_INVALID", "Signature", typicalRefusalText)
}

func typicalLimit() Detail { return typicalFailure("RATE_LIMIT_EXCEEDED", "", typicalLimitText) }

func typicalFailure(code, path, text string) Detail {
	d := typicalList()
	last := len(d.Steps) - 1
	d.Steps[last] = Step{Name: "Signature", Verdict: Failed, Text: text}
	d.Steps = append(d.Steps, Step{Name: "Digest", Verdict: Skipped}, Step{Name: "Signature", Verdict: Skipped})
	page := "http://localhost:8080/docs/errors/" + code + "?rid="
	d.ResponseHeaders = append([][2]string{{"Link", "<" + page + `>; rel="help"`}, {"Retry-After", "1"}}, d.ResponseHeaders...)
	d.ResponseBody = `{"tppMessages":[{"category":"ERROR","code":"` + code + `","path":"` + path + `","text":"` + text + " " + page + `"}]}`
	d.Reason, d.ErrorPath = text, path
	return d
}

func typicalSteps(token, operation string) []Step {
	step := func(name, text string, micros int64) Step {
		return Step{Name: name, Verdict: Passed, Text: text, Micros: micros}
	}
	return []Step{
		step("Certificate", "The QWAC of PSDXX-FWYSBX-A0B1C2D3E4 is registered and valid until 20 May 2027, 09:00 UTC.", 1),
		step("API key", "A key of My first app", 1),
		step("Token", token, 1),
		step("Role", "PSP_AI", 0),
		step("Connection", "My first app is connected", 0),
		step("Headers", "", 1),
		step("Quota", "12 of 1000 today", 1),
		step("Digest", "SHA-256", 0),
		step("Signature", "rsa-sha256", 30),
		step("Operation", operation, 0),
	}
}

func typicalRequest() [][2]string {
	return [][2]string{
		{"Accept", "application/json"},
		{"Authorization", "Bearer sbx_at_AAAA…"},
		{"Consent-ID", anyID},
		{"Digest", digest},
		{"PSU-IP-Address", "192.0.2.10"},
		{"Signature", `keyId="SN=5436C63364E37346FB38BC27B4CF8DCF,CA=CN=Fairway%20Sandbox%20TPP%20CA,O=Fairway%20SANDBOX%20NOT%20QUALIFIED,C=FI",` +
			`algorithm="rsa-sha256",headers="digest x-request-id",signature="=="`},
		{"Tpp-Signature-Certificate", "(the registered seal, 1492 characters)"},
		{"X-Api-Key", "sbx_ak_AAAA…"},
		{"X-Request-ID", anyID},
	}
}

func typicalAnswer() [][2]string {
	return [][2]string{
		{"Cache-Control", "no-store"},
		{"Content-Length", "1253"},
		{"Content-Type", "application/json"},
		{"RateLimit", `"second";r=4;t=1, "day";r=988;t=43200`},
		{"RateLimit-Policy", `"second";q=5;w=1, "day";q=1000;w=86400`},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Request-ID", anyID},
	}
}
