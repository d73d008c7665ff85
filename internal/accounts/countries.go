package accounts

import (
	"strings"
	"sync"
)

// Country is one line of ISO 3166-1: the alpha-2 code and the English name.
type Country struct {
	Code, Name string
	// EEA marks the member states of the European Economic Area, and Åland, which is a part of Finland: payment service
	// providers from there may go live.
	EEA bool
}

// Countries lists the EEA first, then the rest of the world, each by name.
func Countries() []Country { return countries().list }

// CountryName is the English name for an alpha-2 code; ok is false where ISO 3166-1 has no such code.
func CountryName(code string) (name string, ok bool) {
	name, ok = countries().names[code]
	return name, ok
}

type countryTable struct {
	list  []Country
	names map[string]string
}

var countries = sync.OnceValue(func() countryTable {
	t := countryTable{names: map[string]string{}}
	for i, group := range []string{eeaCountries, otherCountries} {
		for line := range strings.SplitSeq(group, "|") {
			code, name, _ := strings.Cut(line, " ")
			t.list = append(t.list, Country{Code: code, Name: name, EEA: i == 0})
			t.names[code] = name
		}
	}
	return t
})

const eeaCountries = "AX Åland Islands|AT Austria|BE Belgium|BG Bulgaria|HR Croatia|CY Cyprus|CZ Czechia|DK Denmark|EE Estonia|FI Finland|" +
	"FR France|DE Germany|GR Greece|HU Hungary|IS Iceland|IE Ireland|IT Italy|LV Latvia|LI Liechtenstein|" +
	"LT Lithuania|LU Luxembourg|MT Malta|NL Netherlands|NO Norway|PL Poland|PT Portugal|RO Romania|SK Slovakia|" +
	"SI Slovenia|ES Spain|SE Sweden"

const otherCountries = "AF Afghanistan|AL Albania|DZ Algeria|AS American Samoa|AD Andorra|AO Angola|AI Anguilla|" +
	"AQ Antarctica|AG Antigua and Barbuda|AR Argentina|AM Armenia|AW Aruba|AU Australia|AZ Azerbaijan|BS Bahamas|" +
	"BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BZ Belize|BJ Benin|BM Bermuda|BT Bhutan|BO Bolivia|" +
	"BQ Bonaire, Sint Eustatius and Saba|BA Bosnia and Herzegovina|BW Botswana|BV Bouvet Island|BR Brazil|" +
	"IO British Indian Ocean Territory|VG British Virgin Islands|BN Brunei|BF Burkina Faso|BI Burundi|" +
	"CV Cabo Verde|KH Cambodia|CM Cameroon|CA Canada|KY Cayman Islands|CF Central African Republic|TD Chad|" +
	"CL Chile|CN China|CX Christmas Island|CC Cocos (Keeling) Islands|CO Colombia|KM Comoros|CG Congo|" +
	"CD Congo (Democratic Republic)|CK Cook Islands|CR Costa Rica|CI Côte d’Ivoire|CU Cuba|CW Curaçao|" +
	"DJ Djibouti|DM Dominica|DO Dominican Republic|EC Ecuador|EG Egypt|SV El Salvador|GQ Equatorial Guinea|" +
	"ER Eritrea|SZ Eswatini|ET Ethiopia|FK Falkland Islands|FO Faroe Islands|FJ Fiji|GF French Guiana|" +
	"PF French Polynesia|TF French Southern Territories|GA Gabon|GM Gambia|GE Georgia|GH Ghana|GI Gibraltar|" +
	"GL Greenland|GD Grenada|GP Guadeloupe|GU Guam|GT Guatemala|GG Guernsey|GN Guinea|GW Guinea-Bissau|GY Guyana|" +
	"HT Haiti|HM Heard Island and McDonald Islands|VA Holy See|HN Honduras|HK Hong Kong|IN India|ID Indonesia|" +
	"IR Iran|IQ Iraq|IM Isle of Man|IL Israel|JM Jamaica|JP Japan|JE Jersey|JO Jordan|KZ Kazakhstan|KE Kenya|" +
	"KI Kiribati|KP Korea (North)|KR Korea (South)|KW Kuwait|KG Kyrgyzstan|LA Laos|LB Lebanon|LS Lesotho|" +
	"LR Liberia|LY Libya|MO Macao|MG Madagascar|MW Malawi|MY Malaysia|MV Maldives|ML Mali|MH Marshall Islands|" +
	"MQ Martinique|MR Mauritania|MU Mauritius|YT Mayotte|MX Mexico|FM Micronesia|MD Moldova|MC Monaco|" +
	"MN Mongolia|ME Montenegro|MS Montserrat|MA Morocco|MZ Mozambique|MM Myanmar|NA Namibia|NR Nauru|NP Nepal|" +
	"NC New Caledonia|NZ New Zealand|NI Nicaragua|NE Niger|NG Nigeria|NU Niue|NF Norfolk Island|" +
	"MK North Macedonia|MP Northern Mariana Islands|OM Oman|PK Pakistan|PW Palau|PS Palestine|PA Panama|" +
	"PG Papua New Guinea|PY Paraguay|PE Peru|PH Philippines|PN Pitcairn|PR Puerto Rico|QA Qatar|RE Réunion|" +
	"RU Russia|RW Rwanda|BL Saint Barthélemy|SH Saint Helena, Ascension and Tristan da Cunha|" +
	"KN Saint Kitts and Nevis|LC Saint Lucia|MF Saint Martin|PM Saint Pierre and Miquelon|" +
	"VC Saint Vincent and the Grenadines|WS Samoa|SM San Marino|ST São Tomé and Príncipe|SA Saudi Arabia|" +
	"SN Senegal|RS Serbia|SC Seychelles|SL Sierra Leone|SG Singapore|SX Sint Maarten|SB Solomon Islands|" +
	"SO Somalia|ZA South Africa|GS South Georgia and the South Sandwich Islands|SS South Sudan|LK Sri Lanka|" +
	"SD Sudan|SR Suriname|SJ Svalbard and Jan Mayen|CH Switzerland|SY Syria|TW Taiwan|TJ Tajikistan|TZ Tanzania|" +
	"TH Thailand|TL Timor-Leste|TG Togo|TK Tokelau|TO Tonga|TT Trinidad and Tobago|TN Tunisia|TR Türkiye|" +
	"TM Turkmenistan|TC Turks and Caicos Islands|TV Tuvalu|UG Uganda|UA Ukraine|AE United Arab Emirates|" +
	"GB United Kingdom|US United States|UM United States Minor Outlying Islands|UY Uruguay|VI US Virgin Islands|" +
	"UZ Uzbekistan|VU Vanuatu|VE Venezuela|VN Viet Nam|WF Wallis and Futuna|EH Western Sahara|YE Yemen|ZM Zambia|" +
	"ZW Zimbabwe"
