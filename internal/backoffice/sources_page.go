package backoffice

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/internal/refresh"
	"fairway/internal/register"
	"fairway/internal/trustlist"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

const (
	sourcesPath = "/admin/sources"
	// registerOld is after how long a register speaks of the past: the EBA publishes one each working day.
	registerOld = 7 * 24 * time.Hour
)

func (f *Face) mountSources(m httpkit.Mounts) { m.Admin.Get(sourcesPath, f.showSources) }

// showSources says what decisions about Live rest on, how old that is, and how it comes in. There is no act.
func (f *Face) showSources(c *gin.Context) error {
	ctx := c.Request.Context()

	lists, err := f.Lists.Status(ctx)
	if err != nil {
		return err
	}
	snapshot, has, err := f.Register.Status(ctx)
	if err != nil {
		return err
	}
	who, err := f.importers(ctx, lists, snapshot)
	if err != nil {
		return err
	}

	view := page.SourcesView{Head: ui.HeadView{Title: "Sources", Lead: "What decisions about Live rest on. Files come in by command on the server, or are fetched each day where the configuration says so, and nobody changes them from a browser."}}
	listsView(&view, lists, who)
	registerView(&view, snapshot, has, f.Clock.Now(), who)
	for source, card := range map[refresh.Source]*page.SourceView{refresh.Lists: &view.Lists, refresh.Register: &view.Register} {
		state, err := f.Refresh.State(ctx, source)
		if err != nil {
			return err
		}
		card.Fetch, card.FetchFault = fetched(state)
	}
	return httpkit.Page(c, http.StatusOK, page.Sources(wideFrame(c, view.Head.Title, sourcesPath, problems{}), view))
}

// fetched says how a source comes in, when it last did, and what was wrong at the last try.
func fetched(s refresh.State) (facts []ui.KV, failed string) {
	if s.Address == "" {
		return []ui.KV{{Key: "Comes in", Value: "by command alone"}}, ""
	}
	facts = []ui.KV{{Key: "Fetched each day from", Value: shown(s.Address), Mono: true}, {Key: "Last fetched", Value: stampOr(s.FetchedAt)}}
	if s.Fault != "" {
		failed = "Tried on " + stamp(s.TriedAt) + ": " + shown(s.Fault)
	}
	return facts, failed
}

// importers are the addresses of the people who imported something, by id.
func (f *Face) importers(ctx context.Context, lists trustlist.Status, snapshot register.Snapshot) (map[string]string, error) {
	ids := []string{snapshot.ImportedBy}
	for _, l := range lists.Lists {
		ids = append(ids, l.ImportedBy)
	}
	return f.Accounts.Addresses(ctx, ids)
}

// nameOf is an actor as people know it.
func nameOf(id string, addresses map[string]string) string {
	switch address, known := addresses[id]; {
	case known:
		return address
	case id == "command":
		return "the command line"
	case id == refresh.Actor:
		return "the daily fetch"
	}
	return id
}

func listsView(v *page.SourcesView, s trustlist.Status, who map[string]string) {
	v.Lists = page.SourceView{
		Card: ui.CardView{ID: "lists", Title: "European trusted lists", Lead: "They say which providers may issue QWACs and seals.", Tone: ui.OK, Status: "Current"},
		Command: ui.CodeView{ID: "lists-command", Title: "Import lists, in any order", Plain: true,
			Text: "portal trustlist import eu-lotl.xml FI.xml SE.xml"},
	}
	stale := 0
	for _, l := range s.Lists {
		if l.Stale {
			stale++
		}
		v.Rows = append(v.Rows, listRow(l, who))
	}
	if len(s.Missing) > 0 {
		v.Missing = "The list of the lists names them, and none is held: " + strings.Join(s.Missing, ", ") + ". Certificates of their providers need a person, or the list."
	}
	switch {
	case s.Empty:
		v.Lists.Card.Tone, v.Lists.Card.Status = ui.Warn, "None"
		v.Lists.Problem, v.Lists.Advice = "No trusted list was imported", "No issuer can be found on a list. Download the list of the lists and the national lists from the European Commission, then import them with the command below."
	case stale > 0:
		v.Lists.Card.Tone, v.Lists.Card.Status = ui.Warn, strconv.Itoa(stale)+" of "+strconv.Itoa(len(s.Lists))+" stale"
		v.Lists.Problem, v.Lists.Advice = "Some lists are stale", "They have passed their next update, or the list of the lists no longer names their signer. What rests on them alone needs a person. Download the newest ones and import them with the command below."
	}
}

func listRow(l trustlist.Held, who map[string]string) page.ListRow {
	r := page.ListRow{Territory: l.Territory, Operator: l.Operator, Number: strconv.FormatInt(l.Sequence, 10), Issued: date(l.IssuedAt), Next: date(l.NextUpdate),
		Tone: ui.OK, Status: "Current", Signer: l.Signer, Imported: stamp(l.ImportedAt), By: "by " + nameOf(l.ImportedBy, who)}
	if l.LOTL {
		r.Territory, r.Services = l.Territory+", list of the lists", "–"
	} else {
		r.Services = strconv.Itoa(l.Services) + ", for QWACs " + strconv.Itoa(l.Web) + ", for seals " + strconv.Itoa(l.Seal)
	}
	if l.Stale {
		r.Tone, r.Status = ui.Warn, "Stale"
	}
	return r
}

// date is a day, or that there is none.
func date(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.UTC().Format("2 Jan 2006")
}

func registerView(v *page.SourcesView, s register.Snapshot, has bool, now time.Time, who map[string]string) {
	v.Register = page.SourceView{
		Card:    ui.CardView{ID: "register", Title: "EBA register", Lead: "It says whose authorisation is in force, for what, in which country.", Tone: ui.OK, Status: "Current"},
		Command: ui.CodeView{ID: "register-command", Title: "Import the register", Plain: true, Text: "portal register import PIRPSD2.zip"},
	}
	if !has {
		v.Register.Card.Tone, v.Register.Card.Status = ui.Warn, "None"
		v.Register.Problem, v.Register.Advice = "No register was imported", "No authorisation can be looked up. Download the file from the EBA and import it with the command below."
		return
	}
	if now.Sub(s.Date) > registerOld {
		v.Register.Card.Tone, v.Register.Card.Status = ui.Warn, "Old"
		v.Register.Problem, v.Register.Advice = "The register is older than a week", "Authorisations may have been withdrawn since. Download the newest file from the EBA and import it with the command below."
	}
	v.Facts = []ui.KV{
		{Key: "As of", Value: stamp(s.Date)},
		{Key: "Institutions", Value: ui.Thousands(s.Institutions) + " of " + ui.Thousands(s.Entries) + " entries"},
		{Key: "Imported", Value: stamp(s.ImportedAt) + " by " + nameOf(s.ImportedBy, who)},
		{Key: "SHA-256 of its JSON", Value: s.Digest, Copy: "register-digest"},
	}
	if s.Reason != "" {
		v.Facts = append(v.Facts, ui.KV{Key: "Taken although it shrank", Value: s.Reason})
	}
}
