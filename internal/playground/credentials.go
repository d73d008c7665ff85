package playground

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/script"
	"fairway/internal/secret"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

var (
	errKind = fault.New(fault.NotFound, "credential_kind_unknown",
		"There is no such kind of credential. The app’s page leads to those that can be rotated.")
	errRotated = fault.New(fault.Conflict, "credential_rotated",
		"It was replaced a moment ago, by this form or by a colleague. The new value was shown in that answer. Rotate again only where nobody copied it: the value before it then ends at once.")
)

// rotateForm names the credential that is replaced, so that a form which is sent twice does not replace its successor.
type rotateForm struct {
	Kind     string `form:"kind"`
	Once     string `form:"once"`
	Overlap  string `form:"overlap"`
	Password string `form:"password"`
}

// overlaps are how long the old one may stay.
var overlaps = []struct {
	value, text, hint string
	time              time.Duration
}{
	{"24h", "24 hours", "Both work until then. Long enough to change your settings.", 24 * time.Hour},
	{"168h", "7 days", "Both work until then.", 168 * time.Hour},
	{"now", "Not at all", "The old one stops working at once. Choose this where it leaked.", 0},
}

func overlapOf(value string) (time.Duration, error) {
	for _, o := range overlaps {
		if o.value == value {
			return o.time, nil
		}
	}
	return 0, fault.Form(fault.Field{Name: "overlap", Message: "Choose how long the old one stays."})
}

func kindOf(value string) (apps.Kind, error) {
	switch kind := apps.Kind(value); kind {
	case apps.ClientSecret, apps.APIKey:
		return kind, nil
	}
	return "", errKind
}

// askRotate asks how long the old one stays.
func (s section) askRotate(c *gin.Context) error {
	app, err := s.ownApp(c.Request.Context(), httpkit.Who(c), c.Param("id"))
	if err != nil {
		return err
	}

	return s.drawRotate(c, app, rotateForm{Kind: c.Query("kind"), Overlap: overlaps[0].value}, nil)
}

// rotate makes a new secret or key and shows it.
func (s section) rotate(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, err := s.ownApp(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	var f rotateForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return s.drawRotate(c, app, f, err)
	}
	if err := s.confirm(c, f.Password); err != nil {
		return s.drawRotate(c, app, f, err)
	}

	value, err := s.replace(ctx, v, app.ID, f)
	if err != nil {
		return s.drawRotate(c, app, f, err)
	}

	return s.showRotated(c, app, apps.Kind(f.Kind), value)
}

// replace rotates what the form names, where that is still the current one.
func (s section) replace(ctx context.Context, v httpkit.Visitor, appID string, f rotateForm) (secret.Text, error) {
	kind, err := kindOf(f.Kind)
	if err != nil {
		return "", err
	}
	end, err := s.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return "", err
	}
	defer end()
	app, err := s.ownApp(ctx, v, appID)
	if err != nil {
		return "", err
	}
	old, has := current(app, kind)
	if old.ID != f.Once {
		return "", errRotated
	}
	overlap, err := overlapOf(f.Overlap)
	if err != nil && has {
		return "", err
	}
	if kind == apps.APIKey {
		return s.Apps.RotateAPIKey(ctx, v.OrganisationID, appID, v.PersonID, overlap)
	}
	return s.Apps.RotateSecret(ctx, v.OrganisationID, appID, v.PersonID, overlap)
}

func (s section) drawRotate(c *gin.Context, app apps.App, f rotateForm, failed error) error {
	kind, err := kindOf(f.Kind)
	if err != nil {
		return err
	}
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	if errors.Is(failed, errRotated) { // the page that follows is about what is there now
		if app, err = s.ownApp(c.Request.Context(), httpkit.Who(c), app.ID); err != nil {
			return err
		}
	}
	view := rotateView(app, kind, f, found)
	view.Confirm = confirmView(!s.entered(c), found)
	return httpkit.Page(c, found.status, page.Rotate(s.frame(c, view.Head.Title, rotatePath(app, kind), found), view))
}

func rotateView(app apps.App, kind apps.Kind, f rotateForm, found problems) page.RotateView {
	name := inSentence(kind)
	v := page.RotateView{Kind: string(kind), CancelHref: appPath(app), Button: "Make a new " + name,
		Head:   ui.HeadView{Title: "Rotate the " + name + " of " + app.Name, Crumbs: appCrumbs(app, "Rotate")},
		Points: []string{"You see the new " + name + " once, on the next page."}}
	if app.Environment == catalog.Sandbox {
		v.Points = append(v.Points, "The playground has its own and is not touched.")
	}
	if kind == apps.APIKey {
		v.Button = "Make a new API key"
	}
	v.Action, v.Problems = appPath(app)+"/rotate", found.summary()
	old, has := current(app, kind)
	if !has {
		v.Head.Title = "Make a new " + name + " for " + app.Name
		return v
	}
	v.Once = old.ID
	choice := ui.ChoiceView{Name: "overlap", Legend: "How long does the old one stay, which ends with " + old.Hint + "?", Value: f.Overlap, Error: found.at("overlap")}
	for _, o := range overlaps {
		choice.Options = append(choice.Options, ui.Option{Value: o.value, Text: o.text, Hint: o.hint})
	}
	v.Overlap = &choice
	for _, c := range app.Credentials {
		if c.Kind == kind && !c.Playground && c.ExpiresAt != nil {
			v.Points = append(v.Points, "The one before it, which ends with "+c.Hint+", would work until "+instant(*c.ExpiresAt)+". It stops now: there are never more than two.")
		}
	}
	return v
}

