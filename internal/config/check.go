package config

import (
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fairway/internal/address"
	"fairway/internal/secret"
)

// Faults are all the things that are wrong with the settings.
type Faults []string

// Error lists the faults, one a line.
func (f Faults) Error() string {
	return "the configuration has " + strconv.Itoa(len(f)) + " fault(s):\n  - " + strings.Join(f, "\n  - ")
}

type checker struct {
	faults Faults
}

func (c *checker) add(name, format string, args ...any) {
	c.faults = append(c.faults, "PORTAL_"+name+": "+fmt.Sprintf(format, args...))
}

// Check derives what was left out, reads or makes the sealing keys, and reports every fault at once as Faults.
func (s Settings) Check() (Config, error) {
	c := &checker{}
	cfg := Config{
		Addr: s.Addr, APIAddr: s.APIAddr, DataDir: s.DataDir, SMTPURL: s.SMTPURL, MailFrom: s.MailFrom,
		TLSCert: s.TLSCert, TLSKey: s.TLSKey, Mode: Mode(s.Mode), ShutdownWait: 20 * time.Second, JobsWait: 10 * time.Second,
	}
	c.addresses(s, &cfg)
	c.database(s, &cfg)
	c.limits(s, &cfg)
	c.proxies(s, &cfg)
	if _, err := netmail.ParseAddress(s.MailFrom); err != nil {
		c.add("MAIL_FROM", "%q is not an e-mail address such as Fairway <portal@bank.example>.", s.MailFrom)
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		c.add("TLS_CERT", "the certificate and PORTAL_TLS_KEY are set together or not at all.")
	}
	switch cfg.Mode {
	case Development:
	case Production:
		c.production(s, cfg)
	default:
		c.add("MODE", "%q is neither development nor production.", s.Mode)
	}
	if len(c.faults) == 0 {
		c.keys(s, &cfg)
	}
	if len(c.faults) > 0 {
		return Config{}, c.faults
	}
	return cfg, nil
}

func (c *checker) addresses(s Settings, cfg *Config) {
	people, ok1 := c.listen("ADDR", s.Addr)
	machines, ok2 := c.listen("API_ADDR", s.APIAddr)
	if !ok1 || !ok2 {
		return
	}
	cfg.BaseURL = c.template("BASE_URL", s.BaseURL, "http://"+people)
	cfg.APIURL = c.template("API_URL", s.APIURL, "https://"+machines+"/{environment}/{brand}")
	cfg.AuthURL = c.template("AUTH_URL", s.AuthURL, "https://"+machines+"/auth")
	cfg.BankURL = c.template("BANK_URL", s.BankURL, cfg.BaseURL.String()+"/bank/{environment}/{brand}")
	for name, t := range map[string]address.Template{"API_URL": cfg.APIURL, "BANK_URL": cfg.BankURL} {
		if text := t.String(); text != "" && (!strings.Contains(text, "{environment}") || !strings.Contains(text, "{brand}")) {
			c.add(name, "the template %q must hold {environment} and {brand}.", text)
		}
	}
	for name, t := range map[string]address.Template{"BASE_URL": cfg.BaseURL, "AUTH_URL": cfg.AuthURL} {
		if strings.Contains(t.String(), "{") {
			c.add(name, "%q is one address; it holds no {environment} and no {brand}.", t.String())
		}
	}
	if cfg.BaseURL.Path() != "" {
		c.add("BASE_URL", "%q must not have a path: the portal lives at the root of its host.", cfg.BaseURL.String())
	}
	for name, t := range map[string]address.Template{"API_URL": cfg.APIURL, "AUTH_URL": cfg.AuthURL} {
		if t.String() != "" && !t.HTTPS() {
			c.add(name, "%q must start with https: machines are met over mutual TLS only.", t.String())
		}
	}
}

// listen checks a listening address and returns the host and port under which this machine reaches it.
func (c *checker) listen(name, value string) (string, bool) {
	host, port, err := net.SplitHostPort(value)
	if err != nil || port == "" {
		c.add(name, "%q is not an address such as localhost:8080 or :8080.", value)
		return "", false
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port), true
}

func (c *checker) template(name, value, otherwise string) address.Template {
	if value == "" {
		value = otherwise
	}
	t, err := address.Parse(value)
	if err != nil {
		c.add(name, "%s.", err)
	}
	return t
}

