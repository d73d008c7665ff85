package config

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/url"
	"os"
)

// Bounds of the file of pinned signers: the Official Journal names fewer than ten.
const (
	maxSignersFile = 256 << 10
	maxSigners     = 50
)

// signers reads the certificates that may sign the European list of trusted lists. A file with anything else in it was
// meant for something else.
func (c *checker) signers(s Settings, cfg *Config) {
	if s.LOTLSigners == "" {
		return
	}
	text, err := readBounded(s.LOTLSigners, maxSignersFile)
	if err != nil {
		c.add("LOTL_SIGNERS", "the file %s cannot be read.", s.LOTLSigners)
		return
	}
	for len(bytes.TrimSpace(text)) > 0 {
		block, rest := pem.Decode(text)
		if block == nil || block.Type != "CERTIFICATE" || len(cfg.LOTLSigners) == maxSigners {
			c.add("LOTL_SIGNERS", "the file %s must hold whole PEM certificates and no other PEM block, at most %d.", s.LOTLSigners, maxSigners)
			return
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			c.add("LOTL_SIGNERS", "certificate %d of the file %s cannot be read.", len(cfg.LOTLSigners)+1, s.LOTLSigners)
			return
		}
		cfg.LOTLSigners, text = append(cfg.LOTLSigners, cert), rest
	}
	if len(cfg.LOTLSigners) == 0 {
		c.add("LOTL_SIGNERS", "the file %s holds no certificate.", s.LOTLSigners)
	}
}

// sources reads where the lists and the register are fetched from.
func (c *checker) sources(s Settings, cfg *Config) {
	cfg.ListsURL, cfg.RegisterURL = s.ListsURL, s.RegisterURL
	for _, a := range []struct{ name, value string }{{"TRUSTED_LISTS_URL", s.ListsURL}, {"REGISTER_URL", s.RegisterURL}} {
		if a.value == "" {
			continue
		}
		if u, err := url.Parse(a.value); err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
			c.add(a.name, "it is the https address of a file, and has no password in it.")
		}
	}
	if s.ListsURL != "" && s.LOTLSigners == "" {
		c.add("TRUSTED_LISTS_URL", "no list can be believed without PORTAL_LOTL_SIGNERS. Set both.")
	}
}

// readBounded reads a file up to a limit; what lies beyond is an error.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = os.ErrInvalid
	}
	return text, err
}
