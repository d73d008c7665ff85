package catalog

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"fairway/internal/fault"
)

// TokenKind says which access tokens an operation takes.
type TokenKind string

// The kinds of tokens. A client token comes from the client-credentials grant and speaks for the TPP; a user token
// comes from the authorisation code, speaks for the PSU and opens one consent.
const (
	// ClientToken is for what has no consent yet.
	ClientToken TokenKind = "client"
	// EitherToken is for calls about a consent: the TPP's own token, or the user token of that very consent.
	EitherToken TokenKind = "either"
	// UserToken is for what belongs to the PSU.
	UserToken TokenKind = "user"
)

// ParamType says how a parameter is written.
type ParamType string

// The types of parameters (spec NextGenPSD2 §4.1 and RFC 3339 full-date).
const (
	Text    ParamType = "text"
	UUID    ParamType = "uuid"
	Date    ParamType = "date"
	Integer ParamType = "integer"
	Choice  ParamType = "choice"
	Flag    ParamType = "boolean"
	IP      ParamType = "ip"
	URI     ParamType = "uri"
)

// Param is one parameter of an operation: in the path, in the query or a header.
type Param struct {
	Name     string
	Required bool
	Type     ParamType
	// Enum are the values of a Choice.
	Enum []string
	// Example is a value that the sandbox accepts; empty where it comes from an earlier answer.
	Example string
	// Hint says in a sentence what to send.
	Hint string
}

// Operation is one call of the bank's interface. Headers that every call needs (X-Request-ID, Authorization,
// X-API-Key, Digest, Signature, TPP-Signature-Certificate) are not among its parameters.
type Operation struct {
	// ID is its name in the request log and in the playground, as in "consents.create".
	ID string
	// API is the API that an app must be connected to. It is empty for consents, which come with every API of Scope.
	API string
	// Scope is the OAuth scope before the colon: AIS.
	Scope string
	// Role is the PSD2 role that the certificate needs.
	Role   string
	Method string
	// Pattern is the path with its parameters in braces, as in the OpenAPI document.
	Pattern string
	Summary string
	// Token says which access tokens it takes.
	Token TokenKind
	// NeedsConsent reports whether the call carries a Consent-ID header.
	NeedsConsent bool
	// Success is the status of the answer when all went well.
	Success      int
	PathParams   []Param
	QueryParams  []Param
	HeaderParams []Param
	HasBody      bool
	// Example writes a body that the sandbox accepts on the given day; nil where there is no body.
	Example func(today time.Time) string
}

// Operations lists the operations of all APIs in the order in which a TPP meets them.
func Operations() []Operation { return slices.Clone(operations) }

// OperationByID finds an operation by its name.
func OperationByID(id string) (Operation, bool) {
	i := slices.IndexFunc(operations, func(o Operation) bool { return o.ID == id })
	if i < 0 {
		return Operation{}, false
	}
	return operations[i], true
}

// OperationsOf lists the operations that a connection to an API opens: its own, and the consents of its scope.
func OperationsOf(a API) []Operation {
	var out []Operation
	for _, o := range operations {
		if o.API == a.ID || o.API == "" && o.Scope == a.Scope {
			out = append(out, o)
		}
	}
	return out
}

// Built reports whether this program has operations of a version of an API. Another one can be announced only.
func Built(api, version string) bool {
	return slices.ContainsFunc(operations, func(o Operation) bool {
		return o.API == api && strings.HasPrefix(o.Pattern, "/"+api+"/"+version+"/")
	})
}

// Path fills the pattern with the parameters' values, each escaped as one segment, so that a value can neither add a
// segment nor leave the path. A missing or impossible value is a Form fault that names the parameter.
func (o Operation) Path(values map[string]string) (string, error) {
	path := o.Pattern
	var missing []fault.Field
	for _, p := range o.PathParams {
		v := values[p.Name]
		if v == "" || v == "." || v == ".." {
			missing = append(missing, fault.Field{Name: p.Name, Message: "Enter the " + p.Name + "."})
			continue
		}
		path = strings.Replace(path, "{"+p.Name+"}", url.PathEscape(v), 1)
	}
	if len(missing) > 0 {
		return "", fault.Form(missing...)
	}
	return path, nil
}
