package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"fairway/internal/config"
	"fairway/internal/demo"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/responder"
	"fairway/internal/trustlist"
)

type demoCommand struct {
	QTSP struct {
		Issue  demoIssueCommand  `cmd:"" help:"Issue a QWAC and an eSeal as a qualified provider would, good or broken on request."`
		Revoke demoRevokeCommand `cmd:"" help:"Revoke a certificate that was issued; the responder says so at once."`
		Flaws  struct{}          `cmd:"" help:"List what can be wrong with a pair on request."`
	} `cmd:"" name:"qtsp" help:"A qualified trust service provider that exists on this machine only."`
	Bank demoBankCommand `cmd:"" help:"Play a brand's own system, and open the brand in Live with it."`
}

type demoIssueCommand struct {
	Organisation string   `help:"Name, as the register has it. Default: the first institution of the sample register."`
	Number       string   `help:"Authorisation number; given together with --organisation."`
	NCA          string   `name:"nca" default:"FI-FINFSA" help:"The authority that gave the number, as certificates name it."`
	Country      string   `help:"Country of the organisation. Default: the authority's."`
	Roles        []string `default:"PSP_AI" help:"PSP roles of the certificates."`
	DNSName      string   `name:"dns-name" default:"tpp.example.com" help:"Host that the QWAC is for."`
	OnDevice     bool     `help:"The eSeal says that its key is in a qualified device."`
	Flaw         string   `help:"What is to be wrong; see portal demo qtsp flaws."`
	Out          string   `required:"" type:"path" help:"Folder for the certificates and keys."`
	Force        bool     `help:"Replace a pair that is in the folder already."`
}

type demoRevokeCommand struct {
	Serial string `arg:"" help:"Serial number in hexadecimal, as openssl x509 -noout -serial prints it."`
}

var (
	errDemoInProduction = errors.New("the demonstration provider exists in development only: in production only providers on the EU trusted lists count. Set PORTAL_MODE=development to try it on a laptop")
	errDemoHalf         = errors.New("--organisation and --number are given together: the register lists one under the other")
	errDemoData         = errors.New("the database holds the sample register or the trusted lists of a demonstration, so production does not start on it: give PORTAL_DATABASE_URL a database that was never used for one")
)

// keyCompromise is the reason that a demonstration's revocation gives (RFC 5280 §5.3.1).
const keyCompromise = 1

// demoFolder is where the provider lives.
func (p *program) demoFolder() demo.Folder {
	return demo.Folder{Dir: filepath.Join(p.cfg.DataDir, "demo-qtsp")}
}

func (p *program) demoBase() string { return p.cfg.BaseURL.String() + responder.Path }

// demoStatements are what the machines' door answers for the demonstration provider, by path: its certificates name the
// disclosure statement with https.
func (p *program) demoStatements() map[string]string {
	if p.cfg.Mode != config.Development {
		return nil
	}
	return map[string]string{responder.StatementPath: responder.Statement}
}

// listSigners are the pinned signers of the list of the lists. In development, and there alone, the demonstration
// provider's is one of them, where there is a provider.
func (p *program) listSigners() ([]*x509.Certificate, error) {
	if p.cfg.Mode != config.Development {
		return p.cfg.LOTLSigners, nil
	}
	provider, err := p.demoFolder().Open(p.demoBase())
	if errors.Is(err, demo.ErrNoProvider) {
		return p.cfg.LOTLSigners, nil
	}
	if err != nil {
		return nil, err
	}
	return append(p.cfg.LOTLSigners[:len(p.cfg.LOTLSigners):len(p.cfg.LOTLSigners)], provider.LOTLSigner()), nil
}

// issueDemo makes the provider on first use, lets the register and the trusted lists know of it, and writes a pair.
func (p *program) issueDemo(ctx context.Context, c demoIssueCommand) error {
	request, flaw, err := c.request(p.clock.Now())
	if err != nil {
		return err
	}
	if err := c.folder(); err != nil {
		return err
	}
	request.Disclosure = p.cfg.AuthURL.String() + responder.StatementPath
	provider, made, err := p.demoFolder().OpenOrMake(p.clock.Now(), p.demoBase())
	if err != nil {
		return spoken(err)
	}
	if request.QWACKey, err = demo.NewKey(); err == nil {
		request.SealKey, err = demo.NewKey()
	}
	if err != nil {
		return err
	}
	pair, err := provider.Issue(request)
	if err != nil {
		return err
	}
	if made {
		p.say("Made a provider for demonstrations in %s.", p.demoFolder().Dir)
	}
	if err := p.demoRegister(ctx); err != nil {
		return spoken(err)
	}
	if err := p.demoLists(ctx, provider, request); err != nil {
		return spoken(err)
	}
	if err := p.recordDemo(pair, flaw); err != nil {
		return err
	}
	return p.handDemo(ctx, c.Out, pair, flaw)
}

