package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"fairway/internal/config"
)

// settings are the defaults, as the command line gives them, with a data folder of the test's own.
func settings(t *testing.T) config.Settings {
	t.Helper()
	var s config.Settings
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		v.Field(i).SetString(v.Type().Field(i).Tag.Get("default"))
	}
	s.DataDir = filepath.Join(t.TempDir(), "var")
	return s
}

// production are settings that production accepts.
func production(t *testing.T) config.Settings {
	t.Helper()
	s := settings(t)
	dir := t.TempDir()
	s.TLSCert, s.TLSKey = filepath.Join(dir, "tls.pem"), filepath.Join(dir, "tls.key")
	writeFile(t, s.TLSCert, "certificate", 0o644)
	writeFile(t, s.TLSKey, "key", 0o640)
	s.Mode, s.Addr, s.APIAddr = "production", ":8080", ":8443"
	s.BaseURL, s.AuthURL = "https://developer.example.com", "https://prod.auth.example.com"
	s.APIURL, s.BankURL = "https://{environment}.api.{brand}.example.com", "https://{environment}.ui.{brand}.example.com"
	s.DatabaseURL = "postgres://fairway@db.example.com/fairway?sslmode=verify-full"
	s.Keys = "k1:Mr1pEsb9S/BBzBQqvhrBkCdgOYGgb0M+vCmSLLVdnys="
	s.SMTPURL, s.MailFrom, s.SupportEmail = "smtps://user:secret@mail.example.com", "Fairway <portal@example.com>", "support@example.com"
	return s
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, s config.Settings) config.Config {
	t.Helper()
	cfg, err := s.Check()
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// faults are the names of the settings at fault, one for each fault.
func faults(t *testing.T, s config.Settings) []string {
	t.Helper()
	_, err := s.Check()
	if err == nil {
		return nil
	}
	found, ok := errors.AsType[config.Faults](err)
	if !ok {
		t.Fatalf("%v is no list of faults", err)
	}
	var names []string
	for _, f := range found {
		name, text, _ := strings.Cut(strings.TrimPrefix(f, "PORTAL_"), ": ")
		if !strings.HasSuffix(text, ".") && !strings.Contains(text, "openssl") && !strings.Contains(text, "chmod") {
			t.Errorf("%q is no sentence", f)
		}
		names = append(names, name)
	}
	return names
}

func TestNothingNeedsToBeSetOnALaptop(t *testing.T) {
	t.Parallel()
	s := settings(t)

	cfg := check(t, s)

	for name, c := range map[string][2]string{
		"base": {cfg.BaseURL.String(), "http://localhost:8080"}, "api": {cfg.APIURL.String(), "https://localhost:8443/{environment}/{brand}"},
		"auth": {cfg.AuthURL.String(), "https://localhost:8443/auth"}, "bank": {cfg.BankURL.String(), "http://localhost:8080/bank/{environment}/{brand}"},
		"database": {cfg.DatabaseURL, "sqlite:" + filepath.Join(s.DataDir, "portal.db")}, "mode": {string(cfg.Mode), "development"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s is %s, want %s", name, c[0], c[1])
		}
	}
	if !cfg.Outbox() || !cfg.KeysMade || cfg.PerSecond != 5 || cfg.PerDay != 1000 || len(cfg.TrustedProxies) != 0 {
		t.Errorf("outbox %v, keys made %v, %d/s, %d/d, %v", cfg.Outbox(), cfg.KeysMade, cfg.PerSecond, cfg.PerDay, cfg.TrustedProxies)
	}
}

func TestAddressesFollowFromEachOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change                func(*config.Settings)
		base, bank, api, auth string
	}{
		{func(s *config.Settings) { s.Addr, s.APIAddr = ":9090", "0.0.0.0:9443" },
			"http://localhost:9090", "http://localhost:9090/bank/{environment}/{brand}", "https://localhost:9443/{environment}/{brand}", "https://localhost:9443/auth"},
		{func(s *config.Settings) { s.Addr, s.APIAddr = "[::]:9090", "[::1]:9443" },
			"http://localhost:9090", "http://localhost:9090/bank/{environment}/{brand}", "https://[::1]:9443/{environment}/{brand}", "https://[::1]:9443/auth"},
		{func(s *config.Settings) { s.BaseURL = "https://Portal.example/" },
			"https://portal.example", "https://portal.example/bank/{environment}/{brand}", "https://localhost:8443/{environment}/{brand}", "https://localhost:8443/auth"},
		{func(s *config.Settings) {
			s.BankURL, s.AuthURL = "https://{brand}.ui.example/{environment}", "https://auth.example"
		},
			"http://localhost:8080", "https://{brand}.ui.example/{environment}", "https://localhost:8443/{environment}/{brand}", "https://auth.example"},
	} {
		s := settings(t)
		c.change(&s)

		cfg := check(t, s)

		if cfg.BaseURL.String() != c.base || cfg.BankURL.String() != c.bank || cfg.APIURL.String() != c.api || cfg.AuthURL.String() != c.auth {
			t.Errorf("%s %s %s %s, want %+v", cfg.BaseURL, cfg.BankURL, cfg.APIURL, cfg.AuthURL, c)
		}
	}
}

