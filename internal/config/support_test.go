package config_test

import (
	"slices"
	"testing"

	"fairway/internal/config"
)

func TestTheSupportAddressIsOneThatPeopleCanWriteTo(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"support@bank.example": true, "": false, "nobody": false, "Support <support@bank.example>": false, "a@b\r\nBcc: c@d": false, " support@bank.example": false,
	} {
		s := settings(t)
		s.SupportEmail = address

		if got := faults(t, s); (got == nil) != good || (!good && !slices.Equal(got, []string{"SUPPORT_EMAIL"})) {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestProductionNeedsASupportAddressThatIsNotOfThisMachine(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{"support@bank.example": true, "support@localhost": false, "support@portal.localhost": false} {
		s := production(t)
		s.SupportEmail = address

		if got := faults(t, s); (got == nil) != good {
			t.Errorf("%q: %v", address, got)
		}
	}
	if cfg := check(t, settings(t)); cfg.SupportEmail != "support@localhost" || cfg.Mode != config.Development {
		t.Errorf("development: %q", cfg.SupportEmail)
	}
}