func (c *checker) database(s Settings, cfg *Config) {
	cfg.DatabaseURL = s.DatabaseURL
	if cfg.DatabaseURL == "" {
		cfg.DatabaseURL = "sqlite:" + filepath.Join(s.DataDir, "portal.db")
	}
	switch {
	case strings.HasPrefix(cfg.DatabaseURL, "sqlite:"):
		if path := strings.TrimPrefix(cfg.DatabaseURL, "sqlite:"); path == "" || strings.ContainsAny(path, "?#") {
			c.add("DATABASE_URL", "sqlite: is followed by the path of a file, without parameters.")
		}
	case strings.HasPrefix(cfg.DatabaseURL, "postgres://"), strings.HasPrefix(cfg.DatabaseURL, "postgresql://"):
		if _, err := url.Parse(cfg.DatabaseURL); err != nil {
			c.add("DATABASE_URL", "the postgres:// address cannot be read.")
		}
	default:
		c.add("DATABASE_URL", "it starts with sqlite: or postgres://.")
	}
}

var limitsForm = regexp.MustCompile(`^([1-9][0-9]{0,8})/s,([1-9][0-9]{0,9})/d$`)

func (c *checker) limits(s Settings, cfg *Config) {
	m := limitsForm.FindStringSubmatch(s.Limits)
	if m == nil {
		c.add("LIMITS", "%q is not written like 5/s,1000/d.", s.Limits)
		return
	}
	cfg.PerSecond, _ = strconv.Atoi(m[1]) // the expression allows digits only
	cfg.PerDay, _ = strconv.Atoi(m[2])
}

func (c *checker) proxies(s Settings, cfg *Config) {
	for part := range strings.SplitSeq(s.TrustedProxies, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			ip, ipErr := netip.ParseAddr(part)
			if ipErr != nil {
				c.add("TRUSTED_PROXIES", "%q is neither an IP address nor a network such as 10.0.0.0/8.", part)
				continue
			}
			prefix = netip.PrefixFrom(ip, ip.BitLen())
		}
		cfg.TrustedProxies = append(cfg.TrustedProxies, prefix)
	}
}

// production refuses what would be unsafe where strangers can reach it.
func (c *checker) production(s Settings, cfg Config) {
	if !cfg.BaseURL.HTTPS() {
		c.add("BASE_URL", "production needs an https address.")
	}
	if !cfg.BankURL.HTTPS() {
		c.add("BANK_URL", "production needs an https address.")
	}
	if cfg.BankURL.Host() == cfg.BaseURL.Host() {
		c.add("BANK_URL", "in production the bank's pages need a host of their own, so that no cookie of the portal reaches them.")
	}
	if s.Keys == "" {
		c.add("KEYS", "production needs sealing keys. Make one with: echo \"k1:$(openssl rand -base64 32)\"")
	}
	if s.SMTPURL == "" {
		c.add("SMTP_URL", "production needs a mail server.")
	}
	if s.TLSCert == "" {
		c.add("TLS_CERT", "production needs the certificate of the machines' door.")
	}
	c.productionDatabase(cfg.DatabaseURL)
}

func (c *checker) productionDatabase(databaseURL string) {
	if strings.HasPrefix(databaseURL, "sqlite:") {
		c.add("DATABASE_URL", "production runs on PostgreSQL (postgres://…): a SQLite file belongs to one process.")
		return
	}
	u, err := url.Parse(databaseURL)
	if err == nil && u.Hostname() != "" && !address.LoopbackHost(u.Hostname()) && u.Query().Get("sslmode") != "verify-full" {
		c.add("DATABASE_URL", "off this machine the database is reached with sslmode=verify-full.")
	}
}

// keys reads the ring, or in development makes one on the first start and keeps it beside the database.
func (c *checker) keys(s Settings, cfg *Config) {
	text := secret.Text(s.Keys)
	if s.Keys == "" {
		var err error
		if text, cfg.KeysMade, err = developmentKeys(s.DataDir); err != nil {
			c.add("KEYS", "%s", err)
			return
		}
	}
	ring, err := secret.ParseRing(text)
	if err != nil {
		c.add("KEYS", "%s.", err)
	}
	cfg.Keys = ring
}

func developmentKeys(dir string) (secret.Text, bool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", false, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	path := filepath.Join(dir, "keys")
	fresh := secret.NewRingText("dev1")
	made, err := placeOnce(path, fresh.Reveal()+"\n")
	if err != nil {
		return "", false, fmt.Errorf("the key file cannot be made: %w", err)
	}
	if made {
		return fresh, true, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", false, fmt.Errorf("the key file cannot be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", false, fmt.Errorf("the key file %s can be read by others; run: chmod 600 %s", path, path)
	}
	body, err := os.ReadFile(path)
	return secret.Text(strings.TrimSpace(string(body))), false, err
}

// placeOnce writes a file that must not exist yet, whole or not at all; two starters end up with one file.
func placeOnce(path, content string) (made bool, err error) {
	draft, err := os.CreateTemp(filepath.Dir(path), "keys-*")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.WriteString(content)
	if err = errors.Join(err, draft.Close()); err != nil {
		return false, err
	}
	err = os.Link(draft.Name(), path)
	if errors.Is(err, os.ErrExist) {
		return false, nil
	}
	return err == nil, err
}
