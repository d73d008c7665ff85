package backoffice

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/certview"
	"fairway/internal/enrolments"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

func part(id, title, lead, none string, columns ...string) page.PartView {
	p := page.PartView{Section: ui.SectionView{ID: id, Title: title, Lead: lead}, Table: ui.TableView{Caption: title}, Empty: none}
	for _, c := range columns {
		p.Table.Columns = append(p.Table.Columns, ui.Column{Text: c})
	}
	return p
}

func text(t string) page.Cell { return page.Cell{Text: or(t)} }
func code(t string) page.Cell { return page.Cell{Text: or(t), Mono: true} }
func badge(tone ui.Tone, t string) page.Cell {
	return page.Cell{Text: t, Tone: tone, Badge: true}
}

func at(t time.Time) page.Cell {
	if t.IsZero() {
		return page.Cell{Text: none}
	}
	return page.Cell{Text: stamp(t), ISO: t.UTC().Format(time.RFC3339)}
}

func peoplePart(d *tppFile) page.PartView {
	p := part("people", "People", "", "Nobody is left.", "E-mail address", "Role", "Address", "Last sign-in", "Account")
	for _, m := range d.people {
		p.Rows = append(p.Rows, []page.Cell{
			{Text: m.Email, Href: personPath(d.organisation.ID, m.ID)}, text(m.Membership), confirmed(m), at(m.LastSignIn), standing(m),
		})
	}
	return p
}

func confirmed(m accounts.Member) page.Cell {
	if m.VerifiedAt.IsZero() {
		return badge(ui.Warn, "Not confirmed")
	}
	return badge(ui.OK, "Confirmed")
}

func standing(m accounts.Member) page.Cell {
	c := badge(ui.OK, "Open")
	switch {
	case !m.DisabledAt.IsZero():
		c.Tone, c.Text, c.Note = ui.Bad, "Closed", "since "+stamp(m.DisabledAt)
	case !m.LockedUntil.IsZero():
		c.Tone, c.Text, c.Note = ui.Bad, "Locked", "until "+stamp(m.LockedUntil)
	case !m.SlowedUntil.IsZero():
		c.Tone, c.Text, c.Note = ui.Warn, "Slowed down", "until "+stamp(m.SlowedUntil)
	}
	return c
}

func certificatesPart(d *tppFile) page.PartView {
	p := part("certificates", "Certificates", "", "It has no certificates.", "Certificate", "Environment", "State", "Expires", "Serial number", "SHA-256")
	for _, env := range catalog.Environments() {
		for _, s := range d.sets[env] {
			for _, c := range s.Certificates() {
				p.Rows = append(p.Rows, []page.Cell{text(setKind(s, c)), text(env.Name()), setState(d.now, s, c), at(c.X509.NotAfter), code(c.Serial), code(c.Thumbprint)})
			}
		}
	}
	for _, e := range d.enrolments {
		for _, u := range []*enrolments.Upload{e.QWAC, e.QSeal} {
			if u != nil {
				p.Rows = append(p.Rows, []page.Cell{text(certview.Kind(u.Info.Kind)), text(catalog.Live.Name()), liveState(e.State), at(u.Cert.NotAfter),
					code(strings.ToUpper(u.Cert.SerialNumber.Text(16))), code(u.Info.SHA256)})
			}
		}
	}
	return p
}

// setKind is what a certificate of a set is called: where the organisation keeps its keys the playground has one to itself.
func setKind(s certs.Set, c certs.Certificate) string {
	if s.Playground != nil && s.Playground.ID == c.ID {
		return certview.Kind(c.Kind) + " of the playground"
	}
	return certview.Kind(c.Kind)
}

func setState(now time.Time, s certs.Set, c certs.Certificate) page.Cell {
	switch {
	case s.Status == certs.Replaced:
		return badge(ui.Plain, "Replaced")
	case c.RevokedAt != nil:
		return badge(ui.Bad, "Revoked")
	case now.After(c.X509.NotAfter):
		return badge(ui.Bad, "Expired")
	}
	return badge(ui.OK, "Active")
}

func liveState(s enrolments.State) page.Cell {
	words := strings.ToUpper(string(s)[:1]) + string(s)[1:]
	switch s {
	case enrolments.Approved:
		return badge(ui.OK, words)
	case enrolments.Rejected, enrolments.Suspended:
		return badge(ui.Bad, words)
	case enrolments.Submitted, enrolments.Question:
		return badge(ui.Note, words)
	}
	return badge(ui.Plain, words)
}

func appsPart(d *tppFile) page.PartView {
	p := part("apps", "Apps", "Of secrets and keys only the last characters are known.", "It has no app.", "App", "Environment", "Client id", "Secrets and keys in use", "Created")
	for _, a := range d.apps {
		p.Rows = append(p.Rows, []page.Cell{text(a.Name), text(a.Environment.Name()), code(a.ClientID), text(credentials(a)), at(a.CreatedAt)})
	}
	return p
}

