package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"fairway/internal/config"
)

func TestWhatDecidesAboutLiveIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*config.Settings)
		fault  string
	}{
		"a country of three letters": {func(s *config.Settings) { s.LiveCountry = "FIN" }, "LIVE_COUNTRY"},
		"a country in small letters": {func(s *config.Settings) { s.LiveCountry = "fi" }, "LIVE_COUNTRY"},
		"a calendar of nowhere":      {func(s *config.Settings) { s.LiveCalendar = "mars" }, "LIVE_CALENDAR"},
		"a decision by lot":          {func(s *config.Settings) { s.LiveDecision = "lot" }, "LIVE_DECISION"},
		"another place":              {func(s *config.Settings) { s.LiveCountry, s.LiveCalendar, s.LiveDecision = "SE", "sweden", "two" }, ""},
	} {
		s := settings(t)
		c.change(&s)

		cfg, err := s.Check()

		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (cfg.LiveCountry != "SE" || cfg.LiveDays.Name() != "sweden" || cfg.LiveDecision != "two") {
			t.Errorf("%s: %s %s %s", name, cfg.LiveCountry, cfg.LiveDays.Name(), cfg.LiveDecision)
		}
	}
}

func TestWhereSourcesAreFetchedFromIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lists, register string
		signers         bool
		fault           string
	}{
		"nothing":                    {},
		"both":                       {lists: "https://eu.example/lotl.xml", register: "https://eba.example/api/filemetadata", signers: true},
		"lists that nobody signs":    {lists: "https://eu.example/lotl.xml", fault: "PORTAL_TRUSTED_LISTS_URL"},
		"lists in plain text":        {lists: "http://eu.example/lotl.xml", signers: true, fault: "PORTAL_TRUSTED_LISTS_URL"},
		"a register in plain text":   {register: "http://eba.example/register.zip", fault: "PORTAL_REGISTER_URL"},
		"a register with password":   {register: "https://me:secret@eba.example/register.zip", fault: "PORTAL_REGISTER_URL"},
		"a register on this machine": {register: "/var/register.zip", fault: "PORTAL_REGISTER_URL"},
	} {
		s := settings(t)
		s.ListsURL, s.RegisterURL = c.lists, c.register
		if c.signers {
			s.LOTLSigners = filepath.Join(t.TempDir(), "signers.pem")
			writeFile(t, s.LOTLSigners, certificate(t), 0o644)
		}

		cfg, err := s.Check()

		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (cfg.ListsURL != c.lists || cfg.RegisterURL != c.register) {
			t.Errorf("%s: %q and %q", name, cfg.ListsURL, cfg.RegisterURL)
		}
	}
}
