package qcert

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"strings"
	"time"
)

const (
	// clockSkew is how far the issuer's clock may run ahead of ours; it counts for notBefore only.
	clockSkew = 5 * time.Minute

	// soon is how long before its end a certificate is called ending.
	soon = 14 * 24 * time.Hour

	day = "2 Jan 2006"
)

// CheckProfile judges a certificate for one purpose at one instant: everything that needs neither the chain, nor a
// register, nor a second certificate. The result begins with i.Findings. Kind is the field that the certificate was put
// into; Unknown means whatever the certificate says. Levels are those of Live: see ForSandbox.
func CheckProfile(i Info, cert *x509.Certificate, kind Kind, now time.Time) []Finding {
	var found findings
	found.add(i.Findings...)
	if cert == nil {
		return found
	}
	if kind != QWAC && kind != QSealC {
		kind = i.Kind
	}
	checkValidity(cert, kind, now, &found)
	checkMaker(i, cert, &found)
	found.add(CheckKey(cert.PublicKey)...)
	checkShape(cert, &found)
	switch kind {
	case QWAC:
		checkWebsite(i, cert, &found)
	case QSealC:
		checkSeal(i, cert, &found)
	}
	return found
}

func checkValidity(cert *x509.Certificate, kind Kind, now time.Time, found *findings) {
	from, to := cert.NotBefore.UTC(), cert.NotAfter.UTC()
	switch {
	case to.Before(from):
		found.fail(CertMalformed, "validity", "The certificate ends before it begins.")
	case now.After(to):
		found.fail(CertExpired, "validity", "The %s expired on %s. Upload a certificate that is still valid.", kind.label(), to.Format(day))
	case now.Add(clockSkew).Before(from):
		found.fail(CertNotYetValid, "validity", "The %s is valid from %s UTC; upload it again after that time.", kind.label(), from.Format(day+" 15:04"))
	case to.Sub(now) < soon:
		found.warn(CertExpiresSoon, "validity", "The %s will expire on %s; renew it soon.", kind.label(), to.Format(day))
	}
}

// checkMaker judges who signed it and how.
func checkMaker(i Info, cert *x509.Certificate, found *findings) {
	if i.Sandbox {
		found.fail(CertSandboxInLive, "certificatePolicies", "This is a certificate of the sandbox; Live needs one from a qualified trust service provider.")
	}
	switch cert.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		found.fail(CertWeakHash, "signature", "The certificate is signed with %s, which is not accepted; SHA-256 or stronger is needed.", cert.SignatureAlgorithm)
	case x509.UnknownSignatureAlgorithm, x509.DSAWithSHA256:
		found.fail(CertWeakHash, "signature", "The certificate’s signature algorithm is not accepted; RSA or ECDSA with SHA-256 or stronger is needed.")
	}
	if selfSigned(cert) {
		found.fail(CertSelfSigned, "issuer", "The certificate is signed with its own key; it must be issued by a qualified trust service provider.")
	}
	if cert.IsCA || cert.KeyUsage&x509.KeyUsageCertSign != 0 {
		found.fail(CertIsCA, "basicConstraints", "This is the certificate of a certification authority; upload your own one.")
	}
}

// selfSigned verifies a signature only where names agree and the key is small enough for that to be cheap.
func selfSigned(cert *x509.Certificate) bool {
	if !bytes.Equal(cert.RawSubject, cert.RawIssuer) {
		return false
	}
	if k, ok := cert.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > MaxRSABits {
		return false
	}
	err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
	_, weak := err.(x509.InsecureAlgorithmError) //nolint:errorlint // returned as it is by crypto/x509
	return err == nil || weak
}

// checkShape judges what software chokes on.
func checkShape(cert *x509.Certificate, found *findings) {
	for _, oid := range cert.UnhandledCriticalExtensions {
		if oidBytes(oid) != oidQCStatements {
			found.fail(CertMalformed, "extensions", "The certificate has the critical extension %s, which is not known here.", DisplayText(oid.String(), 80))
		}
	}
	if n := cert.SerialNumber; n == nil || n.Sign() <= 0 || n.BitLen() > 160 {
		found.warn(CertMalformed, "serialNumber", "The serial number is not a positive number of at most 20 bytes (RFC 5280 §4.1.2.2).")
	}
	_, _, short := extension(cert, oidShortTerm)
	if len(cert.OCSPServer) == 0 && len(cert.CRLDistributionPoints) == 0 && !short {
		found.warn(CertNoRevocation, "revocation", "The certificate names no place to ask whether it was revoked.")
	}
}

func checkWebsite(i Info, cert *x509.Certificate, found *findings) {
	if i.Kind == QSealC {
		found.fail(CertSwapped, "qcStatements", "This is an eSeal certificate in the QWAC’s field.")
	}
	checkTLSUsage(cert, found)
	switch {
	case cert.KeyUsage == 0:
		found.warn(CertWrongKU, "keyUsage", "The QWAC has no key usage; digitalSignature is expected.")
	case cert.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		found.fail(CertWrongKU, "keyUsage", "The QWAC’s key usage lacks digitalSignature, without which TLS clients cannot sign.")
	}
	cn := readName(cert.RawSubject).first(oidCommonName)
	switch {
	case len(cert.DNSNames) == 0:
		found.warn(CertNames, "subjectAltName", "The QWAC names no DNS name; ETSI EN 319 412-4 asks for at least one.")
	case cn != "" && !slices.ContainsFunc(cert.DNSNames, func(n string) bool { return strings.EqualFold(n, cn) }):
		found.warn(CertNames, "subjectAltName", "The QWAC’s common name %q is not among its DNS names.", DisplayText(cn, 80))
	}
}

