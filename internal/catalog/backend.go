package catalog

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
)

const (
	maxAddress = 512
	maxRoots   = 64 << 10
	maxCallers = 4
)

// SetBackend says how a brand's own system is reached, or with an empty backend that it is not, in the caller's transaction.
// Faults: ErrUnknownBrand, and a Form fault on upstream, authorise, roots and callers.
func SetBackend(tx db.Tx, brand string, b Backend, by string) error {
	b, err := b.checked()
	if err != nil {
		return err
	}
	before, err := lockBrand(tx, brand)
	if err != nil {
		return err
	}
	if err := writeBackend(tx, brand, b); err != nil {
		return err
	}
	return changed(tx, audit.Entry{Actor: by, Act: "catalog.backend_set", Object: brand}, before.Live.facts(), b.facts())
}

// facts are what the audit trail keeps of a backend: of the authorities their hash, since they are long.
func (b Backend) facts() map[string]string {
	facts := map[string]string{"upstream": b.Upstream, "authorise": b.Authorise, "callers": strings.Join(b.Callers, " ")}
	if b.Roots != "" {
		sum := sha256.Sum256([]byte(b.Roots))
		facts["roots_sha256"] = hex.EncodeToString(sum[:])
	}
	return facts
}

// Check is what SetBackend refuses, for who asks before the deed.
func (b Backend) Check() error {
	_, err := b.checked()
	return err
}

// Empty reports whether nothing is said, which closes a brand in Live.
func (b Backend) Empty() bool {
	b, err := b.checked()
	return err == nil && b.empty()
}

func (b Backend) empty() bool {
	return b.Upstream == "" && b.Authorise == "" && b.Roots == "" && len(b.Callers) == 0
}

// checked brings a backend into its form: addresses without a slash at the end, fingerprints in lower-case hex. A backend is
// whole or empty.
func (b Backend) checked() (Backend, error) {
	b.Upstream, b.Authorise, b.Roots = strings.TrimRight(strings.TrimSpace(b.Upstream), "/"), strings.TrimSpace(b.Authorise), strings.TrimSpace(b.Roots)
	b.Callers = fingerprints(b.Callers)
	if b.empty() {
		return b, nil
	}
	var wrong []fault.Field
	add := func(name, text string) {
		if text != "" {
			wrong = append(wrong, fault.Field{Name: name, Message: text})
		}
	}
	add("upstream", checkAddress(b.Upstream))
	add("authorise", checkAddress(b.Authorise))
	add("roots", checkRoots(b.Roots))
	add("callers", checkCallers(b.Callers))
	if len(wrong) > 0 {
		return b, fault.Form(wrong...)
	}
	return b, nil
}

// fingerprints reads SHA-256 values as tools print them: with colons, in capitals, several in a text.
func fingerprints(list []string) []string {
	var out []string
	for _, text := range list {
		for one := range strings.FieldsSeq(strings.ToLower(strings.ReplaceAll(text, ":", ""))) {
			out = append(out, one)
		}
	}
	return out
}

func checkAddress(text string) string {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return "Enter the address. A brand is open in Live once upstream, customer page and caller are all there."
	case len(text) > maxAddress:
		return "The address is longer than 512 characters."
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(text, "?#"):
		return "Enter an https address without query, fragment and password, such as https://psd2.bank.example."
	}
	return ""
}

// checkRoots takes certificates of authorities in PEM, or nothing.
func checkRoots(text string) string {
	if text == "" {
		return ""
	}
	if len(text) > maxRoots {
		return "The authorities are more than 64 kB. Send the roots alone."
	}
	for rest := []byte(text); strings.TrimSpace(string(rest)) != ""; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			return "Paste certificates in PEM, from -----BEGIN CERTIFICATE----- to its END line, and nothing else."
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return "A certificate cannot be read. Paste the PEM file as it is."
		}
		if !cert.IsCA {
			return fmt.Sprintf("%q is no certificate of an authority. Paste the authority that issued the server's certificate.", cert.Subject.CommonName)
		}
	}
	return ""
}

func checkCallers(list []string) string {
	if len(list) == 0 {
		return "Enter the SHA-256 of the certificate that the brand calls us with."
	}
	if len(list) > maxCallers {
		return "Enter at most four."
	}
	for _, one := range list {
		if raw, err := hex.DecodeString(one); err != nil || len(raw) != 32 {
			return "Enter the SHA-256 of the certificate: 64 hexadecimal digits, as openssl x509 -noout -fingerprint -sha256 prints them."
		}
	}
	return ""
}
