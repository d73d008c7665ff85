package certs

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"text/template"

	"software.sslmate.com/src/go-pkcs12"

	"fairway/internal/audit"
	"fairway/internal/catalog"
	"fairway/internal/db"
)

//go:embed bundle/smoke-test.sh
var smokeTest []byte

//go:embed bundle/README.txt
var readmeText string

var readme = template.Must(template.New("README").Parse(readmeText))

// EnvFile is what env.sh says. Empty values are written empty; the script names them and says where to find them. It
// prints as "[secret]".
type EnvFile struct {
	ClientID, ClientSecret, APIKey                string
	Brand                                         string
	RedirectURI                                   string
	PortalURL, TokenURL, AuthorizationURL, APIURL string
	PSUID, PSUCode                                string
}

// Format hides the credentials from every verb.
func (EnvFile) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[secret]") }

// MarshalText hides the credentials from encoders and logs.
func (EnvFile) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// Bundle packs a set with its private keys into a ZIP archive: everything that a client needs for its first call, with
// key files readable by their owner alone. Keys that the organisation keeps are not in it; the README says where they go.
// Fault: Unavailable "certificates_busy" when too many wait.
func (c *Certs) Bundle(ctx context.Context, set Set, keys PrivateKeys, env EnvFile) ([]byte, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return nil, err
	}
	if set.Origin.keepsKeys() && !keys.complete() {
		return nil, errNoKeys
	}
	leave, err := c.bundles.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	files, err := c.bundleFiles(all, set, keys, env)
	if err != nil {
		return nil, err
	}
	return pack(files, set)
}

// BundleOf is Bundle for the active set, with keys from their sealed rows. It is written to the audit trail, so ask for
// the password first. Faults: NotFound "no_certificates", Unavailable "certificates_busy".
func (c *Certs) BundleOf(ctx context.Context, organisationID string, environment catalog.Environment, actor string, env EnvFile) ([]byte, error) {
	o, err := c.open.Find(ctx, owner{organisationID, environment})
	if err != nil {
		return nil, err
	}
	packed, err := c.Bundle(ctx, o.set, o.private, env)
	if err != nil {
		return nil, err
	}
	err = c.db.InTx(ctx, func(tx db.Tx) error {
		return audit.Write(tx, audit.Entry{Actor: actor, Organisation: organisationID, Act: "certs.downloaded", Object: o.set.ID})
	})
	if err != nil {
		return nil, err
	}
	return packed, nil
}

type bundleFile struct {
	name string
	mode fs.FileMode
	data []byte
}

func (c *Certs) bundleFiles(all *authorities, set Set, keys PrivateKeys, env EnvFile) ([]bundleFile, error) {
	password := ""
	chain := []*x509.Certificate{all.tpp.cert, all.root.cert}
	files := []bundleFile{
		{"ca.pem", 0o644, pemCertificates(all.root.cert)},
		{"chain.pem", 0o644, pemCertificates(chain...)},
		{"qwac.pem", 0o644, pemCertificates(set.QWAC.X509)},
		{"qseal.pem", 0o644, pemCertificates(set.QSeal.X509)},
	}
	if set.Origin.keepsKeys() {
		password = draw(upperAlphanumeric, 20)
		secret, err := keyFiles(set, keys, chain, password)
		if err != nil {
			return nil, err
		}
		files = append(files, secret...)
	}
	text, err := c.readme(set, env, password)
	if err != nil {
		return nil, err
	}
	files = append([]bundleFile{{"README", 0o644, text}}, files...)
	return append(files, bundleFile{"env.sh", 0o600, c.envFile(env)}, bundleFile{"smoke-test.sh", 0o755, smokeTest}), nil
}

// keyFiles are the private keys, alone and with their certificates.
func keyFiles(set Set, keys PrivateKeys, chain []*x509.Certificate, password string) ([]bundleFile, error) {
	qwac, err := p12(keys.qwac, set.QWAC.X509, chain, password)
	if err != nil {
		return nil, err
	}
	seal, err := p12(keys.qseal, set.QSeal.X509, chain, password)
	if err != nil {
		return nil, err
	}
	return []bundleFile{
		{"qwac.key", 0o600, []byte(keys.QWAC().Reveal())},
		{"qseal.key", 0o600, []byte(keys.QSeal().Reveal())},
		{"qwac.p12", 0o600, qwac},
		{"qseal.p12", 0o600, seal},
	}, nil
}

func p12(key *rsa.PrivateKey, cert *x509.Certificate, chain []*x509.Certificate, password string) ([]byte, error) {
	der, err := pkcs12.Modern.Encode(key, cert, chain, password)
	if err != nil {
		return nil, fmt.Errorf("encode a PKCS#12 file: %w", err)
	}
	return der, nil
}

// pack writes the archive; its names are fixed and its times are the set's.
func pack(files []bundleFile, set Set) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		head := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: set.CreatedAt}
		head.SetMode(f.mode)
		w, err := z.CreateHeader(head)
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.name, err)
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack the archive: %w", err)
	}
	return b.Bytes(), nil
}

