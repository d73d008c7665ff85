package debugger

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/qcert"
	"fairway/internal/rawrequest"
	page "fairway/web/templates/debugger"
)

// form is what is pasted. Nothing of it is kept.
type form struct {
	Request     string `form:"request"`
	Certificate string `form:"certificate"`
	Second      string `form:"second"`
}

var errNoExample = fault.New(fault.NotFound, "example_unknown", "There is no example of that name. The debugger’s page lists them.")

// open is the page before anything is sent: empty, with an example, or with a request of the visitor's log.
func (f *Face) open(c *gin.Context) error {
	if name := c.Query("example"); name != "" {
		return f.openExample(c, name)
	}
	if id := c.Query("request"); id != "" {
		return f.openRequest(c, id)
	}
	return f.show(c, http.StatusOK, newView(form{}))
}

// openExample shows an example with what was found out about it.
func (f *Face) openExample(c *gin.Context, name string) error {
	leave, err := f.admit(c)
	if err != nil {
		return err
	}
	defer leave()
	text, ok, err := f.example(c.Request.Context(), name)
	if !ok {
		return errNoExample
	}
	if err != nil {
		return err
	}
	filled := form{Request: text.request, Certificate: text.certificate, Second: text.second}
	e, err := examine(filled.submission(), f.Clock.Now())
	if err != nil {
		return err
	}
	v := newView(filled)
	v.result(&e)
	return f.show(c, http.StatusOK, v)
}

// openRequest shows a request of the visitor's log with what can be told about it.
func (f *Face) openRequest(c *gin.Context, id string) error {
	l, err := f.openLogged(c.Request.Context(), httpkit.Who(c), id)
	if err != nil {
		return err
	}
	filled := form{Request: l.request.Text()}
	if l.signers.seal != nil {
		filled.Certificate = asPEM(l.signers.seal)
		filled.Second = asPEM(l.signers.others[0])
	}
	v := newView(filled)
	v.Note = l.note
	v.from(l)
	if l.examination != nil {
		leave, err := f.admit(c)
		if err != nil {
			return err
		}
		defer leave()
		l.examination.look(l.signers, f.Clock.Now())
		v.result(l.examination)
	}
	return f.show(c, http.StatusOK, v)
}

// check looks at what was pasted.
func (f *Face) check(c *gin.Context) error {
	var sent form
	if err := httpkit.BindForm(c, &sent); err != nil {
		return f.again(c, sent, err)
	}
	leave, err := f.admit(c)
	if err != nil {
		return f.again(c, sent, err)
	}
	defer leave()
	e, err := examine(sent.submission(), f.Clock.Now())
	var bad refusal
	switch {
	case errors.As(err, &bad):
		return f.again(c, sent.without(bad), bad.fault())
	case err != nil:
		return err
	}
	sent.Request = e.request.Text()
	v := newView(sent)
	v.result(&e)
	return f.show(c, http.StatusOK, v)
}

// again shows the form with what is wrong, and without secrets.
func (f *Face) again(c *gin.Context, sent form, failed error) error {
	found, err := httpkit.ProblemsOf(c, failed)
	if err != nil {
		return err
	}
	sent.Request = rawrequest.Clean(sent.Request)
	for _, text := range []*string{&sent.Certificate, &sent.Second} {
		if qcert.Recognise([]byte(*text)).Secret() {
			*text = ""
		}
	}
	v := newView(sent)
	v.refuse(found)
	return f.show(c, found.Status, v)
}

func (f *Face) show(c *gin.Context, status int, v view) error {
	frame := httpkit.PublicFrame(c, v.Head.Title, "Paste a signed PSD2 request and see, step by step, what is right and what is wrong: the digest, the header list, keyId, the certificate, and the byte at which what you signed differs.")
	frame.Path, frame.Error, frame.Wide = Path, len(v.Problems) > 0, true
	return httpkit.Page(c, status, page.Page(frame, v.View))
}

func (s form) submission() submission {
	return submission{request: []byte(s.Request), certificate: []byte(s.Certificate), second: []byte(s.Second), pasted: true}
}

// without empties the fields that must not be shown again.
func (s form) without(bad refusal) form {
	for _, w := range bad {
		if !w.secret {
			continue
		}
		switch w.field {
		case "request":
			s.Request = ""
		case "certificate":
			s.Certificate = ""
		case "second":
			s.Second = ""
		}
	}
	return s
}

// fault is a refusal as a form's.
func (r refusal) fault() *fault.Error {
	fields := make([]fault.Field, 0, len(r))
	for _, w := range r {
		fields = append(fields, fault.Field{Name: w.field, Message: w.text})
	}
	return fault.Form(fields...)
}
