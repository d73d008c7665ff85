package apps_test

import (
	"errors"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/secret"
)

func TestAKeyIsRememberedOnceItWasLookedUp(t *testing.T) {
	eachDesk(t, func(t *testing.T, d desk) {
		_, issued := d.mustCreate("Buddy")
		invented := secret.Token("sbx_ak_")

		before := d.Remembers(issued.APIKey)
		opens := d.opens(issued.APIKey)
		_, err := d.ByAPIKey(t.Context(), invented)

		if before || !opens || !d.Remembers(issued.APIKey) {
			t.Errorf("before %v, opens %v, after %v", before, opens, d.Remembers(issued.APIKey))
		}
		if !errors.Is(err, apps.ErrAPIKey) || d.Remembers(invented) || d.Remembers("") || d.Remembers("sbx_ak_short") {
			t.Errorf("a key of nobody's is remembered, %v", err)
		}
	})
}