func TestEveryFaultIsReportedAtOnceAndInOrder(t *testing.T) {
	t.Parallel()
	s := config.Settings{
		Addr: "8080", APIAddr: "localhost:x", BaseURL: "portal", APIURL: "http://api.example", AuthURL: "https://{brand}.auth.example",
		BankURL: "https://bank.example", DatabaseURL: "mysql://x", DataDir: t.TempDir(), Keys: "short", SMTPURL: "mail.example", MailFrom: "nobody", SupportEmail: "nobody",
		Mode: "prod", TLSCert: "/nowhere/tls.pem", TrustedProxies: "10.0.0.0/8,proxy,0.0.0.0/0", Limits: "5", LiveCountry: "FI", LiveCalendar: "finland", LiveDecision: "person",
	}

	first := faults(t, s)

	want := []string{"ADDR", "API_ADDR", "BASE_URL", "API_URL", "BANK_URL", "AUTH_URL", "API_URL", "TLS_CERT", "TLS_CERT", "DATABASE_URL", "SMTP_URL", "MAIL_FROM", "SUPPORT_EMAIL", "LIMITS", "TRUSTED_PROXIES", "TRUSTED_PROXIES", "MODE", "KEYS"}
	slices.Sort(want)
	sorted := slices.Sorted(slices.Values(first))
	if !slices.Equal(sorted, want) {
		t.Errorf("got  %v\nwant %v", sorted, want)
	}
	for range 20 {
		if again := faults(t, s); !slices.Equal(again, first) {
			t.Fatalf("the order changes: %v, then %v", first, again)
		}
	}
}

func TestOneFaultIsReportedOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*config.Settings)
		want   string
	}{
		"no port":                        {func(s *config.Settings) { s.Addr = "localhost" }, "ADDR"},
		"a port that is none":            {func(s *config.Settings) { s.Addr = "localhost:99999" }, "ADDR"},
		"a machine address without port": {func(s *config.Settings) { s.APIAddr = "" }, "API_ADDR"},
		"no URL":                         {func(s *config.Settings) { s.BaseURL = "localhost:8080" }, "BASE_URL"},
		"a portal with a path":           {func(s *config.Settings) { s.BaseURL = "http://localhost:8080/portal" }, "BASE_URL"},
		"a portal with a brand": {func(s *config.Settings) {
			s.BaseURL, s.BankURL = "http://{brand}.localhost", "https://b.example/{environment}/{brand}"
		}, "BASE_URL"},
		"an API without brand":         {func(s *config.Settings) { s.APIURL = "https://x.example/{environment}" }, "API_URL"},
		"an API in plain text":         {func(s *config.Settings) { s.APIURL = "http://localhost:1/{environment}/{brand}" }, "API_URL"},
		"tokens in plain text":         {func(s *config.Settings) { s.AuthURL = "http://localhost:8443/auth" }, "AUTH_URL"},
		"a bank's pages without brand": {func(s *config.Settings) { s.BankURL = "https://x.example/{environment}" }, "BANK_URL"},
		"a bank's pages in plain text": {func(s *config.Settings) { s.BankURL = "http://x.example/{environment}/{brand}" }, "BANK_URL"},
		"brands at the portal's host": {func(s *config.Settings) {
			s.BaseURL, s.BankURL = "https://portal.example", "https://{brand}.example/{environment}"
		}, "BANK_URL"},
		"an unknown database":          {func(s *config.Settings) { s.DatabaseURL = "mysql://x" }, "DATABASE_URL"},
		"a file with parameters":       {func(s *config.Settings) { s.DatabaseURL = "sqlite:x.db?mode=ro" }, "DATABASE_URL"},
		"no file":                      {func(s *config.Settings) { s.DatabaseURL = "sqlite:" }, "DATABASE_URL"},
		"a certificate without key":    {func(s *config.Settings) { s.TLSCert = "config_test.go" }, "TLS_CERT"},
		"no sender":                    {func(s *config.Settings) { s.MailFrom = "a@b\r\nBcc: c@d" }, "MAIL_FROM"},
		"a mail server without scheme": {func(s *config.Settings) { s.SMTPURL = "mail.example:25" }, "SMTP_URL"},
		"no limits":                    {func(s *config.Settings) { s.Limits = "" }, "LIMITS"},
		"limits in the sky":            {func(s *config.Settings) { s.LimitsIn = "redis" }, "LIMITS_IN"},
		"limits of nothing":            {func(s *config.Settings) { s.Limits = "0/s,1000/d" }, "LIMITS"},
		"limits the other way round":   {func(s *config.Settings) { s.Limits = "1000/d,5/s" }, "LIMITS"},
		"a proxy by name":              {func(s *config.Settings) { s.TrustedProxies = "proxy.example" }, "TRUSTED_PROXIES"},
		"everybody as proxy":           {func(s *config.Settings) { s.TrustedProxies = "::/0" }, "TRUSTED_PROXIES"},
		"an unknown mode":              {func(s *config.Settings) { s.Mode = "Production" }, "MODE"},
		"keys that are none":           {func(s *config.Settings) { s.Keys = "k1:AAAA" }, "KEYS"},
		"the portal in plain text outside": {func(s *config.Settings) {
			s.BaseURL, s.BankURL = "http://portal.example", "https://b.example/{environment}/{brand}"
		}, "BASE_URL"},
	} {
		s := settings(t)
		c.change(&s)

		if got := faults(t, s); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
		if _, err := os.Stat(filepath.Join(s.DataDir, "keys")); err == nil {
			t.Errorf("%s: keys were made although the start is refused", name)
		}
	}
}

