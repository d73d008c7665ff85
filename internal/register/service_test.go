package register

import (
	"testing"

	"fairway/internal/qcert"
)

func TestAServiceIsToldInWordsWithItsCodeBehind(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"PS_080": "account information (PS_080)", "PS_05B": "acquiring of payment transactions (PS_05B)", "PS_999": "PS_999", "": ""} {
		if got := ServiceText(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

func TestTheServicesOfRolesHaveTheNamesOfTheDictionary(t *testing.T) {
	t.Parallel()
	for _, role := range []qcert.Role{qcert.RoleAI, qcert.RolePI, qcert.RoleIC} {
		if s := services[role]; s.code == "" || serviceNames[s.code] != s.name {
			t.Errorf("%s: %q here, %q in the dictionary", role, s.name, serviceNames[s.code])
		}
	}
}
