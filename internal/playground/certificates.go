package playground

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/qcert"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const (
	certificatesPath = "/playground/certificates"
	regeneratePath   = certificatesPath + "/regenerate"
	downloadPath     = certificatesPath + "/download"
)

func (p *Playground) mountCertificates(m httpkit.Mounts) {
	m.SignedIn.Get(certificatesPath, p.certificates)
	m.SignedIn.Post(certificatesPath, p.generate)
	m.SignedIn.Get(regeneratePath, p.askRegenerate)
	m.SignedIn.Post(regeneratePath, p.regenerate)
	p.mountOwnKeys(m)
	m.SignedIn.Get(downloadPath, p.askDownload)
	m.SignedIn.Post(downloadPath, p.download)
}

// errStaleSet is for a form that names no set to follow: it was not drawn by a page of ours.
var errStaleSet = fault.New(fault.Conflict, "certificates_form", "This form does not say which set it follows. Check what is entered and send it again.")

// setForm is the form of a new set. Once names the set that it follows, so each set has one successor however often
// the form is sent.
type setForm struct {
	Once    string   `form:"once"`
	Roles   []string `form:"roles"`
	KeyBits string   `form:"key_bits"`
}

// request reads the form for a visitor. What it does not offer, the domain refuses by name.
func (f setForm) request(organisationID string) certs.Request {
	r := certs.Request{OrganisationID: organisationID, Once: f.Once}
	for _, name := range f.Roles {
		r.Roles = append(r.Roles, qcert.Role(name))
	}
	bits, err := strconv.Atoi(f.KeyBits)
	if err != nil || bits == 0 {
		bits = -1
	}
	r.KeyBits = bits
	return r
}

// certificates shows the active set or the form for the first one.
func (p *Playground) certificates(c *gin.Context) error {
	return p.showCertificates(c, setForm{}, nil)
}

// generate makes the first set.
func (p *Playground) generate(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f setForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showCertificates(c, f, err)
	}

	set, err := p.makeSet(ctx, v, f)
	if err != nil {
		return p.showCertificates(c, f, err)
	}

	return p.showMade(c, set, "Your certificates are ready.")
}

// askRegenerate says what ends with the active set.
func (p *Playground) askRegenerate(c *gin.Context) error {
	return p.showRegenerate(c, setForm{}, nil)
}

// regenerate replaces the active set.
func (p *Playground) regenerate(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f setForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showRegenerate(c, f, err)
	}

	set, err := p.makeSet(ctx, v, f)
	if err != nil {
		return p.showRegenerate(c, f, err)
	}

	return p.showMade(c, set, "The new set is in use. The former one does not work any more.")
}

// makeSet prepares the keys outside the transaction that issues the set.
func (p *Playground) makeSet(ctx context.Context, v httpkit.Visitor, f setForm) (set certs.Set, err error) {
	if f.Once == "" {
		return set, errStaleSet
	}
	end, err := p.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return set, err
	}
	defer end()
	keys, err := p.Certs.Prepare(ctx, f.request(v.OrganisationID))
	if err != nil {
		return set, err
	}
	err = p.DB.InTx(ctx, func(tx db.Tx) error {
		set, _, err = p.Certs.Generate(ctx, tx, organisation(v), v.PersonID, keys, f.Once)
		return err
	})
	return set, err
}

func (p *Playground) showMade(c *gin.Context, set certs.Set, text string) error {
	if err := p.rememberSet(c, set.ID); err != nil {
		return err
	}
	return p.goTo(c, certificatesPath, "ok", text+" Download the ZIP now: for five minutes no password is asked.")
}

func (p *Playground) showCertificates(c *gin.Context, f setForm, failed error) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view := page.CertificatesView{Head: certificatesHead()}
	set, has, err := p.activeSet(ctx, v.OrganisationID)
	if err != nil {
		return err
	}
	if has {
		view.Problems = found.sentences()
		if err := p.addSet(c, &view, set); err != nil {
			return err
		}
	} else {
		f.Once = onceFirst
		form := generateView(f, found, certificatesPath)
		form.Button = "Make them on the server"
		if err := p.addBrowser(ctx, v, &form); err != nil {
			return err
		}
		view.Problems, view.Generate = found.summary(), &form
	}
	former, err := p.Certs.History(ctx, v.OrganisationID, env)
	if err != nil {
		return err
	}
	view.History = formerSets(former)
	shell := frame(c, view.Head.Title, certificatesPath, found)
	shell.Scripts = []string{keysScript}
	if has {
		shell.Scripts = []string{signScript}
	}
	if view.Download != nil {
		view.Download.Token = shell.Token
	}
	return httpkit.Page(c, found.status, page.Certificates(shell, view))
}

// addSet adds the active set, and its download at once where neither the password nor the app has to be asked for.
func (p *Playground) addSet(c *gin.Context, view *page.CertificatesView, set certs.Set) error {
	now := p.Clock.Now()
	view.Notice = p.expiryNotice(set, true)
	view.Cards = []page.CertificateView{certificateView("qwac", set.QWAC, now), certificateView("qseal", set.QSeal, now)}
	addOwnKeys(view, set, now)
	if !p.entered(c) && !p.madeHere(c, set.ID) {
		return nil
	}
	all, err := p.Apps.List(c.Request.Context(), httpkit.Who(c).OrganisationID, env)
	if err != nil || len(all) > 1 {
		return err
	}
	view.Download = &ui.PostView{Action: downloadPath, File: true, Button: ui.ButtonView{Text: "Download ZIP", Icon: "download", Look: ui.Primary}}
	return nil
}

func (p *Playground) showRegenerate(c *gin.Context, f setForm, failed error) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	set, has, err := p.activeSet(ctx, v.OrganisationID)
	if err != nil {
		return err
	}
	if !has {
		return httpkit.SeeOther(c, certificatesPath)
	}
	all, err := p.Apps.List(ctx, v.OrganisationID, env)
	if err != nil {
		return err
	}
	if failed == nil {
		f = formOf(set)
	}
	f.Once = set.ID
	form := generateView(f, found, regeneratePath)
	if err := p.addBrowser(ctx, v, &form); err != nil {
		return err
	}
	view := regenerateView(set, all, form)
	shell := frame(c, view.Head.Title, regeneratePath, found)
	shell.Scripts = []string{keysScript}
	return httpkit.Page(c, found.status, page.Regenerate(shell, view))
}
