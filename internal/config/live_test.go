package config_test

import (
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
