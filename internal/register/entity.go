package register

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Type is what kind of entry an institution is, by the code of the EBA's data dictionary.
type Type string

// The types that are kept. The first three are payment service providers; the rest are listed without being one, or
// without a passport (PSD2 Articles 3, 32 and 2(5)).
const (
	PaymentInstitution       Type = "PSD_PI"
	EMoneyInstitution        Type = "PSD_EMI"
	AccountInformation       Type = "PSD_AISP"
	ExemptPaymentInstitution Type = "PSD_EPI"
	ExemptEMoneyInstitution  Type = "PSD_EEMI"
	NationalLaw              Type = "PSD_ENL"
	Excluded                 Type = "PSD_EXC"
)

// kinds are the types' names. What is not here is dropped while reading: agents and branches act under their principal's
// authorisation, and most agents are natural persons.
var kinds = map[Type]string{
	PaymentInstitution:       "a payment institution",
	EMoneyInstitution:        "an electronic money institution",
	AccountInformation:       "an account information service provider",
	ExemptPaymentInstitution: "an exempted payment institution",
	ExemptEMoneyInstitution:  "an exempted electronic money institution",
	NationalLaw:              "an institution entitled under national law",
	Excluded:                 "a service that PSD2 does not cover",
}

// String names the type with its article, as in "a payment institution"; a type that is not kept is its code.
func (t Type) String() string {
	if name, ok := kinds[t]; ok {
		return name
	}
	return string(t)
}

// provider tells whether entries of the type are payment service providers that may have a passport.
func (t Type) provider() bool {
	return t == PaymentInstitution || t == EMoneyInstitution || t == AccountInformation
}

// exempt tells whether the type may pay in its home state only, without any access to accounts elsewhere (Article 32).
func (t Type) exempt() bool { return t == ExemptPaymentInstitution || t == ExemptEMoneyInstitution }

// Entity is one institution as the register shows it. Its texts are foreign: bounded, and otherwise as they came.
type Entity struct {
	// Owner is the authority's id in the register, as in FI_FIN-FSA.
	Owner string `json:"owner"`
	// Code is the register's own id of the entry, as in FI_FIN_FSA!29884997.
	Code string `json:"code"`
	Type Type   `json:"type"`
	// Reference is the national authorisation number as the register writes it.
	Reference string `json:"reference"`
	// Names and TradeNames may each be several, in other scripts too.
	Names      []string `json:"names,omitempty"`
	TradeNames []string `json:"trade_names,omitempty"`
	Addresses  []string `json:"addresses,omitempty"`
	PostCodes  []string `json:"post_codes,omitempty"`
	Towns      []string `json:"towns,omitempty"`
	// Country is the state of residence, an ISO code.
	Country string `json:"country,omitempty"`
	// Dates are the changes of status as the file lists them: authorised, withdrawn, authorised again, and so on.
	Dates []string `json:"dates,omitempty"`
	// Services are the codes of each country, as in "FI": {"PS_070", "PS_080"}. The home state is one of them.
	Services map[string][]string `json:"services,omitempty"`
}

// Name is the first name in Latin letters, or else the first.
func (e Entity) Name() string {
	latin := func(name string) bool {
		return strings.IndexFunc(name, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }) < 0
	}
	if i := slices.IndexFunc(e.Names, latin); i >= 0 {
		return e.Names[i]
	}
	if len(e.Names) > 0 {
		return e.Names[0]
	}
	return e.Code
}

// Page is the address of the entry in the EBA's register, for a person.
func (e Entity) Page() string {
	code := strings.ReplaceAll(url.PathEscape(e.Code), "%21", "!")
	return "https://euclid.eba.europa.eu/register/pir/view/" + url.PathEscape(string(e.Type)) + "/" + code
}

// The bounds of an entry. Texts for the eye are cut; what decides is never cut, and a file that exceeds it is refused.
const (
	maxShown  = 500
	maxCode   = 200
	maxNames  = 32
	maxValues = 256
	maxPairs  = 128
)

// envelope is an entry of the file, read only so far as every entry needs.
type envelope struct {
	Owner      string          `json:"CA_OwnerID"`
	Code       string          `json:"EntityCode"`
	Type       Type            `json:"EntityType"`
	Version    string          `json:"__EBA_EntityVersion"`
	Properties json.RawMessage `json:"Properties"`
	Services   json.RawMessage `json:"Services"`
}