// folder makes the folder ready. Keys that are in it are not replaced unasked: nobody could make them again.
func (c demoIssueCommand) folder() error {
	for _, name := range []string{"qwac.key", "qseal.key"} {
		if _, err := os.Stat(filepath.Join(c.Out, name)); err == nil && !c.Force {
			return fmt.Errorf("--out: the folder %s holds keys already (%s). Name another folder, or replace the pair with --force", c.Out, name)
		}
	}
	return writableFolder(c.Out)
}

// recordDemo lets the responder know of a pair, and of its revocation where that is the flaw.
func (p *program) recordDemo(pair demo.Pair, flaw demo.Flaw) error {
	certs := []*x509.Certificate{pair.QWAC, pair.Seal}
	if err := p.demoFolder().Record(certs...); err != nil || flaw.Finder != demo.ByRevocation {
		return err
	}
	for _, cert := range certs {
		if _, err := p.demoFolder().Revoke(cert.SerialNumber.Text(16), p.clock.Now(), keyCompromise); err != nil {
			return err
		}
	}
	return nil
}

// request reads the flags.
func (c demoIssueCommand) request(now time.Time) (demo.Request, demo.Flaw, error) {
	if (c.Organisation == "") != (c.Number == "") {
		return demo.Request{}, demo.Flaw{}, errDemoHalf
	}
	roles, err := readRoles(c.Roles)
	if err != nil {
		return demo.Request{}, demo.Flaw{}, err
	}
	authority, known := register.AuthorityByID(c.NCA)
	if !known {
		return demo.Request{}, demo.Flaw{}, fmt.Errorf("--nca: %q is not on the EBA's list of authorities; one is FI-FINFSA. To try another, use --flaw unknown-nca", c.NCA)
	}
	var flaw demo.Flaw
	for _, f := range demo.Flaws() {
		if f.Name == c.Flaw {
			flaw = f
		}
	}
	if flaw.Name != c.Flaw {
		return demo.Request{}, demo.Flaw{}, fmt.Errorf("--flaw: there is no flaw %q; portal demo qtsp flaws lists them", c.Flaw)
	}
	country := c.Country
	if country == "" {
		country = authority.Country
	}
	return demo.Request{
		At: now, Organisation: c.Organisation, Country: country, Number: c.Number, NCAID: c.NCA, NCAName: authority.Name,
		Roles: roles, DNSName: c.DNSName, OnDevice: c.OnDevice, Flaw: c.Flaw,
	}, flaw, nil
}

// demoRegister imports the sample where there is no register at all.
func (p *program) demoRegister(ctx context.Context) error {
	_, held, err := p.register.Status(ctx)
	if err != nil || held {
		return err
	}
	sample := demo.RegisterOf(p.clock.Now())
	made, err := p.register.Import(ctx, "command", strings.NewReader(string(sample)), int64(len(sample)), register.Options{})
	if err == nil {
		p.say("Imported the sample register: %d invented institutions.", made.Institutions)
	}
	return err
}

// renewBefore is how long before their end the demonstration's lists are signed anew.
const renewBefore = 30 * 24 * time.Hour

