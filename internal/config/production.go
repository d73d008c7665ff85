package config

import (
	"net/url"
	"strings"

	"fairway/internal/address"
)

// production refuses what would be unsafe where strangers can reach it.
func (c *checker) production(s Settings, cfg Config) {
	for _, u := range []named{{"BASE_URL", cfg.BaseURL}, {"BANK_URL", cfg.BankURL}} {
		if u.String() != "" && !u.HTTPS() {
			c.add(u.name, "production needs an https address.")
		}
	}
	if cfg.BankURL.String() != "" && cfg.BankURL.SharesHost(cfg.BaseURL) {
		c.add("BANK_URL", "in production the bank's pages need a host of their own, whatever the port, so that no cookie of the portal reaches them.")
	}
	if s.Keys == "" {
		c.add("KEYS", "production needs sealing keys. Make one with: echo \"k1:$(openssl rand -base64 32)\"")
	}
	if s.SMTPURL == "" {
		c.add("SMTP_URL", "production needs a mail server.")
	}
	if _, host, _ := strings.Cut(s.SupportEmail, "@"); address.LoopbackHost(host) {
		c.add("SUPPORT_EMAIL", "production needs the address under which people reach your support.")
	}
	if s.TLSCert == "" {
		c.add("TLS_CERT", "production needs the certificate of the machines' door.")
	}
	c.productionDatabase(cfg.DatabaseURL)
}

// productionDatabase wants PostgreSQL, and off this machine a server that proves who it is. The host may stand in the
// parameters too, where the last one counts.
func (c *checker) productionDatabase(databaseURL string) {
	if strings.HasPrefix(databaseURL, "sqlite:") {
		c.add("DATABASE_URL", "production runs on PostgreSQL (postgres://…): a SQLite file belongs to one process.")
		return
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		return
	}
	hosts := append([]string{u.Hostname()}, u.Query()["host"]...)
	modes := u.Query()["sslmode"]
	for _, host := range hosts {
		if host == "" || strings.HasPrefix(host, "/") || address.LoopbackHost(host) {
			continue
		}
		if len(modes) != 1 || modes[0] != "verify-full" {
			c.add("DATABASE_URL", "off this machine the database is reached with sslmode=verify-full.")
			return
		}
	}
}
