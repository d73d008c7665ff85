package qcert

import (
	"fmt"
	"slices"
)

// The levels of a finding. An error stands against the certificate in Live; a warning is for a person to weigh. A note is
// good to know and asks for nothing; only certificate signing requests have some.
const (
	LevelError   = "error"
	LevelWarning = "warning"
	LevelNote    = "note"
)

// The codes of findings and refusals. They are stable: documentation, translations and stored reports refer to them.
const (
	CertExpired       = "CERT_EXPIRED"
	CertNotYetValid   = "CERT_NOT_YET_VALID"
	CertExpiresSoon   = "CERT_EXPIRES_SOON"
	CertWrongEKU      = "CERT_WRONG_EKU"
	CertWrongKU       = "CERT_WRONG_KU"
	CertNoClientAuth  = "CERT_NO_CLIENTAUTH"
	CertSwapped       = "CERT_SWAPPED"
	CertSameKey       = "CERT_SAME_KEY"
	CertDifferentOrg  = "CERT_DIFFERENT_ORG"
	CertNoRevocation  = "CERT_NO_REVOCATION"
	CertNames         = "CERT_NAMES"
	CertWeakHash      = "CERT_WEAK_HASH"
	CertWeakKey       = "CERT_WEAK_KEY"
	CertSealNotRSA    = "CERT_SEAL_NOT_RSA"
	CertSelfSigned    = "CERT_SELF_SIGNED"
	CertIsCA          = "CERT_IS_CA"
	CertMalformed     = "CERT_MALFORMED"
	CertSandboxInLive = "CERT_SANDBOX_IN_LIVE"
	QCMissing         = "QC_MISSING"
	QCPSD2Missing     = "QC_PSD2_MISSING"
	QCEncoding        = "QC_ENCODING"
	QCNotQualified    = "QC_NOT_QUALIFIED"
	QCType            = "QC_TYPE"
	QCPDS             = "QC_PDS"
	RoleNone          = "ROLE_NONE"
	RoleMismatch      = "ROLE_MISMATCH_IN_CERT"
	OrgIDFormat       = "ORGID_FORMAT"
	OrgIDMismatch     = "ORGID_NCA_MISMATCH"
	NCASandbox        = "NCA_SANDBOX"
	NameSuspicious    = "NAME_SUSPICIOUS"
	SubjectIncomplete = "SUBJECT_INCOMPLETE"
)

// Finding is one thing to say about a certificate. Text is a sentence for the person who uploaded it; what it quotes from
// the certificate has gone through DisplayText.
type Finding struct {
	Code  string `json:"code"`
	Level string `json:"level"`
	Field string `json:"field"`
	Text  string `json:"text"`
}

// Failed tells whether one of the findings is an error.
func Failed(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Level == LevelError })
}

// ForSandbox is how the sandbox sees findings: test tools in the field leave out the wrapper of the statements, QcCompliance
// and QcType, so these become warnings; that a certificate is a sandbox one is no finding there at all.
func ForSandbox(all []Finding) []Finding {
	var out []Finding
	for _, f := range all {
		switch f.Code {
		case NCASandbox, CertSandboxInLive:
			continue
		case QCEncoding, QCNotQualified, QCType:
			f.Level = LevelWarning
		}
		out = append(out, f)
	}
	return out
}

// maxAlike is how many findings of one code, level and field are kept. There is no limit over all: a flood of warnings
// must not push an error out.
const maxAlike = 8

// findings collects; the same sentence is kept once.
type findings []Finding

func (fs *findings) add(more ...Finding) {
	for _, f := range more {
		alike := 0
		for _, have := range *fs {
			if have.Code == f.Code && have.Level == f.Level && have.Field == f.Field {
				alike++
			}
		}
		if alike < maxAlike && !slices.Contains(*fs, f) {
			*fs = append(*fs, f)
		}
	}
}

func (fs *findings) fail(code, field, format string, args ...any) {
	fs.add(Finding{Code: code, Level: LevelError, Field: field, Text: fmt.Sprintf(format, args...)})
}

func (fs *findings) warn(code, field, format string, args ...any) {
	fs.add(Finding{Code: code, Level: LevelWarning, Field: field, Text: fmt.Sprintf(format, args...)})
}

func (fs *findings) note(code, field, format string, args ...any) {
	fs.add(Finding{Code: code, Level: LevelNote, Field: field, Text: fmt.Sprintf(format, args...)})
}
