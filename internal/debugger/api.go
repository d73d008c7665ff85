package debugger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/httpsig"
	"fairway/internal/strictjson"
)

// maxQuestion bounds what a script may send.
const maxQuestion = 128 << 10

// verdict is the answer to a script.
type verdict struct {
	Valid         bool      `json:"valid"`
	SigningString string    `json:"signing_string"`
	SignedInstead string    `json:"signed_instead"`
	Findings      []finding `json:"findings"`
}

// finding is one thing that is wrong or worth knowing.
type finding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Path     string `json:"path"`
	Text     string `json:"text"`
}

// problem is the one shape of every answer that is no verdict.
type problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// verify answers scripts: the request and a certificate in JSON, the verdict in JSON. The bytes of the body count as they
// are in the text.
func (f *Face) verify(c *gin.Context) error {
	if err := f.limits.take(c.ClientIP(), f.Clock.Now()); err != nil {
		return refuse(c, err)
	}
	status, s, no := readQuestion(c) // before there is a place for it: whoever sends slowly keeps no place from others
	if no != nil {
		return send(c, status, no)
	}
	leave, err := f.limits.enter(c.Request.Context())
	if err != nil {
		return refuse(c, err)
	}
	defer leave()
	e, err := examine(s, f.Clock.Now())
	var bad refusal
	switch {
	case errors.As(err, &bad):
		return send(c, http.StatusUnprocessableEntity, &problem{bad[0].code, bad[0].text})
	case err != nil:
		return err
	}
	return send(c, http.StatusOK, e.verdict())
}

// refuse answers a fault of the limits. Anything else is for the door.
func refuse(c *gin.Context, err error) error {
	f := fault.Of(err)
	if f.Kind != fault.TooMany {
		return err
	}
	httpkit.Failed(c, err)
	c.Header("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	return send(c, http.StatusTooManyRequests, &problem{strings.ReplaceAll(f.Code, "_", "-"), f.Message})
}

// readQuestion reads the JSON that a script sent; a problem comes with its status.
func readQuestion(c *gin.Context) (status int, s submission, no *problem) {
	if media, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || media != "application/json" {
		return http.StatusUnsupportedMediaType, s, &problem{"content-type", "Send JSON: the header Content-Type must be application/json."}
	}
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, maxQuestion+1))
	switch {
	case err != nil:
		return http.StatusBadRequest, s, &problem{"body-incomplete", "The body ended before it was complete. Send it again."}
	case len(body) > maxQuestion:
		return http.StatusRequestEntityTooLarge, s, &problem{"body-too-large", "The body is larger than 128 KiB. A request of 64 KiB and a certificate are far below that."}
	}
	o, err := strictjson.Parse(body)
	if err != nil {
		return http.StatusBadRequest, s, &problem{"json", err.Error()}
	}
	o.Only("request", "certificate")
	s.request, s.certificate = []byte(o.String("request")), []byte(o.Text("certificate"))
	if err := o.Fault(); err != nil {
		return http.StatusBadRequest, s, &problem{"json", err.Error()}
	}
	return http.StatusOK, s, nil
}

func send(c *gin.Context, status int, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	c.Header("Cache-Control", "no-store")
	c.Data(status, "application/json", body)
	return nil
}

// verdict is an examination for scripts: each reason of a step that failed is a finding, then what stands beside it.
func (e *examination) verdict() verdict {
	d := e.diagnosis
	v := verdict{Valid: d.Valid, SigningString: d.SigningString, SignedInstead: printable(d.SignedInstead), Findings: []finding{}}
	for _, s := range d.Steps {
		if s.Verdict != httpsig.Failed {
			continue
		}
		if len(s.Reasons) == 0 {
			v.Findings = append(v.Findings, finding{s.Code, httpsig.SeverityError, s.Path, s.Text})
		}
		for _, r := range s.Reasons {
			v.Findings = append(v.Findings, finding{r.Cause, httpsig.SeverityError, s.Path, r.Text})
		}
	}
	if len(e.request.Dropped) > 0 {
		v.Findings = append(v.Findings, finding{codeDropped, httpsig.SeverityNote, "request", "Left out before anything was looked at: " + e.dropped() + "."})
	}
	for _, f := range e.findings {
		v.Findings = append(v.Findings, finding(f))
	}
	return v
}