func (s section) showRotated(c *gin.Context, app apps.App, kind apps.Kind, value secret.Text) error {
	issued := apps.Issued{ClientSecret: value}
	if kind == apps.APIKey {
		issued = apps.Issued{APIKey: value}
	}
	return s.showOnce(c, appPath(app), page.ShownView{
		Head:      ui.HeadView{Title: "New " + inSentence(kind) + " of " + app.Name, Crumbs: appCrumbs(app, "Rotated")},
		Secrets:   []ui.SecretView{secretBox(kind, value.Reveal())},
		Facts:     []ui.KV{{Key: "App", Value: app.Name}, {Key: "Client id", Value: app.ClientID, Copy: "client-id"}},
		Downloads: []ui.PostView{envButton(app, issued)},
		Next:      ui.LinkView{Text: "Back to the app", Href: appPath(app)},
	})
}

// envForm carries the secrets back from the page that showed them.
type envForm struct {
	ClientSecret string `form:"client_secret"`
	APIKey       string `form:"api_key"`
}

// downloadEnv answers with what the page showed, as a file of settings.
func (s section) downloadEnv(c *gin.Context) error {
	app, err := s.ownApp(c.Request.Context(), httpkit.Who(c), c.Param("id"))
	if err != nil {
		return err
	}
	var f envForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return err
	}

	if s.env == catalog.Sandbox {
		filled, err := s.envFile(c.Request.Context(), httpkit.Who(c), downloadForm{App: app.ID, ClientSecret: f.ClientSecret, APIKey: f.APIKey})
		if err != nil {
			return err
		}
		return httpkit.Download(c, certs.SettingsFile, "text/plain; charset=utf-8", s.Certs.Settings(filled))
	}
	return httpkit.Download(c, script.SecretsFile, "text/plain; charset=utf-8", liveSecrets(app, f))
}

// liveSecrets are the lines that fairway-live.sh reads; it knows the addresses.
func liveSecrets(app apps.App, f envForm) []byte {
	text := "FAIRWAY_CLIENT_ID=" + app.ClientID + "\n"
	for _, line := range [][2]string{{"FAIRWAY_CLIENT_SECRET", token(f.ClientSecret)}, {"FAIRWAY_API_KEY", token(f.APIKey)}} {
		if line[1] != "" {
			text += line[0] + "=" + line[1] + "\n"
		}
	}
	return []byte(text)
}

// renewPlayground gives the playground new credentials of the app.
func (s section) renewPlayground(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, err := s.ownApp(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.Apps.RenewPlayground(ctx, v.OrganisationID, app.ID, v.PersonID); err != nil {
		return err
	}

	return s.goTo(c, appPath(app)+"#credentials", "ok", "The playground has new credentials and works for "+app.Name+" again.")
}

// credential is one that is in use, else apps.ErrUnknownCredential.
func (s section) credential(c *gin.Context) (apps.App, apps.Credential, error) {
	app, err := s.ownApp(c.Request.Context(), httpkit.Who(c), c.Param("id"))
	if err != nil {
		return app, apps.Credential{}, err
	}
	for _, one := range app.Credentials {
		if one.ID == c.Param("cid") {
			return app, one, nil
		}
	}
	return app, apps.Credential{}, apps.ErrUnknownCredential
}

// askRevoke asks before a credential ends.
func (s section) askRevoke(c *gin.Context) error {
	app, one, err := s.credential(c)
	if err != nil {
		return err
	}

	view := revokeView(app, one)
	return httpkit.Page(c, http.StatusOK, page.Ask(s.frame(c, view.Head.Title, view.Action, problems{}), view))
}

// revoke ends a credential.
func (s section) revoke(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, one, err := s.credential(c)
	if err != nil {
		return err
	}
	if err := s.Apps.Revoke(ctx, v.OrganisationID, app.ID, one.ID, v.PersonID); err != nil {
		return err
	}

	return s.goTo(c, appPath(app)+"#credentials", "ok", "The "+inSentence(one.Kind)+" that ended with "+one.Hint+" does not work any more.")
}

func revokeView(app apps.App, one apps.Credential) page.AskView {
	name := inSentence(one.Kind)
	v := page.AskView{Head: ui.HeadView{Title: "Revoke this " + name + "?", Crumbs: appCrumbs(app, "Revoke")},
		Button: "Revoke", CancelText: "Keep it", CancelHref: appPath(app)}
	if one.Kind == apps.APIKey {
		v.Head.Title = "Revoke this API key?"
	}
	v.Action = appPath(app) + "/credentials/" + one.ID + "/revoke"
	used := "It was not used yet."
	if one.LastUsedAt != nil {
		used = "It was last used on " + instant(*one.LastUsedAt) + "."
	}
	v.Points = []string{"The " + name + " of " + app.Name + " that ends with " + one.Hint + " stops working at once. " + used}
	if one.Playground {
		v.Points = append(v.Points, "It is the playground’s own. The example flow does not work for this app until you give the playground new credentials.")
	} else {
		v.Points = append(v.Points, "Requests with it are refused. To change without a break, rotate instead.")
	}
	return v
}
