package config

import (
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
	"fairway/internal/workdays"
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
		Addr: s.Addr, APIAddr: s.APIAddr, DataDir: s.DataDir, SMTPURL: s.SMTPURL, MailFrom: s.MailFrom, SupportEmail: s.SupportEmail,
		TLSCert: s.TLSCert, TLSKey: s.TLSKey, Mode: Mode(s.Mode), ShutdownWait: 20 * time.Second, JobsWait: 10 * time.Second,
	}
	c.addresses(s, &cfg)
	c.certificate(s)
	c.database(s, &cfg)
	c.mail(s)
	c.limits(s, &cfg)
	c.live(s, &cfg)
	c.proxies(s, &cfg)
	c.signers(s, &cfg)
	c.sources(s, &cfg)
	switch cfg.Mode {
	case Development:
	case Production:
		c.production(s, cfg)
	default:
		c.add("MODE", "%q is neither development nor production.", s.Mode)
	}
	c.keys(s, &cfg)
	if len(c.faults) > 0 {
		return Config{}, c.faults
	}
	return cfg, nil
}

// addresses reads the four addresses. What cannot be derived because something else is at fault stays empty and is not
// reported a second time.
func (c *checker) addresses(s Settings, cfg *Config) {
	people := c.listen("ADDR", s.Addr)
	machines := c.listen("API_ADDR", s.APIAddr)
	cfg.BaseURL = c.template("BASE_URL", s.BaseURL, people, "http://"+people)
	cfg.APIURL = c.template("API_URL", s.APIURL, machines, "https://"+machines+"/{environment}/{brand}")
	cfg.AuthURL = c.template("AUTH_URL", s.AuthURL, machines, "https://"+machines+"/auth")
	base := cfg.BaseURL.String()
	cfg.BankURL = c.template("BANK_URL", s.BankURL, base, base+"/bank/{environment}/{brand}")
	for _, u := range []named{{"API_URL", cfg.APIURL}, {"BANK_URL", cfg.BankURL}} {
		if text := u.String(); text != "" && (!strings.Contains(text, "{environment}") || !strings.Contains(text, "{brand}")) {
			c.add(u.name, "the template %q must hold {environment} and {brand}.", text)
		}
	}
	for _, u := range []named{{"BASE_URL", cfg.BaseURL}, {"AUTH_URL", cfg.AuthURL}} {
		if strings.Contains(u.String(), "{") {
			c.add(u.name, "%q is one address; it holds no {environment} and no {brand}.", u.String())
		}
	}
	if cfg.BaseURL.Path() != "" {
		c.add("BASE_URL", "%q must not have a path: the portal lives at the root of its host.", cfg.BaseURL.String())
	}
	c.schemes(cfg)
}

type named struct {
	name string
	address.Template
}

// schemes refuses plain text where others could read it.
func (c *checker) schemes(cfg *Config) {
	for _, u := range []named{{"API_URL", cfg.APIURL}, {"AUTH_URL", cfg.AuthURL}} {
		if u.String() != "" && !u.HTTPS() {
			c.add(u.name, "%q must start with https: machines are met over mutual TLS only.", u.String())
		}
	}
	for _, u := range []named{{"BASE_URL", cfg.BaseURL}, {"BANK_URL", cfg.BankURL}} {
		if u.String() != "" && !u.HTTPS() && !u.Loopback() {
			c.add(u.name, "%q: plain http is for names of this machine, such as localhost. Give the https address under which browsers reach it.", u.String())
		}
	}
	if strings.Contains(cfg.BankURL.Host(), "{") && cfg.BankURL.SharesHost(cfg.BaseURL) {
		c.add("BANK_URL", "%q stands for the portal's own host as well. Give the bank's pages hosts of their own.", cfg.BankURL.String())
	}
}

