package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
)

const (
	// MaxBrands is how many brands one installation serves: the sandbox keeps the books of as many in memory.
	MaxBrands   = 64
	maxName     = 60
	maxSummary  = 300
	maxEmail    = 254
	maxHours    = 120
	maxPosition = 999
)

// reserved are words of hosts and paths that a brand cannot be called.
var reserved = []string{
	"account", "admin", "api", "apis", "auth", "bank", "brand", "brands", "connect", "default", "dev", "docs", "environment", "healthz", "inspector",
	"internal", "live", "localhost", "login", "logout", "mail", "new", "ns", "oauth", "openapi", "playground", "portal", "preview", "prod", "production",
	"readyz", "reference", "sandbox", "signup", "smtp", "static", "status", "support", "support-desk", "test", "theme", "token", "ui", "www",
}

var (
	brandForm  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)
)

// AddBrand adds a brand that is closed in Live and offers nothing yet, in the caller's transaction. Whether its colours can
// be read is for the caller to check. The fault is that of a form, at id, name, former_name, support_email, support_hours, position and
// the colours, as in light_accent and dark_on_accent.
func AddBrand(tx db.Tx, b Brand, by string) error {
	b = b.trimmed()
	if err := CheckBrand(b); err != nil {
		return err
	}
	switch _, err := lockBrand(tx, b.ID); {
	case err == nil:
		return fault.Form(fault.Field{Name: "id", Message: "There is a brand with this id. Choose another one."})
	case !errors.Is(err, ErrUnknownBrand):
		return err
	}
	n, err := countBrands(tx)
	if err != nil {
		return err
	}
	if n >= MaxBrands {
		return fault.Form(fault.Field{Name: "id", Message: "There are 64 brands, and one installation serves no more. Set up another one."})
	}
	if err := insertBrand(tx, b); err != nil {
		return err
	}
	return changed(tx, audit.Entry{Actor: by, Act: "catalog.brand_added", Object: b.ID}, nil, b.facts())
}

// CheckBrand is what AddBrand and ChangeBrand refuse of a brand whatever others there are, for who asks before the deed.
func CheckBrand(b Brand) error {
	b = b.trimmed()
	wrong := b.check()
	if problem := checkID(b.ID); problem != "" {
		wrong = append([]fault.Field{{Name: "id", Message: problem}}, wrong...)
	}
	if len(wrong) > 0 {
		return fault.Form(wrong...)
	}
	return nil
}

// ChangeBrand changes what a brand is called and how it looks, in the caller's transaction. Its id and how its own system
// is reached stay as they are. Faults: ErrUnknownBrand, and those of AddBrand.
func ChangeBrand(tx db.Tx, b Brand, by string) error {
	b = b.trimmed()
	before, err := lockBrand(tx, b.ID)
	if err != nil {
		return err
	}
	if err := CheckBrand(b); err != nil {
		return err
	}
	if err := updateBrand(tx, b); err != nil {
		return err
	}
	return changed(tx, audit.Entry{Actor: by, Act: "catalog.brand_changed", Object: b.ID}, before.facts(), b.facts())
}

// ChangeAPI changes the name, the summary and the position of an API, in the caller's transaction; its role, its scope and
// its operations are built into the program. Faults: ErrUnknownAPI, and that of a form at name, summary and position.
func ChangeAPI(tx db.Tx, a API, by string) error {
	a.Name, a.Summary = strings.TrimSpace(a.Name), strings.TrimSpace(a.Summary)
	if err := CheckAPI(a); err != nil {
		return err
	}
	before, err := lockAPI(tx, a.ID)
	if err != nil {
		return err
	}
	if err := updateAPI(tx, a); err != nil {
		return err
	}
	return changed(tx, audit.Entry{Actor: by, Act: "catalog.api_changed", Object: a.ID}, before.facts(), a.facts())
}

// CheckAPI is what ChangeAPI refuses, for who asks before the deed.
func CheckAPI(a API) error {
	wrong := slices.Concat(checkText("name", strings.TrimSpace(a.Name), maxName), checkText("summary", strings.TrimSpace(a.Summary), maxSummary), checkPosition(a.Position))
	if len(wrong) > 0 {
		return fault.Form(wrong...)
	}
	return nil
}

// lock makes changes of the catalogue wait for one another.
func lock(tx db.Tx) error { return tx.Lock("catalog") }

