package register

import (
	"regexp"
	"slices"
)

// Authority is a national competent authority of the European Economic Area, with its spellings. Certificates, the
// register's owners and the prefix of its codes spell one authority in three ways, so that only a table can map them.
type Authority struct {
	// ID is how certificates name it (ETSI TS 119 495 Annex D and the EBA's list version 4), as in FI-FINFSA.
	ID string
	// Older is a former spelling that certificates still carry; mostly empty.
	Older string
	// Country is its ISO 3166-1 code, CountryName the English name.
	Country, CountryName string
	Name                 string
	// Owners are its ids in the EBA register. There are two where the register may still use the former one.
	Owners []string
	// Register is the address of its own register, which decides where the EBA's differs.
	Register string
}

// authorities come from the EBA's list "NCA abbreviations for inclusion in eIDAS certificates" and from the register. A
// code alone is no key: Austria and Liechtenstein share FMA, Ireland and Iceland CBI, Lithuania and Latvia BL.
var authorities = []Authority{
	{ID: "AT-FMA", Country: "AT", CountryName: "Austria", Name: "Austria Financial Market Authority", Owners: []string{"AT_FMA"}, Register: "https://www.fma.gv.at/en/search-company-database/"},
	{ID: "BE-NBB", Country: "BE", CountryName: "Belgium", Name: "National Bank of Belgium", Owners: []string{"BE_NBB"}, Register: "https://www.nbb.be/en/financial-oversight/prudential-supervision"},
	{ID: "BG-BNB", Country: "BG", CountryName: "Bulgaria", Name: "Bulgarian National Bank", Owners: []string{"BG_BNB"}, Register: "https://www.bnb.bg/RegistersAndServices/"},
	{ID: "CY-CBC", Country: "CY", CountryName: "Cyprus", Name: "Central Bank of Cyprus", Owners: []string{"CY_CBC"}, Register: "https://www.centralbank.cy/en/licensing-supervision"},
	{ID: "CZ-CNB", Country: "CZ", CountryName: "Czechia", Name: "Czech National Bank", Owners: []string{"CZ_CNB"}, Register: "https://jerrs.cnb.cz/"},
	{ID: "DE-BAFIN", Country: "DE", CountryName: "Germany", Name: "Federal Financial Supervisory Authority", Owners: []string{"DE_BAFIN"}, Register: "https://portal.mvp.bafin.de/database/ZahlInstInfo/"},
	{ID: "DK-DFSA", Country: "DK", CountryName: "Denmark", Name: "Danish Financial Supervisory Authority", Owners: []string{"DK_DFSA"}, Register: "https://virksomhedsregister.finanstilsynet.dk/index-en.html"},
	{ID: "EE-FI", Country: "EE", CountryName: "Estonia", Name: "Estonia Financial Supervisory Authority", Owners: []string{"EE_FI"}, Register: "https://www.fi.ee/en"},
	{ID: "ES-BE", Country: "ES", CountryName: "Spain", Name: "Bank of Spain", Owners: []string{"ES_BE"}, Register: "https://www.bde.es/wbe/en/", Older: "ES-BDE"},
	{ID: "FI-FINFSA", Country: "FI", CountryName: "Finland", Name: "Finnish Financial Supervisory Authority", Owners: []string{"FI_FIN-FSA"}, Register: "https://www.finanssivalvonta.fi/en/registers/supervised-entities/"},
	{ID: "FR-ACPR", Country: "FR", CountryName: "France", Name: "Prudential Supervisory and Resolution Authority", Owners: []string{"FR_ACPR"}, Register: "https://www.regafi.fr/"},
	{ID: "GR-BOG", Country: "GR", CountryName: "Greece", Name: "Bank of Greece", Owners: []string{"GR_BOG"}, Register: "https://www.bankofgreece.gr/en/main-tasks/supervision"},
	{ID: "HR-HNB", Country: "HR", CountryName: "Croatia", Name: "Croatian National Bank", Owners: []string{"HR_HNB", "HR_CNB"}, Register: "https://www.hnb.hr/en/", Older: "HR-CNB"},
	{ID: "HU-CBH", Country: "HU", CountryName: "Hungary", Name: "Central Bank of Hungary", Owners: []string{"HU_CBH"}, Register: "https://intezmenykereso.mnb.hu/en/"},
	{ID: "IE-CBI", Country: "IE", CountryName: "Ireland", Name: "Central Bank of Ireland", Owners: []string{"IE_CBI"}, Register: "https://registers.centralbank.ie/"},
	{ID: "IS-CBI", Country: "IS", CountryName: "Iceland", Name: "Central Bank of Iceland", Owners: []string{"IS_CBI", "IS_FME"}, Register: "https://www.cb.is/financial-supervision/", Older: "IS-FME"},
	{ID: "IT-BI", Country: "IT", CountryName: "Italy", Name: "Bank of Italy", Owners: []string{"IT_BI"}, Register: "https://infostat.bancaditalia.it/GIAVAInquiry-public/"},
	{ID: "LI-FMA", Country: "LI", CountryName: "Liechtenstein", Name: "Financial Market Authority Liechtenstein", Owners: []string{"LI_FMA"}, Register: "https://register.fma-li.li/"},
	{ID: "LT-BL", Country: "LT", CountryName: "Lithuania", Name: "Bank of Lithuania", Owners: []string{"LT_BL"}, Register: "https://www.lb.lt/en/sfi-financial-market-participants"},
	{ID: "LU-CSSF", Country: "LU", CountryName: "Luxembourg", Name: "Commission for the Supervision of Financial Sector", Owners: []string{"LU_CSSF"}, Register: "https://searchentities.apps.cssf.lu/search-entities/search"},
	{ID: "LV-BL", Country: "LV", CountryName: "Latvia", Name: "Bank of Latvia", Owners: []string{"LV_LV"}, Register: "https://uzraudziba.bank.lv/en/market/", Older: "LV-FCMC"},
	{ID: "MT-MFSA", Country: "MT", CountryName: "Malta", Name: "Malta Financial Services Authority", Owners: []string{"MT_MFSA"}, Register: "https://fsr.mfsa.mt/"},
	{ID: "NL-DNB", Country: "NL", CountryName: "Netherlands", Name: "The Netherlands Bank", Owners: []string{"NL_DNB"}, Register: "https://www.dnb.nl/en/public-register/"},
	{ID: "NO-FSA", Country: "NO", CountryName: "Norway", Name: "The Financial Supervisory Authority of Norway", Owners: []string{"NO_FSA"}, Register: "https://www.finanstilsynet.no/en/finanstilsynets-registry/"},
	{ID: "PL-PFSA", Country: "PL", CountryName: "Poland", Name: "Polish Financial Supervision Authority", Owners: []string{"PL_PFSA"}, Register: "https://e-rup.knf.gov.pl/"},
	{ID: "PT-BP", Country: "PT", CountryName: "Portugal", Name: "Bank of Portugal", Owners: []string{"PT_BP"}, Register: "https://www.bportugal.pt/en/entidades-autorizadas"},
	{ID: "RO-NBR", Country: "RO", CountryName: "Romania", Name: "National bank of Romania", Owners: []string{"RO_NBR"}, Register: "https://www.bnr.ro/"},
	{ID: "SE-FINA", Country: "SE", CountryName: "Sweden", Name: "Swedish Financial Supervision Authority", Owners: []string{"SE_FINA"}, Register: "https://www.fi.se/en/our-registers/company-register/"},
	{ID: "SI-BS", Country: "SI", CountryName: "Slovenia", Name: "Bank of Slovenia", Owners: []string{"SI_BS"}, Register: "https://www.bsi.si/en/"},
	{ID: "SK-NBS", Country: "SK", CountryName: "Slovakia", Name: "National Bank of Slovakia", Owners: []string{"SK_NBS"}, Register: "https://subjekty.nbs.sk/"},
}

// authorityForm is TS 119 495 GEN-5.2.3: country, hyphen, two to eight letters.
var authorityForm = regexp.MustCompile(`^[A-Z]{2}-[A-Z]{2,8}$`)

// Authorities lists the authorities of the European Economic Area, by country.
func Authorities() []Authority { return slices.Clone(authorities) }

// AuthorityByID finds an authority by a certificate's nCAId, in its present or its former spelling. A well-formed id that
// is not found is no fault of the certificate: the list changes, and a person must look.
func AuthorityByID(ncaID string) (Authority, bool) {
	i := slices.IndexFunc(authorities, func(a Authority) bool { return ncaID != "" && (a.ID == ncaID || a.Older == ncaID) })
	if i < 0 {
		return Authority{}, false
	}
	return authorities[i], true
}

// countryName is a state's English name, or its code where it is none of the area.
func countryName(code string) string {
	for _, a := range authorities {
		if a.Country == code {
			return a.CountryName
		}
	}
	return code
}
