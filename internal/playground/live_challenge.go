package playground

import (
	"errors"

	"github.com/gin-gonic/gin"

	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/possession"
	page "fairway/web/templates/playground"
)

// proofForm brings the signature, pasted or as a file.
type proofForm struct {
	Version   string `form:"version"`
	Signature string `form:"signature"`
}

// askChallenge is the third step: a text for the seal's key to sign.
func (p *Playground) askChallenge(c *gin.Context) error { return p.showChallenge(c, proofForm{}, nil) }

func (p *Playground) showChallenge(c *gin.Context, f proofForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	e, ok, err := p.draft(c)
	if err != nil || !ok {
		return err
	}
	if due := p.due(e); due == liveUploadPath || due == liveChecksPath {
		return httpkit.SeeOther(c, due)
	}
	view := p.challengeView(e, f, found)
	shell := liveFrame(c, view.Head.Title, found)
	view.New.Token = shell.Token
	return httpkit.Page(c, found.status, page.LiveChallenge(shell, view))
}

// newChallenge makes a text; the one before is void.
func (p *Playground) newChallenge(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f stepForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showChallenge(c, proofForm{}, err)
	}

	if _, err := p.Enrolments.NewChallenge(ctx, whoIn(v), f.version()); err != nil {
		return p.showChallenge(c, proofForm{}, err)
	}

	return httpkit.SeeOther(c, liveChallengePath)
}

var errNoChallenge = fault.New(fault.NotFound, "challenge_unknown", "There is no open challenge. Make a new one.")

// challengeFile is the text without a line end.
func (p *Playground) challengeFile(c *gin.Context) error {
	e, ok, err := p.current(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	if !ok || e.State != enrolments.Draft || e.Challenge == nil {
		return errNoChallenge
	}
	return httpkit.Download(c, possession.ChallengeFile, "text/plain; charset=us-ascii", []byte(e.Challenge.Text))
}

// prove takes the signature of the text.
func (p *Playground) prove(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f proofForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showChallenge(c, f, err)
	}
	sent, err := httpkit.TextOrFile(c, f.Signature, "signature_file")
	if err != nil {
		return p.showChallenge(c, f, fault.Form(fault.Field{Name: enrolments.FieldSignature, Message: fault.Of(err).Message}))
	}

	e, err := p.Enrolments.Prove(ctx, whoIn(v), stepForm{f.Version}.version(), string(sent))
	if err != nil {
		if errors.Is(err, enrolments.ErrKey) {
			f.Signature = ""
		}
		return p.showChallenge(c, f, err)
	}

	return p.goTo(c, liveSubmitPath, "ok", "The key of your seal is proved ("+e.Proof.Algorithm+").")
}
