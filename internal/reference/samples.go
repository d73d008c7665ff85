package reference

import (
	"net/url"
	"slices"
	"strings"

	"fairway/internal/contract"
	"fairway/internal/samples"
)

// sampleOf is the example of an operation for a program: what is required, with the reader's own app where there is one. What is
// secret, and the consent, are variables; ids in the path are those of the example.
func sampleOf(d contract.Document, o contract.Operation, r reader) samples.Request {
	s := samples.Request{Name: fileName(o.ID), Method: o.Method, URL: target(d, o, r.at), ClientID: samples.Value{Text: r.app.ClientID}, TokenURL: r.at.Auth + "/token",
		APIKey: o.Takes("apiKey"), Token: tokenOf(o)}
	if o.ID == "oauth.token" {
		s.Form = fieldsOf(o.Body.Examples[0].Text)
		return s
	}
	_, s.Signed = o.Param("header", "Signature")
	s.Headers = []samples.Field{samples.Text("Accept", "application/json")}
	for _, p := range o.Params {
		switch {
		case p.In != "header" || !sent(p):
		case p.Name == "Consent-ID":
			s.Headers = append(s.Headers, samples.Variable(p.Name, "CONSENT_ID"))
		default:
			s.Headers = append(s.Headers, samples.Text(p.Name, p.Example))
		}
	}
	if o.Body != nil {
		s.Headers = append(s.Headers, samples.Text("Content-Type", o.Body.Media))
		s.Body = o.Body.Examples[0].Text
	}
	return s
}

// fileName is the name of an operation as that of a file.
func fileName(id string) string { return strings.ToLower(strings.ReplaceAll(id, ".", "-")) }

// tokenOf is the customer's token where no other will do.
func tokenOf(o contract.Operation) samples.Token {
	switch {
	case o.Takes("ownToken"):
		return samples.OwnToken
	case o.Takes("customerToken"):
		return samples.CustomerToken
	}
	return samples.NoToken
}

// sent reports whether an example carries a parameter: where it is required, and the customer's address.
func sent(p contract.Param) bool {
	return p.Example != "" && (p.Required || p.Unless != "" || p.Name == "PSU-IP-Address")
}

// target is the whole address of an example.
func target(d contract.Document, o contract.Operation, at contract.Addresses) string {
	base, path := at.Place(), o.Path
	if d.API == "oauth" {
		base = at.Auth
	}
	var query []string
	for _, p := range o.Params {
		switch {
		case p.In == "path" && p.Name == "brand":
			path = strings.Replace(path, "{brand}", at.Brand, 1)
		case p.In == "path":
			path = strings.Replace(path, "{"+p.Name+"}", p.Example, 1)
		case p.In == "query" && sent(p):
			query = append(query, p.Name+"="+url.QueryEscape(p.Example))
		}
	}
	if len(query) == 0 {
		return base + path
	}
	return base + path + "?" + strings.Join(query, "&")
}

// fieldsOf are the parameters of a form in its order.
func fieldsOf(form string) []samples.Field {
	var fields []samples.Field
	for part := range strings.SplitSeq(form, "&") {
		name, value, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		fields = append(fields, samples.Text(name, plain))
	}
	return fields
}

// hasIDs reports whether a program has ids that its reader replaces.
func hasIDs(o contract.Operation) bool {
	return slices.ContainsFunc(o.Params, func(p contract.Param) bool { return p.In == "path" && p.Name != "brand" && p.Name != "environment" })
}