// changed puts on record what was and what is, and tells every process. What stayed the same is no change.
func changed(tx db.Tx, e audit.Entry, before, after map[string]string) error {
	e.Detail = map[string]string{}
	for name, value := range after {
		if former, had := before[name]; former != value || before == nil {
			e.Detail[name] = value
			if had {
				e.Detail["former_"+name] = former
			}
		}
	}
	for name, former := range before {
		if _, has := after[name]; !has {
			e.Detail["former_"+name] = former
		}
	}
	if len(e.Detail) == 0 {
		return nil
	}
	if err := audit.Write(tx, e); err != nil {
		return err
	}
	return tx.Tell(Topic, e.Object)
}

func (b Brand) facts() map[string]string {
	facts := map[string]string{"name": b.Name, "former_name": b.FormerName, "support_email": b.SupportEmail, "support_hours": b.SupportHours, "position": strconv.Itoa(b.Position)}
	for scheme, p := range map[string]Palette{"light": b.Colours.Light, "dark": b.Colours.Dark} {
		colours, _ := json.Marshal(p) // five texts
		facts[scheme] = string(colours)
	}
	return facts
}

func (a API) facts() map[string]string {
	return map[string]string{"name": a.Name, "summary": a.Summary, "position": strconv.Itoa(a.Position)}
}

func (b Brand) trimmed() Brand {
	for _, text := range []*string{&b.ID, &b.Name, &b.FormerName, &b.SupportEmail, &b.SupportHours} {
		*text = strings.TrimSpace(*text)
	}
	for _, p := range []*Palette{&b.Colours.Light, &b.Colours.Dark} {
		for _, colour := range []*string{&p.Accent, &p.AccentHover, &p.AccentSubtle, &p.OnAccent, &p.Link} {
			*colour = strings.ToLower(strings.TrimSpace(*colour))
		}
	}
	return b
}

func (b Brand) check() []fault.Field {
	wrong := checkText("name", b.Name, maxName)
	if b.FormerName != "" {
		wrong = append(wrong, checkText("former_name", b.FormerName, maxName)...)
	}
	if at, err := mail.ParseAddress(b.SupportEmail); err != nil || at.Address != b.SupportEmail || len(b.SupportEmail) > maxEmail {
		wrong = append(wrong, fault.Field{Name: "support_email", Message: "Enter an e-mail address, such as openbanking@bank.example. The bank's pages show it."})
	}
	if b.SupportHours != "" {
		wrong = append(wrong, checkText("support_hours", b.SupportHours, maxHours)...)
	}
	wrong = append(wrong, checkPosition(b.Position)...)
	for _, scheme := range []string{"light", "dark"} {
		colours := b.Colours.Named(scheme)
		for _, name := range slices.Sorted(maps.Keys(colours)) {
			if !colourForm.MatchString(colours[name]) {
				wrong = append(wrong, fault.Field{Name: scheme + "_" + name, Message: "Write the colour as # and six hexadecimal digits: #1d4ed8."})
			}
		}
	}
	return wrong
}

// Named are the colours of the "light" or the "dark" scheme by their names in rows and forms, as in "on_accent".
func (c Colours) Named(scheme string) map[string]string {
	p := c.Light
	if scheme == "dark" {
		p = c.Dark
	}
	return map[string]string{"accent": p.Accent, "accent_hover": p.AccentHover, "accent_subtle": p.AccentSubtle, "on_accent": p.OnAccent, "link": p.Link}
}

func checkID(id string) string {
	switch {
	case len(id) < 2 || len(id) > 30 || !brandForm.MatchString(id):
		return "Enter 2 to 30 lower-case letters, digits and single hyphens, with a letter first, such as alisa."
	case slices.Contains(reserved, id):
		return fmt.Sprintf("%q has a meaning of its own in hosts and paths. Choose another id.", id)
	}
	return ""
}

func checkText(field, text string, most int) []fault.Field {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return []fault.Field{{Name: field, Message: "Enter a text."}}
	case n > most:
		return []fault.Field{{Name: field, Message: "Use " + strconv.Itoa(most) + " characters at most."}}
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return []fault.Field{{Name: field, Message: "Use letters, digits and signs that are seen, on one line."}}
	}
	return nil
}

func checkPosition(n int) []fault.Field {
	if n < 1 || n > maxPosition {
		return []fault.Field{{Name: "position", Message: "Enter a whole number from 1 to 999. Lists begin with the lowest."}}
	}
	return nil
}