// checkTLSUsage judges the extended key usage. Certification authorities stop issuing clientAuth in 2026 and 2027, so its
// absence is worth a word and no more.
func checkTLSUsage(cert *x509.Certificate, found *findings) {
	has := func(u x509.ExtKeyUsage) bool { return slices.Contains(cert.ExtKeyUsage, u) }
	none := len(cert.ExtKeyUsage) == 0 && len(cert.UnknownExtKeyUsage) == 0
	switch {
	case none:
		found.warn(CertWrongEKU, "extKeyUsage", "The QWAC has no extended key usage; serverAuth is expected.")
	case has(x509.ExtKeyUsageAny), has(x509.ExtKeyUsageClientAuth):
	case has(x509.ExtKeyUsageServerAuth):
		found.warn(CertNoClientAuth, "extKeyUsage", "The QWAC is accepted without clientAuth; some other banks’ gateways need it.")
	default:
		found.fail(CertWrongEKU, "extKeyUsage", "This certificate is not for TLS (extended key usage: %s).", usages(cert))
	}
}

func checkSeal(i Info, cert *x509.Certificate, found *findings) {
	if i.Kind == QWAC {
		found.fail(CertSwapped, "qcStatements", "This is a QWAC in the eSeal’s field.")
	}
	switch signing := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment; {
	case cert.KeyUsage == 0:
		found.warn(CertWrongKU, "keyUsage", "The eSeal has no key usage; contentCommitment or digitalSignature is expected.")
	case cert.KeyUsage&signing == 0:
		found.fail(CertWrongKU, "keyUsage", "The eSeal’s key usage has neither contentCommitment nor digitalSignature: it cannot sign.")
	}
	if slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageServerAuth) || slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		found.warn(CertWrongEKU, "extKeyUsage", "The eSeal is also marked for TLS; a seal normally has no extended key usage.")
	}
	if _, ok := cert.PublicKey.(*rsa.PublicKey); !ok {
		found.fail(CertSealNotRSA, "publicKey", "The eSeal’s key is %s. Requests to this interface are signed with rsa-sha256 or rsa-sha512, so the eSeal needs an RSA key.", i.KeyAlgorithm)
	}
}

// usageNames are the extended key usages that people know by name.
var usageNames = map[x509.ExtKeyUsage]string{
	x509.ExtKeyUsageCodeSigning: "code signing", x509.ExtKeyUsageEmailProtection: "e-mail protection",
	x509.ExtKeyUsageTimeStamping: "time stamping", x509.ExtKeyUsageOCSPSigning: "OCSP signing",
	x509.ExtKeyUsageIPSECEndSystem: "IPsec end system", x509.ExtKeyUsageIPSECTunnel: "IPsec tunnel", x509.ExtKeyUsageIPSECUser: "IPsec user",
}

func usages(cert *x509.Certificate) string {
	var out []string
	for _, u := range cert.ExtKeyUsage {
		if text, ok := usageNames[u]; ok {
			out = append(out, text)
		} else {
			out = append(out, "other")
		}
	}
	for _, oid := range cert.UnknownExtKeyUsage {
		out = append(out, oid.String())
	}
	return DisplayText(strings.Join(slices.Compact(out), ", "), 160)
}

// CheckPair judges a QWAC and an eSeal that were handed in together: two kinds, two keys, one organisation.
func CheckPair(qwac, seal Info) []Finding {
	var found findings
	if qwac.SHA256 == seal.SHA256 || qwac.KeySHA256 == seal.KeySHA256 {
		found.fail(CertSameKey, "publicKey", "QWAC and eSeal must be two certificates with two keys.")
	}
	if qwac.Kind == QSealC && seal.Kind == QWAC {
		found.fail(CertSwapped, "qcStatements", "You placed the eSeal in the QWAC’s field and the QWAC in the eSeal’s. Swap them.")
	}
	if a, b := normalIdentifier(qwac.OrganizationIdentifier), normalIdentifier(seal.OrganizationIdentifier); a != b {
		found.fail(CertDifferentOrg, "organizationIdentifier", "The two certificates belong to different organisations: %s and %s.", orNone(qwac.OrganizationIdentifier), orNone(seal.OrganizationIdentifier))
	}
	return found
}

// normalIdentifier makes two spellings of one identifier equal: authorities write the number with and without separators.
func normalIdentifier(id string) string {
	head, tail := "", id
	if m := psdPattern.FindStringSubmatch(id); m != nil {
		head, tail = m[1]+m[2]+"-", m[3]
	}
	return head + strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -./", r) {
			return -1
		}
		return r
	}, strings.ToUpper(tail))
}

func orNone(id string) string {
	if id == "" {
		return "no identifier"
	}
	return DisplayText(id, 80)
}