func TestProductionStartsWithWhatTheDocumentShows(t *testing.T) {
	t.Parallel()
	cfg := check(t, production(t))

	if cfg.Mode != config.Production || cfg.Outbox() || cfg.KeysMade || cfg.Keys == nil {
		t.Errorf("mode %s, outbox %v, keys made %v", cfg.Mode, cfg.Outbox(), cfg.KeysMade)
	}
}

func TestProductionRefusesWhatIsUnsafe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*config.Settings)
		want   string
	}{
		"plain http":                        {func(s *config.Settings) { s.BaseURL = "http://localhost:8080" }, "BASE_URL"},
		"a bank in plain http":              {func(s *config.Settings) { s.BankURL = "http://bank.localhost/{environment}/{brand}" }, "BANK_URL"},
		"the bank on the portal's host":     {func(s *config.Settings) { s.BankURL = "" }, "BANK_URL"},
		"the bank on another port of it":    {func(s *config.Settings) { s.BankURL = "https://developer.example.com:8444/{environment}/{brand}" }, "BANK_URL"},
		"the bank there in capital letters": {func(s *config.Settings) { s.BankURL = "https://Developer.Example.com:443/{environment}/{brand}" }, "BANK_URL"},
		"no keys":                           {func(s *config.Settings) { s.Keys = "" }, "KEYS"},
		"a key from an example":             {func(s *config.Settings) { s.Keys = "test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" }, "KEYS"},
		"no mail server":                    {func(s *config.Settings) { s.SMTPURL = "" }, "SMTP_URL"},
		"no certificate":                    {func(s *config.Settings) { s.TLSCert, s.TLSKey = "", "" }, "TLS_CERT"},
		"SQLite":                            {func(s *config.Settings) { s.DatabaseURL = "sqlite:x.db" }, "DATABASE_URL"},
		"no database":                       {func(s *config.Settings) { s.DatabaseURL = "" }, "DATABASE_URL"},
		"a database in plain text":          {func(s *config.Settings) { s.DatabaseURL = "postgres://u@db.example/x" }, "DATABASE_URL"},
		"a database of unproved name":       {func(s *config.Settings) { s.DatabaseURL = "postgres://u@db.example/x?sslmode=require" }, "DATABASE_URL"},
		"the host among the parameters":     {func(s *config.Settings) { s.DatabaseURL = "postgres:///x?host=db.example" }, "DATABASE_URL"},
		"another host among them":           {func(s *config.Settings) { s.DatabaseURL = "postgres://localhost/x?host=db.example&sslmode=prefer" }, "DATABASE_URL"},
		"the mode twice": {func(s *config.Settings) {
			s.DatabaseURL = "postgres://db.example/x?sslmode=verify-full&sslmode=disable"
		}, "DATABASE_URL"},
	} {
		s := production(t)
		c.change(&s)

		if got := faults(t, s); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestProductionMayReachADatabaseOnItsOwnMachineWithoutTLS(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://u@localhost/x", "postgresql://127.0.0.1:5432/x", "postgres:///x?host=/var/run/postgresql", "postgres://[::1]/x"} {
		s := production(t)
		s.DatabaseURL = url

		if got := faults(t, s); got != nil {
			t.Errorf("%s: %v", url, got)
		}
	}
}

