package possession

import (
	"crypto"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// desk is a folder with the files that a signer has in front of him.
type desk struct {
	t   *testing.T
	dir string
}

// newDesk skips the test where OpenSSL is missing.
func newDesk(t *testing.T, key crypto.Signer, f Files, text string) desk {
	t.Helper()
	for _, program := range []string{"openssl", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: the commands that we print are not tried", program)
		}
	}
	d := desk{t, t.TempDir()}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	f = f.orUsual()
	d.write(f.Key, armour("PRIVATE KEY", der))
	d.write(f.Certificate, armour("CERTIFICATE", mustCertify(t, key)))
	d.write(f.Challenge, text)
	return d
}

func (d desk) write(name, content string) {
	d.t.Helper()
	must(d.t, os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o600))
}

// types runs a command as it is printed.
func (d desk) types(text string) string {
	d.t.Helper()
	cmd := exec.CommandContext(d.t.Context(), "sh", "-e", "-c", text)
	cmd.Dir = d.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s\n%v: %s", text, err, out)
	}
	return string(out)
}

// command finds a printed command.
func command(t *testing.T, f Files, id string) string {
	t.Helper()
	for _, c := range Commands(f) {
		if c.ID == id {
			return c.Text
		}
	}
	t.Fatalf("no command %s", id)
	return ""
}

func TestThePrintedCommandsMakeGoodSignatures(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	awkward := Files{Key: "-my key's.pem", Certificate: "seal (1).pem", Challenge: "$text.txt", Signature: "-s;.sig", Public: "p`.pub"}
	for name, key := range map[string]crypto.Signer{"RSA": rsaSeal(), "EC": ecSeal(), "EC 384": ec384()} {
		for _, f := range []Files{{}, awkward} {
			kind := KeyKind(strings.Fields(name)[0])
			d := newDesk(t, key, f, text)
			for _, c := range Commands(f) {
				if c.Purpose != Sign || !c.Fits(kind) || !strings.HasPrefix(c.ID, "openssl") {
					continue
				}
				d.types(c.Text)
				pasted := d.types(command(t, f, "encode"))

				s, m := Read(pasted)
				if m != nil {
					t.Fatalf("%s, %s: %v", name, c.ID, m)
				}
				r := Verify(text, s, of(key.Public()), nil)

				if !r.Good() || r.Ending != AsShown || len(r.Notes) != 0 || strings.Contains(r.Algorithm, "512") != (c.ID == "openssl-sha512") {
					t.Errorf("%s, %s: %+v %v", name, c.ID, r, r.Mistake)
				}
				check := map[string]string{"openssl": "check", "openssl-pkeyutl": "check", "openssl-pss": "check-pss"}[c.ID]
				if check != "" && !strings.Contains(d.types(command(t, f, check)), "Verified OK") {
					t.Errorf("%s, %s: its own check fails", name, c.ID)
				}
			}
		}
	}
}

func TestWhatPeopleDoWithOpenSSLIsUnderstood(t *testing.T) {
	t.Parallel()
	text := challenge(t)
	const dgst = "openssl dgst -sha256 -sign qseal.key "
	for what, c := range map[string]struct {
		key        crypto.Signer
		typed      string
		code, kind string // empty where it is good
	}{
		"PSS with the usual salt":     {rsaSeal(), dgst + "-sigopt rsa_padding_mode:pss challenge.txt | openssl base64", "", ""},
		"the file itself":             {rsaSeal(), dgst + "challenge.txt", "", ""},
		"hexadecimal":                 {rsaSeal(), dgst + "-hex challenge.txt", "", ""},
		"echo":                        {rsaSeal(), "echo '" + text + "' | " + dgst + "| openssl base64 -A", "", ""},
		"echo with a curve":           {ecSeal(), "echo '" + text + "' | " + dgst + "| openssl base64 -A", "", ""},
		"printf":                      {ecSeal(), "printf %s '" + text + "' | " + dgst + "| openssl base64 -A", "", ""},
		"echo without quotes":         {rsaSeal(), "(echo FAIRWAY-POP) | " + dgst, WrongText, KindCut},
		"the name":                    {rsaSeal(), "printf challenge.txt | " + dgst, WrongText, KindFileName},
		"the hash as text":            {rsaSeal(), "openssl dgst -sha256 challenge.txt | " + dgst, WrongText, KindHash},
		"the hash as bytes":           {rsaSeal(), "openssl dgst -sha256 -binary challenge.txt | " + dgst, WrongText, KindHash},
		"the hash as bytes, a curve":  {ecSeal(), "openssl dgst -sha256 -binary challenge.txt | " + dgst, WrongText, KindHash},
		"SHA-1":                       {rsaSeal(), "openssl dgst -sha1 -sign qseal.key challenge.txt", Algorithm, KindHashAlgorithm},
		"pkeyutl of the bare hash":    {rsaSeal(), "openssl dgst -sha256 -binary -out h challenge.txt; openssl pkeyutl -sign -inkey qseal.key -in h", Algorithm, KindBare},
		"pkeyutl of the named hash":   {rsaSeal(), "openssl dgst -sha256 -binary -out h challenge.txt; openssl pkeyutl -sign -inkey qseal.key -in h -pkeyopt digest:sha256", "", ""},
		"CMS":                         {rsaSeal(), "openssl cms -sign -binary -md sha256 -signer qseal.pem -inkey qseal.key -in challenge.txt -outform PEM", Format, KindCMS},
		"S/MIME":                      {rsaSeal(), "openssl smime -sign -signer qseal.pem -inkey qseal.key -in challenge.txt", Format, KindCMS},
		"only a hash":                 {rsaSeal(), "openssl dgst -sha256 challenge.txt", Length, KindHashAlone},
		"only a hash of sha256sum":    {rsaSeal(), "openssl dgst -r -sha256 challenge.txt", Length, KindHashAlone},
		"the wrong kind of signature": {ecSeal(), "openssl genrsa 2048 > other; openssl dgst -sha256 -sign other challenge.txt", Length, KindOtherSize},
	} {
		d := newDesk(t, c.key, Files{}, text)

		s, m := Read(d.types(c.typed + " 2>/dev/null"))
		if m == nil {
			m = Verify(text, s, of(c.key.Public()), nil).Mistake
		}

		if c.code != "" {
			wantMistake(t, what, m, c.code, c.kind)
		} else if m != nil {
			t.Errorf("%s: %v", what, m)
		}
	}
}
