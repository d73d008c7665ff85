package debugger

import (
	"context"
	"crypto/x509"
	"net/http"
	"strings"

	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/rawrequest"
	"fairway/internal/secret"
)

var (
	errSignIn = fault.New(fault.Unauthenticated, "sign_in", "Sign in to open a request of your log.")
	errNoCall = fault.New(fault.NotFound, "call_unknown", "There is no such request in your log. Requests are kept for 30 days.")
)

// logged is a call of the log as it can be looked at.
type logged struct {
	id          string
	request     rawrequest.Request
	signers     signers
	examination *examination // nil where too little was kept
	note        string       // what of the request is not here as it was sent
}

// openLogged puts a call of the visitor's organisation together again. Whose it is not and what is not there look alike.
func (f *Face) openLogged(ctx context.Context, v httpkit.Visitor, id string) (logged, error) {
	if !v.SignedIn() {
		return logged{}, errSignIn
	}
	n, ok := calls.ParseID(id)
	if !ok || v.OrganisationID == "" {
		return logged{}, errNoCall
	}
	f.flush(ctx)
	call, err := f.Calls.ByID(ctx, v.OrganisationID, n)
	if fault.Is(err, fault.NotFound) {
		return logged{}, errNoCall
	}
	if err != nil {
		return logged{}, err
	}
	s, header, err := f.sealAt(ctx, call)
	if err != nil {
		return logged{}, err
	}
	l := logged{id: calls.FormatID(call.ID), signers: s}
	l.rebuild(call, header)
	return l, nil
}

// sealAt are the organisation's certificates at the time of a call, and its seal as the header carries it. In Live they
// are uploaded ones that this page does not know.
func (f *Face) sealAt(ctx context.Context, call calls.Call) (s signers, header string, err error) {
	if call.Environment != string(catalog.Sandbox) {
		return signers{}, "", nil
	}
	sets, err := f.Certs.History(ctx, call.OrganisationID, catalog.Sandbox)
	if err != nil {
		return signers{}, "", err
	}
	then, ok := certs.ActiveAt(sets, call.At)
	if !ok {
		return signers{}, "", nil
	}
	s = signers{seal: then.QSeal.X509, others: []*x509.Certificate{then.QWAC.X509}}
	for _, set := range sets {
		if set.ID != then.ID {
			s.others = append(s.others, set.QSeal.X509)
		}
	}
	return s, then.QSeal.Header, nil
}

// rebuild writes the request as the log has it.
func (l *logged) rebuild(call calls.Call, seal string) {
	d := call.Detail
	l.request = rawrequest.Request{Start: call.Method + " " + call.Path + " HTTP/1.1", Method: call.Method, Target: call.Path, Header: http.Header{}, Body: []byte(d.RequestBody)}
	var missing []string
	lost := false // the certificate
	for _, h := range d.RequestHeaders {
		name, value := h[0], h[1]
		switch {
		case secret.NamesHeader(name):
			l.request.Dropped = append(l.request.Dropped, name)
			continue
		case strings.EqualFold(name, "TPP-Signature-Certificate") && strings.HasPrefix(value, "(the registered seal"):
			if value = seal; value == "" {
				lost = true
				missing = append(missing, "The log names your certificate instead of repeating it. Add it to the request below, and to its own field, then check.")
				continue
			}
		case strings.EqualFold(name, "TPP-Signature-Certificate"):
			lost = true
			missing = append(missing, "The certificate that was sent is not the registered one, and the log keeps its beginning only. Add it to the request below, then check.")
			continue
		case strings.HasSuffix(value, "…"):
			missing = append(missing, "The log keeps the beginning of "+name+" only.")
		}
		l.request.Fields = append(l.request.Fields, [2]string{name, value})
		l.request.Header[name] = append(l.request.Header[name], value)
		if strings.EqualFold(name, "host") {
			l.request.Host = value
		}
	}
	unknown := callview.LostBody(call)
	if unknown != "" {
		missing = append(missing, unknown+", so whether the digest fits cannot be told.")
	}
	l.note = strings.Join(missing, " ")
	if !lost {
		l.examination = &examination{request: l.request, body: l.request.Body, unknown: unknown != ""}
	}
}