// listen checks a listening address and returns the host and port under which this machine reaches it.
func (c *checker) listen(name, value string) string {
	host, port, err := net.SplitHostPort(value)
	if number, portErr := strconv.Atoi(port); err != nil || portErr != nil || number < 0 || number > 65535 {
		c.add(name, "%q is not an address such as localhost:8080 or :8080.", value)
		return ""
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// template reads an address, or the one that is derived from another where that is known.
func (c *checker) template(name, value, known, derived string) address.Template {
	if value == "" {
		if known == "" {
			return address.Template{}
		}
		value = derived
	}
	t, err := address.Parse(value)
	if err != nil {
		c.add(name, "%s.", err)
	}
	return t
}

// certificate checks the files of the machines' door: both or none, and the key for few eyes.
func (c *checker) certificate(s Settings) {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		c.add("TLS_CERT", "the certificate and PORTAL_TLS_KEY are set together or not at all.")
	}
	if s.TLSCert != "" {
		if _, err := os.Stat(s.TLSCert); err != nil {
			c.add("TLS_CERT", "the file %s cannot be read.", s.TLSCert)
		}
	}
	if s.TLSKey == "" {
		return
	}
	info, err := os.Stat(s.TLSKey)
	switch {
	case err != nil:
		c.add("TLS_KEY", "the file %s cannot be read.", s.TLSKey)
	case info.Mode().Perm()&0o007 != 0:
		c.add("TLS_KEY", "the file %s can be read by everybody on this machine; run: chmod o-rwx %s", s.TLSKey, s.TLSKey)
	}
}

// mail checks what letters need. How the server is spoken to is the sender's business.
func (c *checker) mail(s Settings) {
	if _, err := netmail.ParseAddress(s.MailFrom); err != nil {
		c.add("MAIL_FROM", "%q is not an e-mail address such as Fairway <portal@bank.example>.", s.MailFrom)
	}
	if a, err := netmail.ParseAddress(s.SupportEmail); err != nil || a.Name != "" || a.Address != s.SupportEmail {
		c.add("SUPPORT_EMAIL", "%q is not an e-mail address alone, such as support@bank.example.", s.SupportEmail)
	}
	if s.SMTPURL == "" {
		return
	}
	if u, err := url.Parse(s.SMTPURL); err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		c.add("SMTP_URL", "it is written smtp://user:password@host:port or smtps://…; signs such as @ in the password as %%40.")
	}
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
	switch s.LimitsIn {
	case "memory":
	case "database":
		cfg.SharedLimits = true
		if cfg.PerSecond > maxShared {
			c.add("LIMITS", "%d a second is more than PORTAL_LIMITS_IN=database counts: at most %d.", cfg.PerSecond, maxShared)
		}
	default:
		c.add("LIMITS_IN", "%q is neither memory nor database.", s.LimitsIn)
	}
}

// live reads how organisations get into Live.
func (c *checker) live(s Settings, cfg *Config) {
	if len(s.LiveCountry) != 2 || strings.Trim(s.LiveCountry, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		c.add("LIVE_COUNTRY", "%q is no country's two capital letters, as in FI.", s.LiveCountry)
	}
	if s.LiveDecision != "person" && s.LiveDecision != "two" && s.LiveDecision != "automatic" {
		c.add("LIVE_DECISION", "%q is none of person, two and automatic.", s.LiveDecision)
	}
	days, err := workdays.Named(s.LiveCalendar)
	if err != nil {
		c.add("LIVE_CALENDAR", "%q is none of %s.", s.LiveCalendar, strings.Join(workdays.Names(), ", "))
	}
	cfg.LiveCountry, cfg.LiveDecision, cfg.LiveDays = s.LiveCountry, s.LiveDecision, days
}

// maxShared is quota.MaxShared; a test holds them together.
const maxShared = 1000

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
		if prefix.Bits() == 0 {
			c.add("TRUSTED_PROXIES", "%q believes everybody. Name the proxies in front of the portal.", part)
			continue
		}
		cfg.TrustedProxies = append(cfg.TrustedProxies, prefix)
	}
}
