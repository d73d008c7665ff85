package backoffice

import (
	"strconv"
	"time"

	"fairway/internal/catalog"
	"fairway/web/static"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

func openState(b catalog.Brand) (ui.Tone, string) {
	if b.Live.Open() {
		return ui.OK, "Open"
	}
	return ui.Plain, "Closed"
}

func brandsView(brands []catalog.Brand, lines []apiLine, now time.Time) page.BrandsView {
	v := page.BrandsView{
		Head: ui.HeadView{Title: "Brands", Lead: "The banks whose interface runs here, in the order of the lists that TPPs see."},
		New:  ui.LinkView{Text: "Add a brand", Icon: "plus", Look: ui.Primary, Href: brandsPath + "/new"},
	}
	for _, b := range brands {
		r := page.BrandRow{Name: b.Name, Href: brandPath(b.ID), ID: b.ID, Former: b.FormerName, Position: strconv.Itoa(b.Position), SandboxTone: ui.Plain, Sandbox: "Nothing offered"}
		r.LiveTone, r.Live = openState(b)
		r.LiveHref = brandPath(b.ID) + "/live"
		for _, l := range lines {
			if l.brand.ID != b.ID {
				continue
			}
			for _, version := range l.versions {
				r.Versions = append(r.Versions, l.api.Name+" "+version.Version+", "+string(version.At(now)))
				if version.OpenIn(catalog.Sandbox, now) {
					r.SandboxTone, r.Sandbox = ui.OK, "Open"
				}
			}
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

// brandView is a brand that is there, without its form.
func (f *Face) brandView(b catalog.Brand, lines []apiLine) page.BrandView {
	v := page.BrandView{Head: ui.HeadView{Title: b.Name, Crumbs: []ui.Crumb{{Text: "Brands", Href: brandsPath}, {Text: b.Name}}}}
	v.Head.Tone, v.Head.Status = openState(b)
	v.Head.Status += " in Live"
	v.Live = ui.CardView{ID: "live", Title: "Live", Lead: "The brand’s own system. It is open once upstream, customer page and caller are all there."}
	v.Live.Tone, v.Live.Status = openState(b)
	v.LiveHref = brandPath(b.ID) + "/live"
	v.LiveFacts = []ui.KV{{Key: "Upstream", Value: or(b.Live.Upstream)}, {Key: "Customer page", Value: or(b.Live.Authorise)}, {Key: "Callers", Value: many(len(b.Live.Callers), "certificate")}}
	sandbox := string(catalog.Sandbox)
	v.Facts = []ui.KV{{Key: "Id", Value: b.ID, Copy: "brand-id"}, {Key: "API in the sandbox", Value: f.Addresses.API.URL(sandbox, b.ID), Mono: true},
		{Key: "Customer pages in the sandbox", Value: f.Addresses.Bank.URL(sandbox, b.ID), Mono: true}}
	v.Audit = ui.LinkView{Text: "Its audit trail", Icon: "scroll-text", Href: auditQuery{object: b.ID}.address(0)}
	v.APIs = lineViews(lines, f.Clock.Now(), true)
	return v
}

func brandFormView(form brandForm, found problems, factor ui.FactorView) page.BrandFormView {
	v := page.BrandFormView{Problems: found.summary(), Factor: factor, CancelHref: brandsPath,
		ID: ui.FieldView{Name: "id", Label: "Id", Value: form.ID, Mono: true, Error: found.at("id"), Hint: "Its name in hosts and paths: 2 to 30 lower-case letters, digits and hyphens. It stays as it is."},
		Fields: []ui.FieldView{
			{Name: "name", Label: "Name", Value: form.Name, Hint: "As customers and TPPs know it."},
			{Name: "former_name", Label: "Earlier name", Value: form.FormerName, Optional: true, Hint: "Shown beside the name in the documentation."},
			{Name: "support_email", Label: "Support address", Value: form.SupportEmail, Autocomplete: "off", Hint: "The bank’s pages show it to its customers."},
			{Name: "support_hours", Label: "Hours of support", Value: form.SupportHours, Optional: true, Hint: "As in: Monday to Friday, 09:00 to 16:00, Helsinki time. The documentation shows them."},
			{Name: "position", Label: "Position", Value: form.Position, InputMode: "numeric", Hint: "Lists begin with the lowest."},
		},
	}
	for i := range v.Fields {
		v.Fields[i].Error = found.at(v.Fields[i].Name)
	}
	b := form.brand()
	for _, scheme := range []struct{ name, title string }{{"light", "Colours on light screens"}, {"dark", "Colours on dark screens"}} {
		part := page.ColoursView{Title: scheme.title}
		colours := b.Colours.Named(scheme.name)
		for _, name := range colourNames {
			id := scheme.name + "_" + name.field
			part.Fields = append(part.Fields, page.ColourView{Swatch: swatch(colours[name.field]),
				Field: ui.FieldView{Name: id, Label: name.label, Value: colours[name.field], Mono: true, Error: found.at(id)}})
		}
		v.Colours = append(v.Colours, part)
	}
	return v
}

// swatch is a colour that can be drawn, or nothing.
func swatch(colour string) string {
	if _, err := static.Contrast(colour, colour); err != nil {
		return ""
	}
	return colour
}
