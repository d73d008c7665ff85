package playground

import (
	"strings"

	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/codeview"
	"fairway/internal/httpkit"
	"fairway/internal/samples"
	page "fairway/web/templates/playground"
)

const copyID = "copy-as"

// copyAs is a logged call as a program in the reader's language, or why there can be none.
func (p *Playground) copyAs(call calls.Call, known legend, coding httpkit.Coding) page.CopyAsView {
	v := page.CopyAsView{ID: copyID}
	if v.Note = whyNoProgram(call, known); v.Note != "" {
		return v
	}
	if v.Samples = codeview.Program(copyID+"-program", p.loggedSample(call, known), coding); v.Samples == nil {
		v.Note = "It cannot be written as a program: its address, a header or its body is no text that a program can hold."
		return v
	}
	v.Lead = "What was sent, for your own machine. The log has no secrets: the program reads them from env.sh, and signs anew what was signed."
	if call.Environment != string(env) {
		v.Lead = "What was sent, for your own machine. In Live it reads your own files and values, under the names that the sandbox’s archive gives them."
	}
	return v
}

// whyNoProgram says why a call cannot be made again from what the log keeps; empty where it can.
func whyNoProgram(call calls.Call, known legend) string {
	const no = "It cannot be written as a program: "
	if call.Operation == "token" {
		return no + "the log keeps nothing of what is sent to the token endpoint. The documentation has the programs that get a token, under Authentication."
	}
	if !known.hasBrand(call.Brand) || call.Environment == "" {
		return no + "its address named no bank."
	}
	if strings.ContainsAny(call.Path, "…�") || strings.Contains(call.Path, "**") {
		return no + "the log masks or shortens a part of its address."
	}
	for _, h := range call.Detail.RequestHeaders {
		switch {
		case strings.EqualFold(h[0], "Authorization") && !strings.HasPrefix(strings.ToLower(h[1]), "bearer "):
			return no + "its Authorization was no Bearer token, and the log keeps no more of it."
		case !samples.Made(h[0]) && (strings.ContainsAny(h[1], "…�") || strings.HasPrefix(h[1], "(removed")):
			return no + "the log keeps the beginning of the header " + h[0] + " only."
		}
	}
	if lost := callview.LostBody(call); lost != "" {
		return no + strings.ToLower(lost[:1]) + lost[1:] + "."
	}
	return ""
}

// loggedSample is a logged call for a program that makes it again: signed, with a key and with a token where it was. The log
// tells no token from another, so the program takes the one that the operation asks for, its own where both will do.
func (p *Playground) loggedSample(call calls.Call, known legend) samples.Request {
	r := samples.Request{Name: "request", Method: call.Method, Body: call.Detail.RequestBody, TokenURL: p.Addresses.Auth + "/token",
		URL: p.Addresses.API.URL(call.Environment, call.Brand) + call.Path, ClientID: samples.Value{Text: known.clientID(call.AppID)}}
	operation, _ := catalog.OperationByID(call.Operation)
	for _, h := range call.Detail.RequestHeaders {
		switch strings.ToLower(h[0]) {
		case "signature":
			r.Signed = true
		case "x-api-key":
			r.APIKey = true
		case "authorization":
			r.Token = samples.OwnToken
			if operation.Token == catalog.UserToken {
				r.Token = samples.CustomerToken
			}
		}
		r.Headers = append(r.Headers, samples.Text(h[0], h[1]))
	}
	return r
}

func (n legend) hasBrand(id string) bool {
	for _, b := range n.brands {
		if b.ID == id {
			return true
		}
	}
	return false
}

// clientID is that of an app that is still there.
func (n legend) clientID(appID string) string {
	for _, a := range n.apps {
		if a.ID == appID {
			return a.ClientID
		}
	}
	return ""
}
