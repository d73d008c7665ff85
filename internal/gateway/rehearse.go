package gateway

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/rehearsals"
	"fairway/internal/upstream"
)

// mostWaiting is how many calls may be held up at a time, mostOfOne how many of one organisation, so that none keeps the others
// out. What comes above is answered at once.
const (
	mostWaiting = 512
	mostOfOne   = 128
)

// afterWait is how long a call may take beyond the wait that was ordered.
const afterWait = 15 * time.Second

// orderHeader is the header as net/http spells it.
var orderHeader = http.CanonicalHeaderKey(rehearsals.Header)

// rehearse gives the call what its TPP ordered: with the call itself, or before for the next calls of the app. It is the last
// check, so a rehearsed answer stands in the place of a good one: what is wrong with a call is told as ever, and spends no
// order. In Live there is nothing to order, and the header is one that we do not know.
func (a *admission) rehearse() (string, error) {
	if a.app.Environment != catalog.Sandbox {
		return "", nil
	}
	order, err := a.order()
	if order == nil || err != nil {
		return "", err
	}
	a.rehearsal = order
	a.header[rehearsals.Marker] = []string{order.Outcome.Name}
	if order.Outcome.Effect == rehearsals.Refuse {
		if order.Status == http.StatusMethodNotAllowed {
			a.header["Allow"] = []string{strings.Join(a.door.methodsAt(ginPattern(a.operation.Pattern)), ", ")}
		}
		return "", order.Fault(a.now).With(errOrdered)
	}
	if order.Outcome.Effect == rehearsals.Slow {
		return "You ordered this: the answer comes " + strconv.Itoa(order.Seconds) + " s late.", nil
	}
	return "You ordered this: " + strings.ToLower(order.Outcome.Title[:1]) + order.Outcome.Title[1:] + ".", nil
}

func (a *admission) order() (*rehearsals.Order, error) {
	values := a.request.Header[orderHeader]
	if len(values) == 0 {
		return a.door.Rehearsals.Spend(a.request.Context(), a.app.ID, a.operation.ID)
	}
	if len(values) > 1 {
		return nil, formatError(rehearsals.Header, "The header "+rehearsals.Header+" occurs twice. Send it once.")
	}
	order, err := rehearsals.ParseHeader(values[0])
	if err != nil {
		return nil, err
	}
	return &order, nil
}

var errOrdered = errors.New("the answer was ordered")

// ordered reports whether a fault is the answer that was ordered.
func (a *admission) ordered(err error) bool {
	return a.rehearsal != nil && errors.Is(err, errOrdered)
}

// effect is what was ordered for the answer of the operation; empty where nothing was.
func (a *admission) effect() rehearsals.Effect {
	if a.rehearsal == nil {
		return ""
	}
	return a.rehearsal.Outcome.Effect
}

// spoils reports whether the body of the answer goes out otherwise than it was written.
func (a *admission) spoils() bool {
	switch a.effect() {
	case rehearsals.CutOff, rehearsals.Empty, rehearsals.Malformed:
		return true
	}
	return false
}

// spoil sends of a whole body what was ordered. Answers of the sandbox are written whole.
func (w *capturing) spoil(p []byte) (err error) {
	a, half := w.admission, p[:len(p)/2]
	a.tell()
	switch a.effect() {
	case rehearsals.CutOff:
		_, err = w.write(half)
		w.Flush()
		a.cut = true
	case rehearsals.Malformed:
		a.header["Content-Length"] = []string{strconv.Itoa(len(half))}
		_, err = w.write(half)
	default:
		a.header["Content-Length"] = []string{"0"}
		w.WriteHeaderNow()
	}
	return err
}

// WriteHeaderNow sends the headers, but for an answer that is to be cut off: they go out with the half of a body, or not.
func (w *capturing) WriteHeaderNow() {
	if w.admission.effect() != rehearsals.CutOff {
		w.ResponseWriter.WriteHeaderNow()
	}
}

// cutWithoutBody cuts the connection where it was ordered and the answer has no body to cut.
func (a *admission) cutWithoutBody() {
	if a.effect() == rehearsals.CutOff && !a.cut {
		a.tell()
		a.cut = true
	}
}

// tell notes for the log what was done to the answer, unless there is worse to tell.
func (a *admission) tell() {
	if a.call.Detail.Reason == "" {
		a.call.Detail.Reason = a.rehearsal.Outcome.Text
	}
}

// delay holds the call up as long as was ordered. Nothing is held meanwhile but the connection; it ends early where the
// client leaves, and without a fault where the server ends.
func (a *admission) delay() error {
	if a.effect() != rehearsals.Slow {
		return nil
	}
	wait := time.Duration(a.rehearsal.Seconds) * time.Second
	a.extend(wait)
	if a.door.waiting.hold(a.request.Context(), a.app.OrganisationID, wait) {
		return nil
	}
	return upstream.ErrLeft.With(a.request.Context().Err())
}

// extend puts the wait on top of what the server allows a call; when reading ends, the client counts as gone. A connection
// without such limits refuses, and has nothing to move.
func (a *admission) extend(wait time.Duration) {
	control, end := http.NewResponseController(a.answer.ResponseWriter), clock.System{}.Now().Add(wait+afterWait)
	_ = control.SetReadDeadline(end)
	_ = control.SetWriteDeadline(end)
}

// waitingRoom is where slow answers are held up.
type waitingRoom struct {
	ending chan struct{}
	once   sync.Once

	mu  sync.Mutex
	all int
	of  map[string]int // by organisation
}

func newWaitingRoom() *waitingRoom {
	return &waitingRoom{ending: make(chan struct{}), of: map[string]int{}}
}

// enter takes a place, where there is one for this organisation.
func (w *waitingRoom) enter(organisationID string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all >= mostWaiting || w.of[organisationID] >= mostOfOne {
		return false
	}
	w.all++
	w.of[organisationID]++
	return true
}

func (w *waitingRoom) leave(organisationID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all--
	if w.of[organisationID]--; w.of[organisationID] == 0 {
		delete(w.of, organisationID)
	}
}

// hold waits, and reports whether the client is still there.
func (w *waitingRoom) hold(ctx context.Context, organisationID string, wait time.Duration) bool {
	if !w.enter(organisationID) {
		return true
	}
	defer w.leave(organisationID)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.ending:
	case <-ctx.Done():
		return false
	}
	return true
}

// Waiting is how many calls are held up now, as was ordered for them.
func (g *Door) Waiting() int {
	g.waiting.mu.Lock()
	defer g.waiting.mu.Unlock()
	return g.waiting.all
}

// End lets the calls go on that are held up, and holds up no more: the server is about to end.
func (g *Door) End() { g.waiting.once.Do(func() { close(g.waiting.ending) }) }
