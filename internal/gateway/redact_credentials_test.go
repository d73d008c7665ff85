package gateway

import (
	"strings"
	"testing"
)

func TestATokenWithoutItsSchemeIsStillASecret(t *testing.T) {
	t.Parallel()
	const token = "sbx_at_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
	for value, want := range map[string]string{
		"Bearer " + token: "Bearer sbx_at_0123…", "bearer " + token: "bearer sbx_at_0123…", token: "sbx_at_0123…", token + " x": "sbx_at_0123…", " " + token: "", "Bearer  " + token: "",
		"Token " + token: "", "Bearer": "Bearer …", "Basic Zm9vOmJhcg==": "Basic …",
	} {
		got := redact("Authorization", value, "")

		if want != "" && got != want || strings.Contains(got, "01234") {
			t.Errorf("%q is kept as %q, want %q", value, got, want)
		}
	}
}
