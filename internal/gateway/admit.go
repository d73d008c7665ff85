package gateway

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	"fairway/internal/rehearsals"
	"fairway/internal/xs2a"
)

// admission is what the door knows of one request, growing from check to check.
type admission struct {
	door      *Door
	request   *http.Request
	call      *calls.Call
	place     httpkit.Place
	now       time.Time
	operation *catalog.Operation
	// consentID is the consent of the path, in small letters; empty where the path names none.
	consentID string
	who       holder
	app       *apps.Door
	token     *oauth.Token
	consent   *consents.Consent
	body      []byte
	seal      string // the registered seal as the header carries it, once it was found there
	caller    xs2a.Caller
	// admitted is when every check had passed and the operation began.
	admitted time.Time
	// keyRead says that the API key was looked at.
	keyRead bool
	// proved says that certificate and key belong together: from here on, the call is the app's own.
	proved bool
	// cut says that something went wrong after the answer had begun: the connection is cut, so that nobody takes a half for
	// the whole.
	cut bool
	// counted says that the quota counted the call, and so bounds how many there are.
	counted bool
	// rehearsal is the answer that the TPP ordered for this call; nil where it ordered none.
	rehearsal *rehearsals.Order
	// logging says whether the call makes a row, once that is decided: what it is counted by must be asked once.
	logging logging
	header  http.Header // of the answer

	// What follows is room for what the fields above point to: one piece of memory a request.
	row    calls.Call
	steps  [maxSteps]calls.Step
	trace  [1]string
	answer capturing
}

// check is one step of the door. It returns a sentence for the request log.
type check struct {
	name string
	run  func(*admission) (string, error)
	// quiet checks make a step only where they have something to say.
	quiet bool
}

// identity are the steps that say whose call it is; admittance those that a call must pass as well. The order is the
// product's promise: what is cheap comes first, and a flood of bad signatures is bounded by the quota.
var (
	identity = []check{
		{name: "Certificate", run: (*admission).checkCertificate},
		{name: "API key", run: (*admission).checkKey},
	}
	admittance = []check{
		{name: "Token", run: (*admission).checkToken},
		{name: "Consent", run: (*admission).checkConsent},
		{name: "Role", run: (*admission).checkRole},
		{name: "Connection", run: (*admission).checkConnection},
		{name: "Headers", run: (*admission).checkHeaders},
		{name: "Quota", run: (*admission).checkQuota},
		{name: "Digest", run: (*admission).checkDigest},
		{name: "Signature", run: (*admission).checkSignature},
		{name: rehearsals.Step, run: (*admission).rehearse, quiet: true},
	}
)

// maxSteps is every check, and the operation behind them, on a day without a rehearsal.
const maxSteps = 11

const admissionKey = "fairway.admission"

// admissionOf finds the admission of a request: behind the writer that captures its answer, or in the context where
// answers are not captured.
func admissionOf(c *gin.Context) *admission {
	if w, ok := c.Writer.(*capturing); ok {
		return w.admission
	}
	v, _ := c.Get(admissionKey)
	a, _ := v.(*admission)
	return a
}

// admit is the guard of every operation.
func (g *Door) admit(c *gin.Context) {
	a := admissionOf(c)
	a.operation = g.operations[endpoint{c.Request.Method, c.FullPath()}]
	if a.operation == nil {
		g.noMethod(c)
		return
	}
	a.call.Operation = a.operation.ID
	a.consentID = strings.ToLower(c.Param("consentId"))
	if err := a.pass(identity); err != nil {
		g.refuse(c, err)
		return
	}
	if err := a.pass(admittance); err != nil {
		g.refuse(c, err)
		return
	}
	a.admitted = clock.Monotonic()
	if err := a.delay(); err != nil {
		g.refuse(c, err)
		return
	}
	ctx := xs2a.WithCaller(c.Request.Context(), &a.caller)
	if a.body != nil {
		ctx = xs2a.WithBody(ctx, a.body)
	}
	c.Request = c.Request.WithContext(ctx)
	c.Next()
	a.cutWithoutBody()
}

// identifyOnly finds out whose call it is where no operation is at the address, so that its owner can read why.
func (g *Door) identifyOnly(c *gin.Context) {
	if err := admissionOf(c).pass(identity); err != nil {
		g.refuse(c, err)
	}
}

// noMethod answers a method that the path does not take. HEAD is among them, though routes have it beside GET: a read is
// charged for what it gives, and HEAD would give nothing.
func (g *Door) noMethod(c *gin.Context) {
	if g.identifyOnly(c); c.IsAborted() {
		return
	}
	taken := g.methods(c)
	c.Header("Allow", strings.Join(taken, ", "))
	g.refuse(c, xs2a.NoMethod(taken, clip(c.Request.Method)))
}

// methods are those that an address takes.
func (g *Door) methods(c *gin.Context) []string {
	if c.FullPath() == "" { // no route, but others at this address: they were found on the way
		return slices.DeleteFunc(strings.Split(c.Writer.Header().Get("Allow"), ", "), func(m string) bool { return m == http.MethodHead })
	}
	return g.methodsAt(c.FullPath())
}

func (g *Door) methodsAt(pattern string) []string {
	var taken []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		if g.operations[endpoint{m, pattern}] != nil {
			taken = append(taken, m)
		}
	}
	return taken
}

func (g *Door) refuse(c *gin.Context, err error) {
	g.fail(c, err)
	c.Abort()
}

// pass runs checks in order, notes how each went, and stops at the first that fails.
func (a *admission) pass(checks []check) error {
	start, before := clock.Monotonic(), time.Duration(0)
	for i, ch := range checks {
		text, err := ch.run(a)
		if ch.quiet && text == "" && err == nil {
			continue
		}
		now := clock.Since(start)
		step := calls.Step{Name: ch.name, Verdict: calls.Passed, Text: text, Micros: (now - before).Microseconds()}
		before = now
		if err != nil {
			step.Verdict, step.Text = calls.Failed, fault.Of(err).Message
			a.call.Detail.Steps = append(a.call.Detail.Steps, step)
			for _, skipped := range checks[i+1:] {
				if !skipped.quiet {
					a.call.Detail.Steps = append(a.call.Detail.Steps, calls.Step{Name: skipped.name, Verdict: calls.Skipped})
				}
			}
			return err
		}
		a.call.Detail.Steps = append(a.call.Detail.Steps, step)
	}
	return nil
}

// ginPattern writes a pattern of the catalogue as gin mounts it.
func ginPattern(pattern string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(pattern)
}