// reset makes the envelope ready for the next entry; the two raw parts keep their memory.
func (e *envelope) reset() {
	*e = envelope{Properties: e.Properties[:0], Services: e.Services[:0]}
}

// entity reads what the entry says.
func (e *envelope) entity() (Entity, error) {
	properties, err := pairs(e.Properties)
	if err != nil {
		return Entity{}, e.odd(err)
	}
	services, err := countries(e.Services)
	if err != nil {
		return Entity{}, e.odd(err)
	}
	made := Entity{
		Owner: plain(e.Owner), Code: plain(e.Code), Type: e.Type, Reference: first(properties["ENT_NAT_REF_COD"]),
		Names: shown(properties["ENT_NAM"]), TradeNames: shown(properties["ENT_NAM_COM"]), Addresses: shown(properties["ENT_ADD"]),
		PostCodes: shown(properties["ENT_POS_COD"]), Towns: shown(properties["ENT_TOW_CIT_RES"]), Country: first(properties["ENT_COU_RES"]),
		Dates: properties["ENT_AUT"], Services: services,
	}
	if made.Reference == "" {
		made.Reference = made.Code[strings.LastIndexByte(made.Code, '!')+1:]
	}
	for _, text := range slices.Concat([]string{made.Owner, made.Code, made.Reference, made.Country}, made.Dates) {
		if len(text) > maxCode {
			return Entity{}, e.odd(fmt.Errorf("a text of %d bytes", len(text)))
		}
	}
	return made, nil
}

func (e *envelope) odd(cause error) error {
	return ErrForeign.Saying("The entry " + clip(plain(e.Code), 80) + " has another form than the register’s entries, so nothing was imported: " +
		"download the file again, and compare with the EBA’s description where it stays so.").With(cause)
}

// pairs reads a list of objects, each with one name and its values. One object with all the names is read too.
func pairs(raw json.RawMessage) (map[string]values, error) {
	read := map[string]values{}
	err := eachPair(raw, func(name string, v values) error {
		if _, twice := read[name]; twice {
			return errors.New("a name occurs twice")
		}
		read[name] = v
		return nil
	})
	return read, err
}

// countries reads the services of each country; a country that occurs twice has both lists.
func countries(raw json.RawMessage) (map[string][]string, error) {
	read := map[string][]string{}
	err := eachPair(raw, func(name string, v values) error {
		for _, code := range v {
			if len(name) > maxCode || len(code) > maxCode {
				return fmt.Errorf("a code of %d bytes", max(len(name), len(code)))
			}
		}
		read[plain(name)] = append(read[plain(name)], v...)
		return nil
	})
	return read, err
}

func eachPair(raw json.RawMessage, take func(string, values) error) error {
	var list []map[string]values
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0 || string(raw) == "null":
		return nil
	case raw[0] == '{':
		list = make([]map[string]values, 1)
		if err := json.Unmarshal(raw, &list[0]); err != nil {
			return err
		}
	default:
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
	}
	n := 0
	for _, object := range list {
		if n += len(object); n > maxPairs {
			return fmt.Errorf("more than %d names", maxPairs)
		}
		for name, v := range object {
			if err := take(name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// values are a property's: the file writes one as a text and several as a list. What is no text keeps its JSON, so that
// nothing that should decide vanishes.
type values []string

// UnmarshalJSON reads a text, a list of texts, or null for none.
func (v *values) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if string(data) == "null" {
		return nil
	}
	if data[0] != '[' {
		list = []json.RawMessage{data}
	} else if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	if len(list) > maxValues {
		return fmt.Errorf("a list of %d values", len(list))
	}
	for _, raw := range list {
		text := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &text); err != nil {
				return err
			}
		}
		*v = append(*v, plain(text))
	}
	return nil
}

func first(v values) string {
	if len(v) == 0 {
		return ""
	}
	return strings.TrimSpace(v[0])
}

// shown are texts for the eye, cut to their bounds.
func shown(v values) []string {
	var out []string
	for _, text := range v[:min(len(v), maxNames)] {
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, clip(text, maxShown))
		}
	}
	return out
}

// plain is text that every database takes: without NUL.
func plain(text string) string { return strings.ReplaceAll(text, "\x00", "\ufffd") }

// clip cuts between characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