func TestAKeyOfTLSThatEverybodyReadsIsRefused(t *testing.T) {
	t.Parallel()
	for mode, want := range map[os.FileMode][]string{0o600: nil, 0o640: nil, 0o644: {"TLS_KEY"}, 0o604: {"TLS_KEY"}} {
		s := production(t)
		if err := os.Chmod(s.TLSKey, mode); err != nil {
			t.Fatal(err)
		}

		if got := faults(t, s); !slices.Equal(got, want) {
			t.Errorf("mode %o: %v, want %v", mode, got, want)
		}
	}
}

func TestKeysAreMadeOnTheFirstStartAndKept(t *testing.T) {
	t.Parallel()
	s := settings(t)

	first := check(t, s)
	second := check(t, s)

	sealed, err := first.Keys.Seal("a|b|c", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if clear, err := second.Keys.Open("a|b|c", sealed); err != nil || string(clear) != "x" || !first.KeysMade || second.KeysMade {
		t.Errorf("%q, %v; made %v, then %v", clear, err, first.KeysMade, second.KeysMade)
	}
	for path, want := range map[string]os.FileMode{s.DataDir: 0o700, filepath.Join(s.DataDir, "keys"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if files, err := os.ReadDir(s.DataDir); err != nil || len(files) != 1 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
}

func TestTwoFirstStartsAtOnceEndUpWithOneKey(t *testing.T) {
	t.Parallel()
	s := settings(t)
	var group sync.WaitGroup
	made := make([]config.Config, 8)
	for i := range made {
		group.Go(func() {
			var err error
			if made[i], err = s.Check(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}

	makers := 0
	sealed, err := made[0].Keys.Seal("p", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for i, cfg := range made {
		if cfg.KeysMade {
			makers++
		}
		if _, err := cfg.Keys.Open("p", sealed); err != nil {
			t.Errorf("starter %d has other keys", i)
		}
	}
	if makers != 1 {
		t.Errorf("%d made the keys", makers)
	}
}

func TestAKeyFileThatCannotBeTrustedIsRefused(t *testing.T) {
	t.Parallel()
	good := "k1:Mr1pEsb9S/BBzBQqvhrBkCdgOYGgb0M+vCmSLLVdnys=\n"
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want []string
	}{
		"good": {good, 0o600, nil}, "read-only": {good, 0o400, nil},
		"open to the group": {good, 0o640, []string{"KEYS"}}, "open to all": {good, 0o604, []string{"KEYS"}},
		"empty": {"", 0o600, []string{"KEYS"}}, "cut off": {good[:20], 0o600, []string{"KEYS"}},
	} {
		s := settings(t)
		if err := os.Mkdir(s.DataDir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(s.DataDir, "keys")
		writeFile(t, path, c.text, c.mode)
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}

		if got := faults(t, s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != c.text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestNeitherFaultsNorPrintsShowASecret(t *testing.T) {
	t.Parallel()
	s := production(t)
	s.SMTPURL = "http://user:CANARY@mail.example"
	s.DatabaseURL = "postgres://user:CANARY@db.example/x"
	s.Keys = "k1:CANARY"
	_, err := s.Check()
	cfg := check(t, production(t))

	if err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("the faults: %v", err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, s) + fmt.Sprintf(format, &cfg) + fmt.Sprintf(format, cfg); strings.Contains(text, "CANARY") || strings.Contains(text, "secret@") || strings.Contains(text, "Mr1p") {
			t.Errorf("%s prints %s", format, text)
		}
	}
	if text, err := json.Marshal(cfg.Keys); err != nil || strings.Contains(string(text), "Mr1p") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestProxiesAreAddressesOrNetworks(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.TrustedProxies = " 10.0.0.0/8, 192.0.2.1 ,,2001:db8::1 "

	cfg := check(t, s)

	if got := fmt.Sprint(cfg.TrustedProxies); got != "[10.0.0.0/8 192.0.2.1/32 2001:db8::1/128]" {
		t.Error(got)
	}
}