// demoLists imports lists that name the provider, unless they are there or others are. Whether they are is asked with a
// good certificate.
func (p *program) demoLists(ctx context.Context, provider *demo.QTSP, r demo.Request) error {
	pinned, err := p.listSigners()
	if err != nil {
		return err
	}
	p.lists = trustlist.New(p.db, pinned, p.log) // the provider may be younger than this program
	status, err := p.lists.Status(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(status.Lists, func(l trustlist.Held) bool { return !demo.IsDemonstration(l.Operator) }) {
		p.say("The database holds other trusted lists, and this provider is on none of them. To try it, give PORTAL_DATA_DIR an empty folder.")
		return nil
	}
	r.Flaw = ""
	good, err := provider.Issue(r)
	if err != nil {
		return err
	}
	judged, err := p.lists.Judge(ctx, good.QWAC, nil, qcert.QWAC, p.clock.Now().Add(renewBefore))
	if err != nil || judged.Automatic() {
		return err
	}
	union, national, err := provider.Lists(p.clock.Now())
	if err != nil {
		return err
	}
	report, err := p.lists.Import(ctx, "command", [][]byte{union, national})
	for _, line := range report.Lines {
		err = errors.Join(err, line.Refusal)
	}
	if err == nil {
		p.say("Imported trusted lists on which the provider is granted.")
	}
	return err
}

// handDemo writes the files and says what to do with them.
func (p *program) handDemo(ctx context.Context, dir string, pair demo.Pair, flaw demo.Flaw) error {
	webKey, err := demo.KeyPEM(pair.QWACKey)
	if err != nil {
		return err
	}
	sealKey, err := demo.KeyPEM(pair.SealKey)
	if err != nil {
		return err
	}
	text := demoReadme(pair, flaw, p.cfg.BaseURL.String(), dir, p.fromAnywhere("demo", "qtsp", "revoke"))
	for _, f := range []struct {
		name string
		body []byte
	}{
		{"chain.pem", demo.CertificatePEM(pair.Chain...)},
		{"qwac.pem", demo.CertificatePEM(pair.QWAC)},
		{"qwac.key", webKey},
		{"qseal.pem", demo.CertificatePEM(pair.Seal)},
		{"qseal.key", sealKey},
		{"README", []byte(text)},
	} {
		if err := replaceFile(filepath.Join(dir, f.name), f.body); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	p.say("Wrote %s.\n", dir)
	_, err = io.WriteString(p.stdout, text)
	p.warnOfSilence(ctx)
	return err
}

// fromAnywhere is a command as a shell takes it in any folder: this program and its data by their whole paths.
func (p *program) fromAnywhere(args ...string) string {
	self, err := os.Executable()
	if err != nil {
		self = "portal"
	}
	data, err := filepath.Abs(p.cfg.DataDir)
	if err != nil {
		data = p.cfg.DataDir
	}
	return strings.Join(append([]string{shellWord(self), "--data-dir", shellWord(data)}, args...), " ")
}

// shellWord quotes what a shell would not take as one word.
func shellWord(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:@+", r))
	}) {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}

func demoReadme(pair demo.Pair, flaw demo.Flaw, portal, dir, revoke string) string {
	_, host, _ := strings.Cut(portal, "://")
	var b strings.Builder
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	say("A demonstration pair. Only a Fairway in development on this machine believes it.")
	say("")
	say("qwac.pem   serial %X, valid until %s", pair.QWAC.SerialNumber.Bytes(), pair.QWAC.NotAfter.UTC().Format(time.DateOnly))
	say("qseal.pem  serial %X, valid until %s", pair.Seal.SerialNumber.Bytes(), pair.Seal.NotAfter.UTC().Format(time.DateOnly))
	if flaw.Name != "" {
		say("")
		say("What is wrong with it: %s The check of the %s must say %s (%s).", flaw.Sentence, flaw.Finder, flaw.Code, flaw.Level)
	}
	say("")
	say("Next steps:")
	say("  1. Paste qwac.pem or qseal.pem at %s/inspector.", portal)
	say("  2. Ask whether one was revoked:")
	say("       cd %s", shellWord(dir))
	say("       openssl ocsp -issuer chain.pem -cert qwac.pem -CAfile chain.pem -no_nonce \\")
	say("         -url %s%s/ocsp -header Host=%s", portal, responder.Path, host)
	say("  3. Hand the pair in for Live: %s/playground/live/certificates.", portal)
	say("  4. Revoke one, and ask again:")
	say("       %s %X", revoke, pair.QWAC.SerialNumber.Bytes())
	return b.String()
}

// revokeDemo revokes one certificate, with a compromised key as its reason.
func (p *program) revokeDemo(c demoRevokeCommand) error {
	if _, err := p.demoFolder().Open(p.demoBase()); err != nil {
		return spoken(err)
	}
	e, err := p.demoFolder().Revoke(c.Serial, p.clock.Now(), keyCompromise)
	if err != nil {
		return spoken(err)
	}
	p.say("%s is revoked since %s.", qcert.DisplayText(e.Certificate.Subject.CommonName, 120), e.RevokedAt.UTC().Format(time.RFC3339))
	return nil
}

// listFlaws prints the table of flaws.
func listFlaws(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range demo.Flaws() {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.Name, f.Code, f.Level, f.Sentence)
	}
	return table.Flush()
}

// refuseDemo keeps production off a database that believes in what was invented.
func (p *program) refuseDemo(ctx context.Context) error {
	if p.cfg.Mode != config.Production {
		return nil
	}
	status, err := p.lists.Status(ctx)
	if err != nil {
		return err
	}
	for _, l := range status.Lists {
		if demo.IsDemonstration(l.Operator) {
			return errDemoData
		}
	}
	held, ok, err := p.register.Status(ctx)
	sample := sha256.Sum256(demo.RegisterOf(held.Date))
	if err == nil && ok && held.Digest == hex.EncodeToString(sample[:]) {
		err = errDemoData
	}
	return err
}

func (p *program) say(format string, args ...any) { _, _ = fmt.Fprintf(p.stdout, format+"\n", args...) }