// SettingsFile is what Settings is saved as, where secrets are shown once. No leading dot: browsers drop it.
const SettingsFile = "fairway-sandbox.env"

// Settings is what env.sh says as a file by itself, without the lines of what is not known: who reads it after an env.sh
// loses nothing. An env.sh without secrets reads it by itself where it lies in the same folder.
func (c *Certs) Settings(env EnvFile) []byte {
	var b bytes.Buffer
	b.WriteString("# What env.sh of the ZIP says, with what was shown once: put it into the same folder, where env.sh reads it,\n" +
		"# or read it alone with . ./" + SettingsFile + ". It holds secrets: keep it to yourself.\n")
	for _, v := range c.variables(env) {
		if v.value != "" {
			v.write(&b)
		}
	}
	return b.Bytes()
}

type variable struct{ name, value, comment string }

func (v variable) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n# %s\nexport %s=%s\n", v.comment, v.name, shellQuoted(v.value))
}

func (c *Certs) variables(env EnvFile) []variable {
	ca := "ca.pem"
	if c.cfg.PublicServerCertificate {
		ca = ""
	}
	return []variable{
		{"FAIRWAY_CLIENT_ID", env.ClientID, "the app's client id"},
		{"FAIRWAY_CLIENT_SECRET", env.ClientSecret, "shown once, when the app or the secret is made"},
		{"FAIRWAY_API_KEY", env.APIKey, "shown once, when the app or the key is made"},
		{"FAIRWAY_REDIRECT_URI", env.RedirectURI, "one of the app's redirect URIs; nothing has to listen there"},
		{"FAIRWAY_BRAND", env.Brand, "the bank, as in its address"},
		{"FAIRWAY_PORTAL_URL", env.PortalURL, "the portal"},
		{"FAIRWAY_TOKEN_URL", env.TokenURL, "the token endpoint"},
		{"FAIRWAY_AUTHORIZATION_URL", env.AuthorizationURL, "where the customer is sent"},
		{"FAIRWAY_API_URL", env.APIURL, "the bank's API, without a path"},
		{"FAIRWAY_PSU_ID", env.PSUID, "the sandbox's test customer"},
		{"FAIRWAY_PSU_CODE", env.PSUCode, "the customer's code; empty takes the one that the bank's page shows"},
		{"FAIRWAY_CA_FILE", ca, "whom to trust as our server; empty for a public certificate"},
	}
}

// mayBeEmpty are the variables that the script can do without.
func mayBeEmpty(name string) bool {
	return name == "FAIRWAY_PSU_CODE" || name == "FAIRWAY_CA_FILE" || name == "FAIRWAY_PORTAL_URL"
}

func (c *Certs) envFile(env EnvFile) []byte {
	var b bytes.Buffer
	b.WriteString("# Read by smoke-test.sh and by the samples of the documentation. It holds secrets: keep it to yourself.\n")
	for _, v := range c.variables(env) {
		v.write(&b)
	}
	if env.ClientSecret == "" || env.APIKey == "" {
		b.WriteString("\n# what was shown once, where its file lies in this folder and nobody filled it in above\n" +
			"if [ -r ./" + SettingsFile + " ] && { [ -z \"$FAIRWAY_CLIENT_SECRET\" ] || [ -z \"$FAIRWAY_API_KEY\" ]; }; then . ./" + SettingsFile + "; fi\n")
	}
	return b.Bytes()
}

// shellQuoted makes one word of any text for a POSIX shell.
func shellQuoted(s string) string {
	oneLine := strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, s)
	return "'" + strings.ReplaceAll(oneLine, "'", `'\''`) + "'"
}

func (c *Certs) readme(set Set, env EnvFile, password string) ([]byte, error) {
	view := struct {
		OwnKeys                                                                                      bool
		Organisation, Identifier, Roles, NotAfter, QWACSerial, QSealSerial, Portal, Password, CACert string
		Unfilled                                                                                     []string
	}{
		OwnKeys: !set.Origin.keepsKeys(), Organisation: set.QWAC.Info.Organization, Identifier: set.QWAC.Info.OrganizationIdentifier, Roles: joinRoles(set.Roles, ", "),
		NotAfter: instant(set.QWAC.X509.NotAfter), QWACSerial: set.QWAC.Serial, QSealSerial: set.QSeal.Serial,
		Portal: c.cfg.BaseURL, Password: password, CACert: " --cacert ca.pem",
	}
	if c.cfg.PublicServerCertificate {
		view.CACert = ""
	}
	for _, v := range c.variables(env) {
		if v.value == "" && !mayBeEmpty(v.name) {
			view.Unfilled = append(view.Unfilled, fmt.Sprintf("%-26s %s", v.name, v.comment))
		}
	}
	var b bytes.Buffer
	if err := readme.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("write the README: %w", err)
	}
	return b.Bytes(), nil
}
