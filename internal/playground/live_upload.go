package playground

import (
	"errors"

	"github.com/gin-gonic/gin"

	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
)

// uploadForm is the first step: two certificates, pasted or chosen.
type uploadForm struct {
	Version string `form:"version"`
	QWAC    string `form:"qwac"`
	QSeal   string `form:"qseal"`
}

// askUpload is the first step.
func (p *Playground) askUpload(c *gin.Context) error { return p.showUpload(c, uploadForm{}, nil) }

func (p *Playground) showUpload(c *gin.Context, f uploadForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	e, ok, err := p.current(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	if ok && e.State.Open() && e.State != enrolments.Draft {
		return httpkit.SeeOther(c, livePath)
	}
	if !ok || e.State != enrolments.Draft {
		e = nil
	}
	view := uploadView(f, e, found)
	return httpkit.Page(c, found.status, page.LiveUpload(liveFrame(c, view.Head.Title, found), view))
}

// upload puts certificates into the draft.
func (p *Playground) upload(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f uploadForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showUpload(c, f, err)
	}
	files, err := filesOf(c, f)
	if err != nil {
		return p.showUpload(c, f, err)
	}

	_, err = p.Enrolments.Upload(ctx, whoIn(v), stepForm{f.Version}.version(), files)
	if err != nil {
		return p.showUpload(c, withoutKeys(f, err), err)
	}

	return httpkit.SeeOther(c, liveChecksPath)
}

// filesOf takes what was pasted, or the files that were chosen instead.
func filesOf(c *gin.Context, f uploadForm) (enrolments.Files, error) {
	var wrong []fault.Field
	read := func(name, text string) []byte {
		sent, err := httpkit.TextOrFile(c, text, name+"_file")
		if err != nil {
			wrong = append(wrong, fault.Field{Name: name, Message: fault.Of(err).Message})
		}
		return sent
	}
	files := enrolments.Files{QWAC: read(enrolments.FieldQWAC, f.QWAC), QSeal: read(enrolments.FieldQSeal, f.QSeal)}
	if len(wrong) > 0 {
		return enrolments.Files{}, fault.Form(wrong...)
	}
	return files, nil
}

// withoutKeys empties the form where one of its fields held a private key: it is not shown again.
func withoutKeys(f uploadForm, err error) uploadForm {
	if errors.Is(err, enrolments.ErrKey) {
		f.QWAC, f.QSeal = "", ""
	}
	return f
}

// swapUploads puts each certificate into the other's place.
func (p *Playground) swapUploads(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f stepForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showChecks(c, err)
	}

	if _, err := p.Enrolments.Swap(ctx, whoIn(v), f.version()); err != nil {
		return p.showChecks(c, err)
	}

	return p.goTo(c, liveChecksPath, "ok", "Swapped.")
}

// liveChecks is the second step: what the certificates say, and how they stand.
func (p *Playground) liveChecks(c *gin.Context) error { return p.showChecks(c, nil) }

func (p *Playground) showChecks(c *gin.Context, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	e, ok, err := p.draft(c)
	if err != nil || !ok {
		return err
	}
	if e.QWAC == nil && e.QSeal == nil {
		return httpkit.SeeOther(c, liveUploadPath)
	}
	x, err := p.NCA.Look(c.Request.Context(), e)
	if err != nil {
		return err
	}
	view := p.checksView(e, x)
	view.Apart = issuedApart(httpkit.Who(c).Organisation, e)
	view.Problems = found.summary()
	shell := liveFrame(c, view.Head.Title, found)
	if view.Swap != nil {
		view.Swap.Token = shell.Token
	}
	return httpkit.Page(c, found.status, page.LiveChecks(shell, view))
}
