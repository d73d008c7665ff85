// Package config turns flags and the environment into one checked struct, and names every fault at once. Only
// the program's entrance imports it.
package config

import (
	"crypto/x509"
	"fmt"
	"io"
	"net/netip"
	"time"

	"fairway/internal/address"
	"fairway/internal/secret"
	"fairway/internal/workdays"
)

// Mode says how strict the program is with itself.
type Mode string

// Development allows plain http, a local outbox and keys made on the first start; Production refuses what is unsafe.
const (
	Development Mode = "development"
	Production  Mode = "production"
)

// Settings are the flags as they are typed; the environment variable of each is PORTAL_ and the flag's name.
type Settings struct {
	Addr           string `name:"addr" default:"localhost:8080" help:"Where the portal listens for browsers."`
	APIAddr        string `name:"api-addr" default:"localhost:8443" help:"Where the bank APIs and the token endpoint listen for mutual TLS."`
	BaseURL        string `name:"base-url" help:"The portal's own address, as browsers see it. Default: from --addr."`
	APIURL         string `name:"api-url" help:"Template of the bank APIs' addresses, with {environment} and {brand}. Default: from --api-addr."`
	AuthURL        string `name:"auth-url" help:"Address of the token endpoint and the authorisation server's metadata. Default: from --api-addr."`
	BankURL        string `name:"bank-url" help:"Template of the bank's pages for its customers, with {environment} and {brand}. Default: from --base-url."`
	DatabaseURL    string `name:"database-url" help:"sqlite:FILE or postgres://… Default: portal.db in the data folder."`
	DataDir        string `name:"data-dir" default:"./var" help:"Folder for the database, the keys of a first start and, in development, the demonstration provider."`
	Keys           string `name:"keys" help:"Sealing keys as id:base64,…; the first seals, all open. Default in development: made on the first start and kept in the data folder."`
	SMTPURL        string `name:"smtp-url" help:"smtp://user:password@host:port or smtps://… Default in development: the local outbox."`
	MailFrom       string `name:"mail-from" default:"Fairway <portal@localhost>" help:"Sender of the portal's letters."`
	SupportEmail   string `name:"support-email" default:"support@localhost" help:"Where people ask for help: letters, pages and the documentation name it."`
	Mode           string `name:"mode" default:"development" help:"development or production, which refuses what is unsafe."`
	TLSCert        string `name:"tls-cert" help:"PEM file with the certificate chain of the machines' door, read again when it changes. Default in development: issued by the sandbox's own authority."`
	TLSKey         string `name:"tls-key" help:"PEM file with the key of --tls-cert."`
	TrustedProxies string `name:"trusted-proxies" help:"Addresses or networks whose X-Forwarded-For is believed, separated by commas. Default: none."`
	LiveCountry    string `name:"live-country" default:"FI" help:"Country of the banks, as ISO 3166-1 has it: an authority's register must grant the service there."`
	LiveCalendar   string `name:"live-calendar" default:"finland" help:"Whose working days count for decisions about Live: finland, aland, sweden or target."`
	LiveDecision   string `name:"live-decision" default:"person" help:"Who lets organisations into Live: person, two (a second person approves) or automatic, where every check passed."`
	Limits         string `name:"limits" default:"5/s,1000/d" help:"Requests an app may send: a second and a UTC day."`
	LimitsIn       string `name:"limits-in" default:"memory" help:"Where requests are counted: memory for one process, database for several that share one."`
	LOTLSigners    string `name:"lotl-signers" help:"PEM file with the certificates that may sign the EU list of trusted lists. Default: none, and no list can be imported."`
	ListsURL       string `name:"trusted-lists-url" help:"https address of the EU list of trusted lists: it and the lists that it names are fetched each day. Default: none, lists come in by command."`
	RegisterURL    string `name:"register-url" help:"https address of the EBA's register as a ZIP, or of its description: it is fetched each day. Default: none, the register comes in by command."`
}

// Config is the checked configuration.
type Config struct {
	Addr, APIAddr     string
	BaseURL, AuthURL  address.Template
	APIURL, BankURL   address.Template
	DatabaseURL       string
	DataDir           string
	Keys              *secret.Ring
	SMTPURL, MailFrom string
	// SupportEmail is where people ask for help.
	SupportEmail    string
	Mode            Mode
	TLSCert, TLSKey string
	TrustedProxies  []netip.Prefix
	// LiveCountry is where the register must grant a service; LiveDecision is person, two or automatic.
	LiveCountry, LiveDecision string
	// LiveDays are the working days that count.
	LiveDays          workdays.Calendar
	PerSecond, PerDay int
	// SharedLimits says that the requests of all processes are counted together, in the database.
	SharedLimits bool
	// LOTLSigners are the pinned certificates that may sign the European list of trusted lists.
	LOTLSigners []*x509.Certificate
	// ListsURL and RegisterURL are where the trusted lists and the register are fetched from; empty where they are not.
	ListsURL, RegisterURL  string
	KeysMade               bool
	ShutdownWait, JobsWait time.Duration
}

// Format hides the configuration from fmt, since it holds passwords.
func (Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[configuration]") }

// Format hides the settings from fmt, since they hold keys and passwords.
func (Settings) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[settings]") }

// Outbox reports whether letters are kept locally instead of being sent.
func (c Config) Outbox() bool { return c.SMTPURL == "" && c.Mode == Development }
