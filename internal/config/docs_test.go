package config_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/config"
)

var settingRow = regexp.MustCompile("(?m)^\\| `(PORTAL_[A-Z_]+)` \\| `--([a-z-]+)` \\| (.+?) \\| (.+?) \\|$")

// documented is what docs/configuration.md says about a setting.
type documented struct{ flag, otherwise, meaning string }

func readDocument(t *testing.T) map[string]documented {
	t.Helper()
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]documented{}
	for _, m := range settingRow.FindAllStringSubmatch(string(text), -1) {
		if _, twice := rows[m[1]]; twice {
			t.Errorf("%s is documented twice", m[1])
		}
		rows[m[1]] = documented{flag: m[2], otherwise: m[3], meaning: m[4]}
	}
	return rows
}

func TestTheDocumentHasEverySettingWithItsFlagItsVariableAndItsDefault(t *testing.T) {
	t.Parallel()
	rows := readDocument(t)
	settings := reflect.TypeFor[config.Settings]()
	for i := range settings.NumField() {
		tag := settings.Field(i).Tag
		flag := tag.Get("name")
		variable := "PORTAL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
		row, ok := rows[variable]
		delete(rows, variable)

		if !ok || row.flag != flag {
			t.Errorf("docs/configuration.md does not document %s with --%s", variable, flag)
			continue
		}
		if fallback := tag.Get("default"); fallback != "" && row.otherwise != "`"+fallback+"`" {
			t.Errorf("%s: the document says %s, the default is %s", variable, row.otherwise, fallback)
		} else if fallback == "" && regexp.MustCompile("^`[^`]*`$").MatchString(row.otherwise) {
			t.Errorf("%s: the document says %s, but there is no fixed default", variable, row.otherwise)
		}
		if len(row.meaning) < 20 {
			t.Errorf("%s: the document does not say what it means", variable)
		}
	}
	for variable := range rows {
		t.Errorf("docs/configuration.md documents %s, which does not exist", variable)
	}
}

// The addresses that the document calls the defaults are those that the program derives.
func TestTheDocumentNamesTheAddressesThatAreDerived(t *testing.T) {
	t.Parallel()
	rows := readDocument(t)
	cfg, err := config.Settings{Addr: "localhost:8080", APIAddr: "localhost:8443", DataDir: t.TempDir(), MailFrom: "Fairway <portal@localhost>", SupportEmail: "support@localhost",
		Mode: "development", Limits: "5/s,1000/d", LimitsIn: "memory", LiveCountry: "FI", LiveCalendar: "finland", LiveDecision: "person"}.Check()
	if err != nil {
		t.Fatal(err)
	}

	for variable, derived := range map[string]string{"PORTAL_API_URL": cfg.APIURL.String(), "PORTAL_AUTH_URL": cfg.AuthURL.String(), "PORTAL_BANK_URL": cfg.BankURL.String()} {
		if !strings.Contains(rows[variable].meaning, "`"+derived+"`") {
			t.Errorf("%s: the document does not name %s", variable, derived)
		}
	}
}

// The example of the document is a configuration that production accepts.
func TestTheProductionExampleIsAccepted(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "## A production start")
	values := map[string]string{}
	for _, m := range regexp.MustCompile(`PORTAL_([A-Z_]+)=('[^']*'|"[^"]*"|\S+)`).FindAllStringSubmatch(example, -1) {
		values[strings.ToLower(strings.ReplaceAll(m[1], "_", "-"))] = strings.Trim(m[2], `'"`)
	}
	values["keys"] = production(t).Keys
	if values["tls-cert"] == "" || values["tls-key"] == "" {
		t.Error("the example names no certificate")
	}
	values["tls-cert"], values["tls-key"] = production(t).TLSCert, production(t).TLSKey
	values["smtp-url"] = "smtps://portal:secret@mail.example.com:465"
	values["limits"], values["limits-in"] = "5/s,1000/d", "memory"
	values["live-country"], values["live-calendar"], values["live-decision"] = "FI", "finland", "person"
	var s config.Settings
	for i, v := 0, reflect.ValueOf(&s).Elem(); i < v.NumField(); i++ {
		v.Field(i).SetString(values[v.Type().Field(i).Tag.Get("name")])
	}
	s.DataDir = t.TempDir()

	if _, err := s.Check(); err != nil {
		t.Errorf("%v", err)
	}
}
