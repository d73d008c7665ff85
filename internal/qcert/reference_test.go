package qcert

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestStandardStatementsAreReadAsPublished(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			Hex    string   `json:"hex"`
			Type   string   `json:"qc_type"`
			Roles  []string `json:"roles"`
			Name   string   `json:"nca_name"`
			ID     string   `json:"nca_id"`
			Layout string   `json:"layout"`
			Valid  bool     `json:"valid"`
		} `json:"vectors"`
	}
	must(t, json.Unmarshal(testdata(t, "qcstatement-vectors.json"), &file))
	if len(file.Vectors) < 18 {
		t.Fatalf("only %d vectors", len(file.Vectors))
	}
	kinds := map[string]Kind{"web": QWAC, "eseal": QSealC, "": Unknown}

	for n, v := range file.Vectors {
		value, err := hex.DecodeString(v.Hex)
		must(t, err)

		s := ReadQCStatements(value)

		var roles []string
		for _, r := range s.PSD2.Roles {
			roles = append(roles, string(r))
		}
		if !slices.Equal(roles, v.Roles) || !slices.Equal(s.PSD2.RoleNames, v.Roles) {
			t.Errorf("vector %d: roles %v by name %v, want %v", n, roles, s.PSD2.RoleNames, v.Roles)
		}
		if s.PSD2.NCAName != v.Name || s.PSD2.NCAID != v.ID || s.Kind != kinds[v.Type] {
			t.Errorf("vector %d: %s %q %q", n, s.Kind, s.PSD2.NCAName, s.PSD2.NCAID)
		}
		if s.PSD2.Bare != strings.HasPrefix(v.Layout, "bare") || s.PSD2.Flattened != strings.HasPrefix(v.Layout, "flattened") {
			t.Errorf("vector %d: bare %v, flattened %v; the layout is %s", n, s.PSD2.Bare, s.PSD2.Flattened, v.Layout)
		}
		if (level(s.Findings, QCEncoding) == "") != v.Valid {
			t.Errorf("vector %d: valid %v, but %v", n, v.Valid, s.Findings)
		}
	}
}

// verdicts are the codes that each certificate of the reference set must show, with their levels, in Live. Those that are
// not named must be absent from the codes about statements, roles and identifiers.
var verdicts = map[string]map[string]string{
	"Psd2ValidCert01":                   {},
	"Psd2WrongEncodingCert01":           {QCEncoding: LevelError},
	"Psd2RolesEmptyCert01":              {RoleNone: LevelError},
	"Psd2RoleNameMismatchCert01":        {RoleMismatch: LevelError},
	"Psd2RoleUnrecognizedOidCert01":     {RoleNone: LevelError},
	"Psd2RoleUnspecifiedCert01":         {RoleNone: LevelError},
	"Psd2NcaIdBadFormatCert01":          {QCEncoding: LevelError},
	"Psd2NcaIdBadCountryCert01":         {QCEncoding: LevelError},
	"Psd2NcaIdEuMatchCert01":            {},
	"Psd2NcaIdNonEuCert01":              {},
	"Psd2NcaIdPspCbValidCert01":         {RoleNone: LevelError, QCEncoding: LevelError}, // its NCAName is not NA
	"Psd2NcaIdPspPaValidCert01":         {RoleNone: LevelError, QCEncoding: LevelError}, // its NCAName is not NA
	"Psd2NcaIdPspPaInvalidCert01":       {RoleNone: LevelError, QCEncoding: LevelError},
	"Psd2NcaNameEmptyCert01":            {QCEncoding: LevelError},
	"Psd2NcaNameTooLongCert01":          {QCEncoding: LevelError},
	"Psd2NcaNamePspCbValidCert01":       {RoleNone: LevelError},
	"Psd2NcaNamePspPaValidCert01":       {RoleNone: LevelError},
	"Psd2NcaNamePspCbInvalidCert01":     {RoleNone: LevelError, QCEncoding: LevelError},
	"Psd2OrgIdShallValidCert01":         {},
	"Psd2OrgIdShouldValidCert01":        {},
	"Psd2OrgIdShallMalformedCert01":     {OrgIDFormat: LevelError},
	"Psd2OrgIdShouldMalformedCert01":    {OrgIDFormat: LevelError},
	"Psd2OrgIdShallBadCountryCert01":    {OrgIDFormat: LevelError},
	"Psd2OrgIdJustBeforeBoundaryCert01": {},
	"Psd2OrgIdOnBoundaryCert01":         {},
	"MissingMandatoryCert14":            {QCNotQualified: LevelError, QCPSD2Missing: LevelError},
	"NoQcStatmentsCert22":               {QCMissing: LevelError},
	"QcTypeAsQcStmtCert10":              {QCType: LevelError, QCPSD2Missing: LevelError},
	"TwoQcTypesCert15":                  {QCType: LevelError, QCPSD2Missing: LevelError},
	"WrongCriticalityCert06":            {QCEncoding: LevelWarning, QCPSD2Missing: LevelError},
	"WrongEncodingUrlCert08":            {QCPDS: LevelWarning, QCPSD2Missing: LevelError},
	"MissingPDSCert16":                  {QCPDS: LevelWarning, QCPSD2Missing: LevelError},
	"EsealValidCert02":                  {QCPSD2Missing: LevelError},
	"ValidCert03":                       {QCPSD2Missing: LevelError},
	"ValidCert11":                       {QCPSD2Missing: LevelError},
	"ValidCert24":                       {QCPSD2Missing: LevelError},
}

// beside are faults that many of the reference certificates have beside the one that they are made for.
func beside(file, code string) bool {
	minimal := strings.HasPrefix(file, "Psd2") // PSD2 statement alone, most without an organizationIdentifier
	switch code {
	case QCNotQualified, QCType:
		return minimal
	case QCPDS: // most of the others name an http address
		return true
	case OrgIDFormat:
		return !strings.HasPrefix(file, "Psd2OrgId")
	case OrgIDMismatch:
		return true
	}
	return false
}

func TestReferenceCertificatesGetTheVerdictOfTheManifest(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(bytes.NewReader(testdata(t, "qc-certs-zlint/MANIFEST.csv"))).ReadAll()
	must(t, err)
	judged := []string{QCMissing, QCPSD2Missing, QCEncoding, QCNotQualified, QCType, QCPDS, RoleNone, RoleMismatch, OrgIDFormat, OrgIDMismatch}

	for _, row := range rows[1:] {
		name := strings.TrimSuffix(strings.TrimPrefix(row[0], "QcStmtEtsi"), ".pem")
		want, known := verdicts[name]
		if !known {
			t.Errorf("%s: no verdict is written down", row[0])
			continue
		}
		certs, repairs, err := ReadPEM(testdata(t, "qc-certs-zlint/"+row[0]))
		must(t, err)
		if len(certs) != 1 || len(repairs) != 0 {
			t.Errorf("%s: %d certificates, repaired %v", name, len(certs), repairs)
		}

		all := CheckProfile(mustParse(t, certs[0]), certs[0], Unknown, instant)

		for _, code := range judged {
			got := level(all, code)
			if got == want[code] || want[code] == "" && beside(name, code) {
				continue
			}
			t.Errorf("%s (%s): %s is %q, want %q, in %v", name, row[2], code, got, want[code], all)
		}
	}
	if len(rows)-1 != len(verdicts) {
		t.Errorf("%d rows, %d verdicts", len(rows)-1, len(verdicts))
	}
}