func credentials(a apps.App) string {
	var list []string
	for _, c := range a.Credentials {
		words := map[apps.Kind]string{apps.ClientSecret: "client secret", apps.APIKey: "API key"}[c.Kind] + " …" + c.Hint
		if c.Playground {
			words += " of the playground"
		}
		if c.LastUsedAt != nil {
			words += ", used " + stamp(*c.LastUsedAt)
		}
		if c.ExpiresAt != nil {
			words += ", ends " + stamp(*c.ExpiresAt)
		}
		list = append(list, words)
	}
	return strings.Join(list, "; ")
}

func connectionsPart(d *tppFile) page.PartView {
	p := part("connections", "Connections", "", "No app is connected to an API.", "App", "Brand", "API", "Since")
	for _, a := range d.apps {
		for _, c := range a.Connections {
			p.Rows = append(p.Rows, []page.Cell{text(a.Name), text(c.Brand), text(c.API), at(c.CreatedAt)})
		}
	}
	return p
}

func refusalsPart(d *tppFile) page.PartView {
	p := part("errors", "Errors", fmt.Sprintf("Among the last %d requests, by code.", callsShown), "None of its last requests was refused.", "Code", "Times", "Last", "Request")
	p.Table.Columns[1].Number = true
	for _, g := range refusals(d.calls) {
		p.Rows = append(p.Rows, []page.Cell{code(g.code), {Text: strconv.Itoa(g.n), Number: true}, at(g.last.At), {Text: "Open the last", Href: callPath(g.last.ID)}})
	}
	return p
}

func callsPart(d *tppFile) page.PartView {
	p := part("requests", "Requests", fmt.Sprintf("The last %d. Requests are kept for 30 days.", callsShown), "It sent no request in the last 30 days.", "Request", "Time", "Answer", "App", "X-Request-ID")
	for _, call := range d.calls {
		p.Rows = append(p.Rows, []page.Cell{
			{Text: callview.Name(call), Href: callPath(call.ID)}, at(call.At), badge(ui.StatusTone(call.Status), statusOf(call)), text(appName(d.apps, call.AppID)), code(call.RequestID),
		})
	}
	return p
}

func appName(list []apps.App, id string) string {
	for _, a := range list {
		if a.ID == id {
			return a.Name
		}
	}
	return ""
}

func livePart(d *tppFile) page.PartView {
	p := part("live", "Reviews for Live", "", "It has not handed in anything for Live.", "Submission", "State", "Begun", "Submitted", "Due", "Decided")
	for _, e := range d.enrolments {
		state := liveState(e.State)
		if e.State == enrolments.Rejected || e.State == enrolments.Suspended {
			state.Note = e.Reason
		}
		p.Rows = append(p.Rows, []page.Cell{{Text: e.ID, Mono: true}, state, at(e.CreatedAt), at(e.SubmittedAt), at(e.DueAt), at(e.DecidedAt)})
	}
	return p
}

func consentsPart(d *tppFile) page.PartView {
	p := part("consents", "Consents", "", "No consent was asked for.", "Status", "Environment", "Number")
	p.Table.Columns[2].Number = true
	for _, c := range d.consents {
		p.Rows = append(p.Rows, []page.Cell{text(string(c.Status)), text(c.Environment.Name()), {Text: strconv.Itoa(c.N), Number: true}})
	}
	return p
}

// letterNames are the letters in words, by the fact that they follow.
var letterNames = map[string]string{
	"accounts.signed_up":               "Confirm your address",
	"accounts.signed_up_again":         "You have an account already",
	"accounts.reset_requested":         "Choose a new password",
	"accounts.password_changed":        "Your password was changed",
	"accounts.factor_enrolled":         "Second factor set up",
	"accounts.factor_reset":            "Second factor reset",
	"accounts.recovery_code_used":      "A recovery code was used",
	"accounts.recovery_codes_replaced": "New recovery codes",
	"certs.generated":                  "Sandbox certificates replaced",
	"enrolments.submitted":             "Received for Live, or an answer",
	"nca.asked":                        "A question about Live certificates",
	"nca.decided":                      "Decision about Live certificates",
	"nca.suspended":                    "Live certificates suspended",
	"notify.live_delayed":              "The decision is late",
	"notify.live_nears_end":            "Live certificates end soon",
	"notify.sandbox_nears_end":         "Sandbox certificates end soon",
}

func limitsPart(d *tppFile) page.PartView {
	p := part("limits", "Limits of its own", "What an administrator set for it. Otherwise it has what everybody has.", "It has what everybody has.", "Environment", "State", "A second", "A day", "Ends")
	for _, l := range d.limits {
		r := limitRow(l, names{}, d.now)
		p.Rows = append(p.Rows, []page.Cell{text(r.Environment), badge(r.Tone, r.State), text(r.PerSecond), text(r.PerDay), text(r.Ends)})
	}
	return p
}

func lettersPart(d *tppFile) page.PartView {
	p := part("letters", "Letters sent", "On record for 90 days, without what was in them.", "No letter was sent to its people in the last 90 days.", "Letter", "To", "Written", "Sent")
	for _, l := range d.letters {
		p.Rows = append(p.Rows, []page.Cell{text(cmp.Or(letterNames[l.Kind], l.Kind)), text(l.To), at(l.BegunAt), at(l.SentAt)})
	}
	return p
}
