package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/rehearsals"
	"fairway/internal/strictjson"
)

// orderPath is where an app orders the answer to its next calls; orderOperation is its name in the request log.
const (
	orderPath      = "/rehearsals/v1/next"
	orderOperation = "rehearsals.next"
	maxOrder       = 1 << 10
)

// ordering are the checks of an app that orders: whose it is, and that it does not ask too often. It needs neither a token
// nor a signature, since nothing of a customer's is read or changed and a build server shall be able to do it.
var ordering = []check{
	{name: "Quota", run: (*admission).checkQuota},
}

func (g *Door) mountRehearsals(r httpkit.Routes) {
	r.Get(orderPath, g.readOrder)
	r.Put(orderPath, g.putOrder)
	r.Delete(orderPath, g.dropOrder)
}

// admitApp is the guard of what an app asks of the sandbox for itself. Live has no such address.
func (g *Door) admitApp(c *gin.Context) {
	a := admissionOf(c)
	a.call.Operation = orderOperation
	if err := a.pass(identity); err != nil {
		g.refuse(c, err)
		return
	}
	if a.app.Environment != catalog.Sandbox {
		g.refuse(c, errNoRehearsals)
		return
	}
	if err := a.pass(ordering); err != nil {
		g.refuse(c, err)
	}
}

var (
	errNoRehearsals = fault.New(fault.NotFound, "RESOURCE_UNKNOWN", "Live has no rehearsals. Order answers at the address of the sandbox.")
	errNoOrder      = fault.New(fault.NotFound, "RESOURCE_UNKNOWN",
		"No answer is ordered for the next calls of this app: none was, its calls have come, or its hour is over. PUT one to this address.")
)

// orderView is an order on the wire.
type orderView struct {
	Outcome   string `json:"outcome"`
	Status    int    `json:"status,omitempty"`
	Seconds   int    `json:"seconds,omitempty"`
	Operation string `json:"operation,omitempty"`
	Calls     int    `json:"calls"`
	CallsLeft int    `json:"callsLeft"`
	EndsAt    string `json:"endsAt"`
}

func viewOf(r rehearsals.Armed) orderView {
	return orderView{Outcome: r.Outcome.Name, Status: r.Status, Seconds: r.Seconds, Operation: r.Operation, Calls: r.Calls, CallsLeft: r.Left,
		EndsAt: r.EndsAt.Format(time.RFC3339)}
}

// readOrder shows what is ordered for the next calls of the app.
func (g *Door) readOrder(c *gin.Context) error {
	a := admissionOf(c)
	list, err := g.Rehearsals.List(c.Request.Context(), a.app.OrganisationID)
	if err != nil {
		return err
	}
	armed, ok := list[a.app.ID]
	if !ok {
		return errNoOrder
	}
	return sendOrder(c, armed)
}

// putOrder orders an answer in place of the one before.
func (g *Door) putOrder(c *gin.Context) error {
	a := admissionOf(c)
	body, err := readBody(c.Request)
	if err != nil {
		return err
	}
	a.body = body

	order, err := parseOrder(body)
	if err != nil {
		return err
	}
	armed, err := g.Rehearsals.Arm(c.Request.Context(), a.app.OrganisationID, a.app.ID, order)
	if err != nil {
		return err
	}

	return sendOrder(c, armed)
}

// dropOrder takes back what is ordered; where nothing is, that is as well.
func (g *Door) dropOrder(c *gin.Context) error {
	a := admissionOf(c)
	if err := g.Rehearsals.Disarm(c.Request.Context(), a.app.OrganisationID, a.app.ID); err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusNoContent)
	return nil
}

func sendOrder(c *gin.Context, armed rehearsals.Armed) error {
	data, err := json.Marshal(viewOf(armed))
	if err != nil {
		return fmt.Errorf("encode an order: %w", err)
	}
	answer(c.Writer, http.StatusOK, string(data))
	return nil
}

// parseOrder reads the body of an order. The fault is FORMAT_ERROR and names the member.
func parseOrder(body []byte) (rehearsals.Order, error) {
	if len(body) > maxOrder {
		return rehearsals.Order{}, formatError("body", "An order has at most 1 kB. Send outcome, and where they are needed status, seconds, operation and calls.")
	}
	doc, err := strictjson.Parse(body)
	if err != nil {
		return rehearsals.Order{}, malformed(err)
	}
	doc.Only("outcome", "status", "seconds", "operation", "calls")
	w := rehearsals.Wish{Outcome: doc.String("outcome"), Operation: doc.Text("operation")}
	for _, n := range []struct {
		name string
		to   *int
	}{{"status", &w.Status}, {"seconds", &w.Seconds}, {"calls", &w.Calls}} {
		if doc.Has(n.name) {
			*n.to = doc.Int(n.name)
		}
	}
	if err := doc.Fault(); err != nil {
		return rehearsals.Order{}, malformed(err)
	}
	order, err := w.Order()
	if err != nil {
		wrong := fault.Of(err).Fields[0]
		return rehearsals.Order{}, formatError(wrong.Name, wrong.Message)
	}
	return order, nil
}

func malformed(err error) error {
	var f *strictjson.Fault
	if !errors.As(err, &f) {
		return err
	}
	return formatError(f.Path, f.Text)
}
