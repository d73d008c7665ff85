package playground

import (
	"context"
	"net/url"
	"strings"

	"fairway/internal/bankclient"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

// again is a logged request as the values of the form that sends it once more: operation, parameters and headers as they
// were, and its body where the log keeps it whole. Tokens and keys are the playground's own: the log has none. What is of
// Live, of no known operation or not there any more gives back what was chosen.
func (p *Playground) again(ctx context.Context, v httpkit.Visitor, chosen url.Values) (values url.Values, body string, err error) {
	kept, ok, err := p.openKept(ctx, v, chosen.Get("sent"), chosen.Get("saved"))
	if ok || err != nil {
		return kept, kept.Get("body"), err
	}
	id, ok := calls.ParseID(chosen.Get("from"))
	if !ok {
		return chosen, "", nil
	}
	p.flush(ctx)
	call, err := p.Calls.ByID(ctx, v.OrganisationID, id)
	if fault.Is(err, fault.NotFound) {
		return chosen, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	o, known := catalog.OperationByID(call.Operation)
	if !known || call.Environment != string(env) {
		return chosen, "", nil
	}
	if !call.Detail.Truncated {
		body = call.Detail.RequestBody
	}
	return sentAgain(call, o), body, nil
}

// sentAgain are the values of the form by the names that its fields have.
func sentAgain(call calls.Call, o catalog.Operation) url.Values {
	values := url.Values{"app": {call.AppID}, "brand": {call.Brand}, "operation": {call.Operation}}
	path, query, _ := strings.Cut(call.Path, "?")
	for name, value := range inPattern(o.Pattern, path) {
		values.Set("path-"+name, value)
	}
	sent, _ := url.ParseQuery(query) // what cannot be read is left out, as the door does
	for _, param := range o.QueryParams {
		if value := sent.Get(param.Name); value != "" {
			values.Set("query-"+param.Name, value)
		}
	}
	for _, param := range o.HeaderParams {
		if value := headerOf(call.Detail.RequestHeaders, param.Name); sendable(value) && value != "" {
			values.Set("header-"+param.Name, value)
		}
	}
	if headerOf(call.Detail.RequestHeaders, "Signature") == "" {
		values.Set("mistake", string(bankclient.NotSigned))
	}
	return values
}

// inPattern are the parameters of a path by their names.
func inPattern(pattern, path string) map[string]string {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil
	}
	found := map[string]string{}
	for i, part := range want {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			if value, err := url.PathUnescape(have[i]); err == nil {
				found[strings.TrimSuffix(name, "}")] = value
			}
		}
	}
	return found
}
