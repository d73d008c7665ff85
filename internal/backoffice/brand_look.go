package backoffice

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/web/static"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

const previewCSSPath = brandsPath + "/preview.css"

// What the buttons of the form ask for; anything else keeps what was typed.
const (
	doPreview = "preview"
	doEdit    = "edit"
)

// colourNames are the five colours of a palette, as forms, style sheets and people call them.
var colourNames = []struct{ field, token, label string }{
	{"accent", "accent", "Accent"},
	{"accent_hover", "accent-hover", "Accent under the pointer"},
	{"accent_subtle", "accent-subtle", "Behind what is chosen"},
	{"on_accent", "on-accent", "Text on the accent"},
	{"link", "link", "Links"},
}

func coloursOf(c catalog.Colours) static.BrandColours {
	return static.BrandColours{Light: static.Palette(c.Light), Dark: static.Palette(c.Dark)}
}

// checkColours refuses what the style sheet of the bank's pages would: it is the same function that writes it.
func checkColours(c catalog.Colours) error {
	_, err := static.BrandCSS(coloursOf(c))
	if err == nil {
		return nil
	}
	var faults static.ColourFaults
	if !errors.As(err, &faults) {
		return err
	}
	var fields []fault.Field
	for _, one := range faults {
		for _, name := range colourNames {
			if name.token == one.Token {
				fields = append(fields, fault.Field{Name: one.Scheme + "_" + name.field, Message: "On " + one.Scheme + " screens: " + one.Text + "."})
			}
		}
	}
	return fault.Form(fields...)
}

// showPreview draws a page of the bank with the style sheet that the typed colours make.
func (f *Face) showPreview(c *gin.Context, form brandForm) error {
	b := form.brand()
	query := url.Values{}
	for _, scheme := range []string{"light", "dark"} {
		for name, colour := range b.Colours.Named(scheme) {
			query.Set(scheme+"_"+name, colour)
		}
	}
	view := page.PreviewView{
		Page: layout.BankPage{Title: "Preview", BrandID: b.ID, BrandName: strings.TrimSpace(b.Name), BrandCSS: previewCSSPath + "?" + query.Encode(), Theme: httpkit.Theme(c),
			Sandbox: true, Footer: "Questions? Write to " + strings.TrimSpace(b.SupportEmail) + "."},
		Action: c.Request.URL.Path, Token: httpkit.FormToken(c), Hidden: hiddenFields(form),
		Facts: []ui.KV{{Key: "Who asks", Value: "Budget Buddy Oy"}, {Key: "What", Value: "Card accounts, balances, transactions"}},
		Cards: ui.ChoiceView{Name: "card", Legend: "Cards to share", Value: "1", Options: []ui.Option{{Value: "1", Text: "5243 78** **** 8693"}, {Value: "2", Text: "5243 66** **** 8694"}}},
	}
	return httpkit.Page(c, http.StatusOK, page.Preview(view))
}

// sendPreviewCSS is the style sheet of colours that nobody has kept yet. Each is checked for its form, so nothing but
// colours gets into it.
func (f *Face) sendPreviewCSS(c *gin.Context) error {
	q := c.Request.URL.Query()
	palette := func(scheme string) static.Palette {
		of := func(name string) string { return strings.ToLower(strings.TrimSpace(q.Get(scheme + "_" + name))) }
		return static.Palette{Accent: of("accent"), AccentHover: of("accent_hover"), AccentSubtle: of("accent_subtle"), OnAccent: of("on_accent"), Link: of("link")}
	}
	css, err := static.BrandCSS(static.BrandColours{Light: palette("light"), Dark: palette("dark")})
	if err != nil {
		return fault.New(fault.Invalid, "colours_invalid", "These colours cannot be used. Open the preview from the brand’s form, which says what is wrong.").With(err)
	}
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/css; charset=utf-8", css)
	return nil
}

// hiddenFields carry the form through the preview and back.
func hiddenFields(form brandForm) []ui.Hidden {
	fields := []ui.Hidden{{Name: "id", Value: form.ID}, {Name: "name", Value: form.Name}, {Name: "former_name", Value: form.FormerName},
		{Name: "support_email", Value: form.SupportEmail}, {Name: "support_hours", Value: form.SupportHours}, {Name: "position", Value: form.Position}}
	b := form.brand()
	for _, scheme := range []string{"light", "dark"} {
		colours := b.Colours.Named(scheme)
		for _, name := range colourNames {
			fields = append(fields, ui.Hidden{Name: scheme + "_" + name.field, Value: colours[name.field]})
		}
	}
	return fields
}
