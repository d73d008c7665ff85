package house

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// places are the folders and hosts of one machine, which mean nothing on another.
type places struct {
	folders *regexp.Regexp
	hosts   []string
}

// settings are lines that point a package manager somewhere. The machine's own settings decide that. The
// pattern is written so that it does not match itself.
var settings = regexp.MustCompile(`(?i)("resol` + `ved"\s*:\s*"https?:|--regis` + `try\b|\bindex-` + `url\b|` +
	`\b(registry|GOPROXY)\s*[:?]?[=:]\s*["']?https?:)`)

func (m places) named(t tree) []finding {
	var out []finding
	for _, f := range t.sorted() {
		if noProse(f.path) {
			continue
		}
		for n, line := range f.lines {
			if found := m.folders.FindString(line); found != "" {
				out = append(out, f.line(n, "names the folder %q of one machine", strings.TrimSpace(found)))
			}
			if settings.MatchString(line) {
				out = append(out, f.line(n, "points a package manager to a registry"))
			}
			for _, host := range m.hosts {
				if strings.Contains(line, host) {
					out = append(out, f.line(n, "names a registry's host"))
				}
			}
		}
	}
	return out
}

// thisMachine reads where its packages come from and where its homes are.
func thisMachine() places {
	folders := []string{`root`, `work`, `home/[a-z][a-z0-9_-]*`, `Users/[A-Za-z]+`}
	if home, err := os.UserHomeDir(); err == nil && strings.Count(home, "/") > 1 {
		folders = append(folders, regexp.QuoteMeta(strings.Trim(home, "/")))
	}
	return places{
		folders: regexp.MustCompile(`(?:^|[^\w./~})-])/(?:` + strings.Join(folders, "|") + `)/`),
		hosts:   registries(),
	}
}

// registries are the hosts of the tools' defaults, of the environment and of the tools' own files.
func registries() []string {
	hosts := []string{"proxy." + "golang.org", "sum." + "golang.org", "registry." + "npmjs.org"}
	texts := []string{os.Getenv("GOPROXY"), os.Getenv("npm_config_registry"), os.Getenv("NPM_CONFIG_REGISTRY")}
	home, _ := os.UserHomeDir()     // without a home there are no files in it
	config, _ := os.UserConfigDir() // the same
	for _, p := range []string{filepath.Join(config, "go", "env"), filepath.Join(home, ".npmrc")} {
		text, _ := os.ReadFile(p) // most machines have none
		texts = append(texts, string(text))
	}
	for _, address := range regexp.MustCompile(`https?://[^\s,|"']+`).FindAllString(strings.Join(texts, "\n"), -1) {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

func TestTheSourceNamesNoMachine(t *testing.T) {
	invented := places{thisMachine().folders, []string{"packages.exam" + "ple"}}
	hold(t, all(invented.named, thisMachine().named),
		"Write paths relative to the checkout, and let each machine's own settings say where packages come from. "+
			"For npm: npm config set omit-lockfile-registry-resolved true, then write the lock file again.",
		[]sources{
			{"Makefile": "X = /ro" + "ot/go/bin\n"},
			{"README.md": "See `/wor" + "k/data`.\n"},
			{"docs/a.md": "cd /home/ai" + "no/fairway\n"},
			{"docs/a.md": "from packages.exam" + "ple\n"},
			{"package-lock.json": `"resolved"` + `: "https://other.example/a.tgz"` + "\n"},
			{".npmrc": "registry" + "=https://other.example/\n"},
			{"scripts/a": "GOPROXY" + "=https://other.example go build\n"},
		},
		[]sources{
			{"README.md": "https://fairway.example/work/ and ./work/x and ~/root/x\n"},
			{"Makefile": "GOPROXY ?= off\n"},
		})
}

// step is a migration's file name.
var step = regexp.MustCompile(`^(\d+)_[a-z0-9_]+\.sql$`)

func migrationsAgree(t tree) []finding {
	var out []finding
	names := map[string][]string{}
	for _, f := range t.sorted() {
		dir, dialect := path.Split(f.folder())
		if dir != "migrations/" {
			continue
		}
		name := path.Base(f.path)
		if m := step.FindStringSubmatch(name); m == nil {
			out = append(out, f.line(1, "is not named NNNNN_what.sql"))
		} else if want := fmt.Sprintf("%05d", len(names[dialect])+1); m[1] != want {
			out = append(out, f.line(1, "has the number %s, want %s", m[1], want))
		}
		names[dialect] = append(names[dialect], name)
		if first, _, _ := strings.Cut(f.text, "\n"); !strings.HasPrefix(first, "-- ") || strings.HasPrefix(first, "-- +goose") {
			out = append(out, f.line(1, "does not open with a comment that says why"))
		}
	}
	if !slices.Equal(names["sqlite"], names["postgres"]) {
		out = append(out, finding{"migrations", 0,
			fmt.Sprintf("the folders differ: sqlite %v, postgres %v", names["sqlite"], names["postgres"])})
	}
	return out
}

func TestBothDatabasesHaveTheSameMigrations(t *testing.T) {
	const sound = "-- Boats, because people sail.\n-- +goose Up\n"
	both := func(name, text string) sources {
		return sources{"migrations/sqlite/" + name: text, "migrations/postgres/" + name: text}
	}
	hold(t, migrationsAgree,
		"`make migrate-new name=what` writes both files; each opens with a comment that says why.",
		[]sources{
			{"migrations/sqlite/00001_boats.sql": sound},
			{"migrations/sqlite/00001_boats.sql": sound, "migrations/postgres/00001_ships.sql": sound},
			both("00002_boats.sql", sound),
			both("boats.sql", sound),
			both("00001_boats.sql", "-- +goose Up\n"),
			both("00001_boats.sql", "CREATE TABLE boats (id TEXT);\n"),
		},
		[]sources{both("00001_boats.sql", sound)})
}
