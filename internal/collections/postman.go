package collections

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// The parts of Postman's Collection Format v2.1.0 that are used here.
type (
	postmanCollection struct {
		Info  postmanInfo    `json:"info"`
		Item  []postmanItem  `json:"item"`
		Event []postmanEvent `json:"event,omitempty"`
	}
	postmanInfo struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Schema      string `json:"schema"`
	}
	postmanItem struct {
		Name        string          `json:"name"`
		Description string          `json:"description,omitempty"`
		Item        []postmanItem   `json:"item,omitempty"`
		Event       []postmanEvent  `json:"event,omitempty"`
		Request     *postmanRequest `json:"request,omitempty"`
		Behaviour   map[string]bool `json:"protocolProfileBehavior,omitempty"`
	}
	postmanEvent struct {
		Listen string        `json:"listen"`
		Script postmanScript `json:"script"`
	}
	postmanScript struct {
		Type string   `json:"type"`
		Exec []string `json:"exec"`
	}
	postmanRequest struct {
		Method      string        `json:"method"`
		Description string        `json:"description,omitempty"`
		URL         string        `json:"url"`
		Header      []postmanPair `json:"header"`
		Auth        *postmanAuth  `json:"auth,omitempty"`
		Body        *postmanBody  `json:"body,omitempty"`
	}
	postmanPair struct {
		Key   string `json:"key"`
		Value string `json:"value"`
		Type  string `json:"type,omitempty"`
	}
	postmanAuth struct {
		Type  string        `json:"type"`
		Basic []postmanPair `json:"basic,omitempty"`
	}
	postmanBody struct {
		Mode       string        `json:"mode"`
		Raw        string        `json:"raw,omitempty"`
		URLEncoded []postmanPair `json:"urlencoded,omitempty"`
	}
	postmanEnvironment struct {
		Name   string            `json:"name"`
		Values []postmanVariable `json:"values"`
		Scope  string            `json:"_postman_variable_scope"`
	}
	postmanVariable struct {
		Key         string `json:"key"`
		Value       string `json:"value"`
		Type        string `json:"type"`
		Enabled     bool   `json:"enabled"`
		Description string `json:"description,omitempty"`
	}
)

const postmanSchema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

// postmanSigning stands before every request and signs those that carry an API key. What an authorisation proves
// itself with is made anew for each.
const postmanSigning = `
if (pm.request.headers.has('X-API-Key')) {
  const sent = {};
  pm.request.headers.each((h) => { if (!h.disabled) sent[h.key.toLowerCase()] = pm.variables.replaceIn(h.value); });
  const text = pm.request.body && pm.request.body.mode === 'raw' ? pm.variables.replaceIn(pm.request.body.raw || '') : '';
  const made = fairway.sign(text, sent, pm.variables.get('qseal_key') || '', pm.variables.get('qseal_certificate') || '');
  for (const name in made) pm.request.headers.upsert({ key: name, value: made[name] });
}
if (pm.request.url.toString().includes('code_challenge=')) {
  const proof = fairway.pkce();
  for (const name in proof) pm.environment.set(name, proof[name]);
}`

// Postman is the collection in Postman's Collection Format v2.1, without values: those are in the environment.
func Postman(p Place) ([]byte, error) {
	folders, err := p.way()
	if err != nil {
		return nil, err
	}
	c := postmanCollection{Info: postmanInfo{Name: p.title(), Description: p.about(), Schema: postmanSchema},
		Event: []postmanEvent{{Listen: "prerequest", Script: script(signing + postmanSigning)}}}
	for _, f := range folders {
		item := postmanItem{Name: f.name, Description: f.doc}
		for _, r := range f.requests {
			item.Item = append(item.Item, postmanStep(r))
		}
		c.Item = append(c.Item, item)
	}
	return encode(c)
}

// PostmanEnvironment is the environment of the collection: what is known, and an empty place for each secret.
func PostmanEnvironment(p Place) ([]byte, error) {
	e := postmanEnvironment{Name: p.title(), Scope: "environment"}
	for _, v := range p.variables() {
		kind := "default"
		if v.Secret {
			kind = "secret"
		}
		e.Values = append(e.Values, postmanVariable{Key: v.Name, Value: v.Value, Type: kind, Enabled: true, Description: v.Hint})
	}
	for _, name := range given {
		e.Values = append(e.Values, postmanVariable{Key: name, Type: "default", Enabled: true, Description: "Set by the requests."})
	}
	return encode(e)
}

func postmanStep(r request) postmanItem {
	q := &postmanRequest{Method: r.method, URL: r.url, Description: r.doc, Header: []postmanPair{}, Auth: &postmanAuth{Type: "noauth"}}
	for _, h := range r.headers {
		q.Header = append(q.Header, postmanPair{Key: h[0], Value: h[1]})
	}
	if r.basic {
		q.Auth = &postmanAuth{Type: "basic", Basic: []postmanPair{{"username", "{{client_id}}", "string"}, {"password", "{{client_secret}}", "string"}}}
	}
	if r.body != "" {
		q.Body = &postmanBody{Mode: "raw", Raw: r.body}
	}
	if r.form != nil {
		q.Body = &postmanBody{Mode: "urlencoded"}
		for _, f := range r.form {
			q.Body.URLEncoded = append(q.Body.URLEncoded, postmanPair{Key: f[0], Value: f[1]})
		}
	}
	item := postmanItem{Name: r.name, Request: q}
	if r.stay {
		item.Behaviour = map[string]bool{"followRedirects": false}
	}
	item.Event = append(item.Event, postmanEvent{Listen: "test", Script: script(postmanTest(r))})
	return item
}

// postmanTest expects the status and keeps what later requests need.
func postmanTest(r request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "pm.test('%d', () => pm.response.to.have.status(%d));\n", r.status, r.status)
	for _, k := range r.keep {
		fmt.Fprintf(&b, "if (pm.response.code === %d) pm.environment.set('%s', pm.response.json()%s);\n", r.status, k[0], access(k[1]))
	}
	return b.String()
}

// access writes the way to a value as JavaScript does.
func access(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, ".") {
		if part[0] >= '0' && part[0] <= '9' {
			b.WriteString("[" + part + "]")
		} else {
			b.WriteString("." + part)
		}
	}
	return b.String()
}

func script(text string) postmanScript {
	return postmanScript{Type: "text/javascript", Exec: strings.Split(strings.TrimSpace(text), "\n")}
}

func encode(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the collection: %w", err)
	}
	return append(text, '\n'), nil
}

// host is the host of an address, as a tool names what a client certificate is for.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
