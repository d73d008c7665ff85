package xs2a

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/consents"
	"fairway/internal/strictjson"
)

type consentCreated struct {
	ConsentStatus string `json:"consentStatus"`
	ConsentID     string `json:"consentId"`
	Links         links  `json:"_links"`
}

type consentRead struct {
	Access          consents.Access `json:"access"`
	Recurring       bool            `json:"recurringIndicator"`
	ValidUntil      string          `json:"validUntil"`
	FrequencyPerDay int             `json:"frequencyPerDay"`
	LastActionDate  string          `json:"lastActionDate"`
	ConsentStatus   string          `json:"consentStatus"`
	Links           links           `json:"_links,omitempty"`
}

// createConsent is POST /consent/v1/consents (6.3.1.1).
func (f *Face) createConsent(c *gin.Context) error {
	ctx, caller := c.Request.Context(), callerOf(c.Request.Context())
	request, err := readConsentRequest(bodyOf(ctx))
	if err != nil {
		return err
	}
	request.Owner, request.AppID, request.RequestID, request.RequestDigest = caller.Owner(), caller.AppID, caller.RequestID, caller.Digest
	request.PSU, request.RedirectURI = c.GetHeader("PSU-ID"), c.GetHeader("TPP-Redirect-URI")

	consent, _, err := f.consents.Create(ctx, request)
	if err != nil {
		return err
	}

	self := caller.BasePath + "/consent/v1/consents/" + consent.ID
	c.Header("Location", self)
	c.Header("ASPSP-SCA-Approach", "REDIRECT")
	return respond(c, http.StatusCreated, consentCreated{
		ConsentStatus: string(consents.Received), ConsentID: consent.ID,
		Links: links{"self": {self}, "status": {self + "/status"}, "scaOAuth": {caller.MetadataURL}},
	})
}

// readConsentRequest reads the body of 6.3.1.1. What the bank does not offer beside the access lists is ignored, as the
// guidelines ask; names that nobody knows are refused.
func readConsentRequest(body []byte) (consents.Request, error) {
	o, err := strictjson.Parse(body)
	if err != nil {
		return consents.Request{}, asFormatError(err)
	}
	o.Only("access", "recurringIndicator", "validUntil", "frequencyPerDay", "combinedServiceIndicator")
	a := o.Object("access")
	a.Only("accounts", "balances", "transactions", "availableAccounts", "availableAccountsWithBalance", "allPsd2", "additionalInformation", "restrictedTo")
	r := consents.Request{
		Access: consents.Access{
			Accounts: references(a, "accounts"), Balances: references(a, "balances"), Transactions: references(a, "transactions"),
			AvailableAccounts: a.Text("availableAccounts"), AvailableAccountsWithBalance: a.Text("availableAccountsWithBalance"), AllPSD2: a.Text("allPsd2"),
		},
		Recurring: o.Bool("recurringIndicator"), ValidUntil: o.String("validUntil"), FrequencyPerDay: o.Int("frequencyPerDay"),
		CombinedService: o.Bool("combinedServiceIndicator"),
	}
	return r, asFormatError(o.Fault())
}

func references(a strictjson.Object, name string) []consents.Reference {
	objects := a.Objects(name)
	if objects == nil {
		return nil
	}
	refs := make([]consents.Reference, 0, len(objects))
	for _, o := range objects {
		o.Only("iban", "bban", "pan", "maskedPan", "msisdn", "currency", "other", "cashAccountType")
		refs = append(refs, consents.Reference{
			IBAN: o.Text("iban"), BBAN: o.Text("bban"), PAN: o.Text("pan"), MaskedPAN: o.Text("maskedPan"), MSISDN: o.Text("msisdn"), Currency: o.Text("currency"),
		})
	}
	return refs
}

func asFormatError(err error) error {
	var f *strictjson.Fault
	if errors.As(err, &f) {
		return formatError(f.Path, f.Text)
	}
	return err
}

// readConsent is GET /consent/v1/consents/{consentId} (6.3.3): access as it was granted.
func (f *Face) readConsent(c *gin.Context) error {
	caller := callerOf(c.Request.Context())
	consent, err := f.consents.ByID(c.Request.Context(), caller.Owner(), c.Param("consentId"))
	if err != nil {
		return err
	}

	status := consent.Status(caller.Now)
	answer := consentRead{
		Access: consent.Access, Recurring: consent.Recurring, ValidUntil: consent.ValidUntil, FrequencyPerDay: consent.FrequencyPerDay,
		LastActionDate: consent.StatusAt.Format(time.DateOnly), ConsentStatus: string(status),
	}
	if len(consent.Granted) > 0 && consent.Access.Model() != consents.Available {
		answer.Access = consent.Allowed()
	}
	if status == consents.Valid {
		answer.Links = links{"card-account": {caller.BasePath + cardsPath}}
	}
	return respond(c, http.StatusOK, answer)
}

// consentStatus is GET /consent/v1/consents/{consentId}/status (6.3.2). It is 200 in every state.
func (f *Face) consentStatus(c *gin.Context) error {
	caller := callerOf(c.Request.Context())
	consent, err := f.consents.ByID(c.Request.Context(), caller.Owner(), c.Param("consentId"))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, map[string]string{"consentStatus": string(consent.Status(caller.Now))})
}

// deleteConsent is DELETE /consent/v1/consents/{consentId} (6.3.4). Asking again is answered the same.
func (f *Face) deleteConsent(c *gin.Context) error {
	err := f.consents.Terminate(c.Request.Context(), callerOf(c.Request.Context()).Owner(), c.Param("consentId"))
	if err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}
