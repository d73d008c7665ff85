package nca

import (
	"strings"

	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/revocation"
	"fairway/internal/trustlist"
)

// The codes of what is found outside of the files themselves.
const (
	ChainIncomplete       = "CHAIN_INCOMPLETE"
	QTSPNotGranted        = "QTSP_NOT_GRANTED"
	QTSPNeedsPerson       = "QTSP_NEEDS_PERSON"
	ListStale             = "LIST_STALE"
	CertRevoked           = "CERT_REVOKED"
	RevocationUnavailable = "REVOCATION_UNAVAILABLE"
	RevocationUnasked     = "REVOCATION_UNASKED"
	NCAUnknown            = "NCA_UNKNOWN"
	RegisterWithdrawn     = "REG_WITHDRAWN"
	RegisterNotFound      = "REG_NOT_FOUND"
	RegisterUnclear       = "REG_UNCLEAR"
	RoleNotRegistered     = "ROLE_NOT_REGISTERED"
	NameDiffers           = "NAME_DIFFERS"
)

func finding(code, level, field, text string) qcert.Finding {
	return qcert.Finding{Code: code, Level: level, Field: field, Text: text}
}

// issuerCheck is the line about the trusted lists (TS 119 615).
func (n *NCA) issuerCheck(j trustlist.Judgement) qcert.Check {
	line := qcert.Check{ID: "trusted-list", Title: "Issuer on the EU trusted lists", Rule: "Regulation (EU) 910/2014, Article 22", Expected: "a service that is granted for this kind of certificate", Found: j.Issuer, Level: qcert.LevelPassed}
	if j.Service != nil {
		line.Found = j.Service.Provider + ": " + j.Service.Name
	}
	if line.Found == "" {
		line.Found = "nobody"
	}
	var found qcert.Finding
	switch {
	case j.Service != nil && demo.IsDemonstration(j.Service.Operator) && !n.config.Demonstrations:
		found = finding(QTSPNotGranted, qcert.LevelError, "issuer", "The issuer is on a list of a demonstration, which counts for nothing here. Upload a certificate of a qualified trust service provider on the EU trusted lists.")
	case j.Verdict == trustlist.Granted && !j.Stale:
		return line
	case j.Verdict == trustlist.Granted:
		found = finding(ListStale, qcert.LevelWarning, "issuer", j.Text)
	case j.Verdict == trustlist.NeedsPerson:
		found = finding(QTSPNeedsPerson, qcert.LevelWarning, "issuer", j.Text)
	case j.Verdict == trustlist.Unknown:
		found = finding(ChainIncomplete, qcert.LevelWarning, "issuer", j.Text)
	default:
		found = finding(QTSPNotGranted, qcert.LevelError, "issuer", j.Text)
	}
	line.Level, line.Findings = found.Level, []qcert.Finding{found}
	return line
}

func revocationFinding(r revocation.Result) (qcert.Finding, bool) {
	switch {
	case r.State == revocation.Revoked:
		return finding(CertRevoked, qcert.LevelError, "revocation", r.Sentence), true
	case r.Allows():
		return qcert.Finding{}, false
	}
	return finding(RevocationUnavailable, qcert.LevelWarning, "revocation", r.Sentence), true
}

// registerChecks are the lines about the authority and each role.
func (n *NCA) registerChecks(e *enrolments.Enrolment, found register.Evidence) []qcert.Check {
	lines := []qcert.Check{authorityCheck(e.QSeal.Info)}
	for _, a := range found.Answers {
		lines = append(lines, roleCheck(a))
	}
	if line, ok := nameCheck(e.QSeal.Info, found); ok {
		lines = append(lines, line)
	}
	return lines
}

func authorityCheck(i qcert.Info) qcert.Check {
	id := i.Authority
	if id == "" {
		id = i.NCAID
	}
	line := qcert.Check{ID: "authority-known", Title: "A competent authority of the EEA", Rule: "TS 119 495, Annex D", Expected: "an authority of the EBA’s list", Found: id, Level: qcert.LevelPassed}
	if a, ok := register.AuthorityByID(id); ok {
		line.Found = id + ", " + a.Name
		return line
	}
	if line.Found == "" {
		line.Found = "none"
	}
	line.Level = qcert.LevelWarning
	line.Findings = []qcert.Finding{finding(NCAUnknown, qcert.LevelWarning, "authority", "The authority "+line.Found+" is not on the EBA’s list. A person will check it.")}
	return line
}

// registerCodes are the codes and levels of the register's verdicts; AUTHORISED has none.
var registerCodes = map[register.Verdict]struct{ code, level string }{
	register.Withdrawn:        {RegisterWithdrawn, qcert.LevelError},
	register.NotYetAuthorised: {RegisterUnclear, qcert.LevelWarning},
	register.NotEntitled:      {RoleNotRegistered, qcert.LevelWarning},
	register.NotPassported:    {RoleNotRegistered, qcert.LevelWarning},
	register.NotAPSP:          {RoleNotRegistered, qcert.LevelWarning},
	register.Unknown:          {RegisterUnclear, qcert.LevelWarning},
	register.NotFound:         {RegisterNotFound, qcert.LevelWarning},
}

func roleCheck(a register.Answer) qcert.Check {
	line := qcert.Check{ID: "register-" + string(a.Role), Title: "Registered for " + string(a.Role), Rule: "Directive (EU) 2015/2366, Article 15", Expected: "authorised, with this service in the bank’s country", Found: registered(a), Level: qcert.LevelPassed}
	c, ok := registerCodes[a.Verdict]
	if !ok && a.Verdict != register.Authorised {
		c.code, c.level = RegisterUnclear, qcert.LevelWarning
	}
	if c.code != "" {
		line.Level, line.Findings = c.level, []qcert.Finding{finding(c.code, c.level, "register", a.Sentence)}
	}
	return line
}

func registered(a register.Answer) string {
	if len(a.Entities) == 0 {
		return strings.ToLower(strings.ReplaceAll(string(a.Verdict), "_", " "))
	}
	return qcert.DisplayText(a.Entities[0].Name(), 120) + " (" + qcert.DisplayText(a.Entities[0].Code, 80) + "): " + strings.ToLower(strings.ReplaceAll(string(a.Verdict), "_", " "))
}

// nameCheck compares the organisation's name with the register's: a warning at most.
func nameCheck(i qcert.Info, found register.Evidence) (qcert.Check, bool) {
	if len(found.Answers) == 0 || len(found.Answers[0].Entities) != 1 {
		return qcert.Check{}, false
	}
	entity := found.Answers[0].Entities[0]
	line := qcert.Check{ID: "register-name", Title: "The same name", Rule: "Directive (EU) 2015/2366, Article 15", Expected: qcert.DisplayText(entity.Name(), 160), Found: i.Organization, Level: qcert.LevelPassed}
	if line.Found == "" {
		line.Found = "none"
	}
	if !register.SameName(i.Organization, entity) {
		line.Level = qcert.LevelWarning
		line.Findings = []qcert.Finding{finding(NameDiffers, qcert.LevelWarning, "organisation", "The register knows this number under another name. A person will compare them.")}
	}
	return line, true
}
