package oauth

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func FuzzAScopeNamesOneConsentOrIsExplained(f *testing.F) {
	f.Add("AIS:c150f65c-7a36-41d2-8b05-decde7e5db59 offline_access")
	f.Add("ais:C150F65C-7A36-41D2-8B05-DECDE7E5DB59")
	f.Add("PIS:1 AIS:")
	f.Fuzz(func(t *testing.T, scope string) {
		id, problem := readScope(scope)

		if (id == "") == (problem == nil) {
			t.Fatalf("%q: %q and %v", scope, id, problem)
		}
		if problem != nil {
			if strings.ContainsAny(problem.Message, "\"\\\n\x00") || len(problem.Message) > 500 {
				t.Errorf("%q: %q", scope, problem.Message)
			}
			return
		}
		if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id || !within(scope, consentScope(id)) {
			t.Errorf("%q: %q", scope, id)
		}
	})
}

func FuzzAChallengeIsTakenOnlyInItsOneForm(f *testing.F) {
	f.Add("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256")
	f.Add("5c305578f8f19b2dcdb6c3c955c0aa709782590b4642eb890b97e43917cd0f36", "S256")
	f.Fuzz(func(t *testing.T, challenge, method string) {
		problem := checkChallenge(challenge, method)

		good := method == "S256" && len(challenge) == 43 && base64url(challenge)
		if good != (problem == nil) {
			t.Errorf("%q by %q: %v", challenge, method, problem)
		}
	})
}
