package script_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fairway/internal/qcert"
	"fairway/internal/script"
)

// applicants are what certificates of an organisation say.
func applicants(name string) (qwac, seal qcert.Profile) {
	qwac = qcert.Profile{Kind: qcert.QWAC, Country: "FI", Organization: qcert.SandboxName(name), OrganizationIdentifier: qcert.SandboxIdentifier("A1B2C3D4E5"),
		CommonName: "tpp-x1y2.tpp.sandbox.invalid", DNSNames: []string{"tpp-x1y2.tpp.sandbox.invalid"}, Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI, qcert.RoleIC},
		NCAName: qcert.SandboxAuthorityName, NCAID: qcert.SandboxAuthority}
	seal = qwac
	seal.Kind, seal.DNSNames, seal.CommonName = qcert.QSealC, nil, qcert.SandboxName(name)+" eSeal"
	return qwac, seal
}

func TestTheScriptMakesRequestsThatPassEveryRule(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("there is no openssl on this machine")
	}
	for _, name := range []string{"Example Oy", `O'Brien & "Söhne" $HOME #1 \ Co`, "Ääkköset, Ltd. = 100 %"} {
		dir := t.TempDir()
		qwac, seal := applicants(name)
		text := script.Keys(qwac, seal, 2048)
		run := exec.CommandContext(t.Context(), "sh")
		run.Dir, run.Stdin = dir, strings.NewReader(text)

		out, err := run.CombinedOutput()

		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		for file, p := range map[string]qcert.Profile{"qwac.csr": qwac, "qseal.csr": seal} {
			data, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			request, _, err := qcert.ReadRequest(data)
			if err != nil {
				t.Fatal(err)
			}
			if found := qcert.LintRequest(request, p); len(found) > 0 {
				t.Errorf("%s, %s: %+v", name, file, found)
			}
		}
		again := exec.CommandContext(t.Context(), "sh")
		again.Dir, again.Stdin = dir, strings.NewReader(text)
		if out, err := again.CombinedOutput(); err == nil || !strings.Contains(string(out), "qwac.key is here already") {
			t.Errorf("keys are written over: %s", out)
		}
	}
}
