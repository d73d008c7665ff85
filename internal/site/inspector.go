package site

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/certview"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/qcert"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// The tools that are open to everybody; the debugger is a face of its own.
const (
	inspectorPath = "/inspector"
	debuggerPath  = "/debugger"
)

// inspectorForm is the form of the inspector. Nothing of it is kept.
type inspectorForm struct {
	First  string `form:"certificate"`
	Second string `form:"second"`
}

// inspection is what was read of a form.
type inspection struct {
	certs   []inspected
	repairs []string
}

// inspected is one certificate with its check list.
type inspected struct {
	cert   *x509.Certificate
	chain  []*x509.Certificate
	info   qcert.Info
	checks []qcert.Check
}

// askInspector is the empty inspector.
func (f *Face) askInspector(c *gin.Context) error {
	return f.showInspector(c, inspectorForm{}, inspection{}, nil)
}

// inspect reads certificates that anybody may paste, and says how they stand.
func (f *Face) inspect(c *gin.Context) error {
	var form inspectorForm
	if err := httpkit.BindForm(c, &form); err != nil {
		return f.showInspector(c, form, inspection{}, err)
	}

	found, err := f.read(c, &form)

	return f.showInspector(c, form, found, err)
}

// read reads both fields; what is wrong with either is said at once. A private key is taken out of the form.
func (f *Face) read(c *gin.Context, form *inspectorForm) (inspection, error) {
	var found inspection
	var wrong []fault.Field
	for n, field := range []struct {
		name string
		text *string
	}{{"certificate", &form.First}, {"second", &form.Second}} {
		sent, err := httpkit.TextOrFile(c, *field.text, field.name+"_file")
		if err != nil {
			wrong = append(wrong, fault.Field{Name: field.name, Message: fault.Of(err).Message})
			continue
		}
		if len(sent) == 0 && n > 0 {
			continue
		}
		var refusal *qcert.Refusal
		switch err := f.add(c.Request.Context(), &found, sent); {
		case errors.As(err, &refusal):
			wrong = append(wrong, fault.Field{Name: field.name, Message: refusal.Text})
			if refusal.Code == qcert.KeyUploaded {
				*field.text = ""
			}
		case err != nil:
			return inspection{}, err
		}
	}
	if len(wrong) > 0 {
		return inspection{}, fault.Form(wrong...)
	}
	return found, nil
}

// add reads one upload. What is wrong with it is a *qcert.Refusal.
func (f *Face) add(ctx context.Context, i *inspection, sent []byte) error {
	certs, repairs, err := qcert.ReadPEM(sent)
	if err != nil {
		return err
	}
	info, err := qcert.Parse(certs[0])
	if err != nil {
		return err
	}
	issuer, err := f.Issuer(ctx, certs[0], certs[1:], info.Kind)
	if err != nil {
		return err
	}
	i.repairs = append(i.repairs, repairs...)
	i.certs = append(i.certs, inspected{cert: certs[0], chain: certs[1:], info: info,
		checks: append(qcert.Checklist(info, certs[0], qcert.Unknown, f.Clock.Now()), issuer)})
	return nil
}

func (f *Face) showInspector(c *gin.Context, form inspectorForm, found inspection, failed error) error {
	status := http.StatusOK
	v := inspectorView(form, found)
	if failed != nil {
		problem := fault.Of(failed)
		if problem.Kind != fault.Invalid {
			return failed
		}
		status = http.StatusUnprocessableEntity
		v.refuse(problem)
	}

	frame := f.frame(c, v.Head.Title, "Paste a PSD2 certificate, QWAC or QC eSeal, and see what it says and which rules of ETSI it keeps or breaks. Nothing is kept.")
	frame.Path, frame.Error = inspectorPath, failed != nil
	return httpkit.Page(c, status, page.Inspector(frame, v.InspectorView))
}

// inspectorPage is the view while it is put together.
type inspectorPage struct{ page.InspectorView }

func inspectorView(form inspectorForm, found inspection) inspectorPage {
	v := inspectorPage{page.InspectorView{
		Head:      ui.HeadView{Title: "Certificate inspector", Lead: "What a PSD2 certificate says, and how it stands against the rules of ETSI, RFC 5280 and this interface."},
		FormTitle: "Paste a certificate", Repairs: found.repairs,
		First:      ui.FieldView{Name: "certificate", Label: "Certificate", Value: form.First, Rows: 8, Mono: true},
		FirstFile:  ui.FieldView{Name: "certificate_file", Label: "Or choose its file", Accept: certificateFiles},
		Second:     ui.FieldView{Name: "second", Label: "Second certificate", Value: form.Second, Rows: 8, Mono: true, Optional: true},
		SecondFile: ui.FieldView{Name: "second_file", Label: "Or choose its file", Accept: certificateFiles, Optional: true},
	}}
	if len(found.certs) == 0 {
		return v
	}
	v.FormTitle = "Inspect another one"
	lists := make([][]qcert.Check, 0, len(found.certs)+1)
	for n, one := range found.certs {
		lists = append(lists, one.checks)
		v.Certificates = append(v.Certificates, inspectedView("cert"+strconv.Itoa(n+1), one))
	}
	if len(found.certs) == 2 {
		pair := pairChecks(found.certs)
		lists = append(lists, pair)
		rules := certview.Checks("pair", pair)
		v.Pair = &rules
		v.PairTone, v.PairStatus = certview.Summary(pair)
	}
	v.judge(lists)
	return v
}

const certificateFiles = ".pem,.crt,.cer,.der,.txt"

// pairChecks puts the two in their order, whichever was pasted first.
func pairChecks(two []inspected) []qcert.Check {
	if two[0].info.Kind == qcert.QSealC {
		return qcert.PairChecklist(two[1].info, two[0].info)
	}
	return qcert.PairChecklist(two[0].info, two[1].info)
}

// judge says in one sentence what the check lists come to.
func (v *inspectorPage) judge(lists [][]qcert.Check) {
	v.Tone, v.Verdict = certview.Summary(lists...)
	v.Advice = "Whether it was revoked, and what the authority’s register says, is looked up when it is handed in for Live."
	if v.Tone == ui.Bad {
		v.Advice = "Live does not take it as it is. Each line says what is asked for and what to do."
	}
}

func inspectedView(id string, one inspected) page.InspectedView {
	title := certview.Kind(one.info.Kind)
	v := page.InspectedView{
		Card: ui.CardView{ID: id, Title: title}, Facts: certview.Facts(id, one.info), All: certview.All(id, one.info),
		Rules: certview.Checks(id+"-checks", one.checks), PEM: certview.PEM(id, title, one.cert),
	}
	v.Card.Tone, v.Card.Status = certview.Summary(one.checks)
	for _, issuer := range one.chain {
		info, err := qcert.Parse(issuer)
		if err == nil {
			v.Chain = append(v.Chain, ui.KV{Key: info.Subject, Value: info.SHA256, Mono: true})
		}
	}
	return v
}

// refuse shows the form again with what is wrong, each sentence at its field.
func (v *inspectorPage) refuse(problem *fault.Error) {
	for _, f := range problem.Fields {
		v.Problems = append(v.Problems, ui.FieldError{Field: f.Name, Text: f.Message})
		switch f.Name {
		case v.First.Name:
			v.First.Error = f.Message
		case v.Second.Name:
			v.Second.Error = f.Message
		}
	}
	if len(v.Problems) == 0 {
		v.Problems = []ui.FieldError{{Text: problem.Message}}
	}
}
