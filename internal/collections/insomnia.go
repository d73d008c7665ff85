package collections

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The parts of Insomnia's collection format 5.0 that are used here.
type (
	insomniaFile struct {
		Type         string              `yaml:"type"`
		Name         string              `yaml:"name"`
		Meta         insomniaMeta        `yaml:"meta"`
		Collection   []insomniaItem      `yaml:"collection"`
		Environments insomniaEnvironment `yaml:"environments"`
	}
	insomniaMeta struct {
		ID          string `yaml:"id"`
		Created     int64  `yaml:"created"`
		Modified    int64  `yaml:"modified"`
		Description string `yaml:"description,omitempty"`
		SortKey     int    `yaml:"sortKey,omitempty"`
	}
	insomniaItem struct {
		Name     string            `yaml:"name"`
		Meta     insomniaMeta      `yaml:"meta"`
		URL      string            `yaml:"url,omitempty"`
		Method   string            `yaml:"method,omitempty"`
		Body     *insomniaBody     `yaml:"body,omitempty"`
		Headers  []insomniaPair    `yaml:"headers,omitempty"`
		Auth     map[string]string `yaml:"authentication,omitempty"`
		Scripts  map[string]string `yaml:"scripts,omitempty"`
		Settings map[string]any    `yaml:"settings,omitempty"`
		Children []insomniaItem    `yaml:"children,omitempty"`
	}
	insomniaBody struct {
		Media  string         `yaml:"mimeType"`
		Text   string         `yaml:"text,omitempty"`
		Params []insomniaPair `yaml:"params,omitempty"`
	}
	insomniaPair struct {
		Name  string `yaml:"name"`
		Value string `yaml:"value"`
	}
	insomniaEnvironment struct {
		Name string            `yaml:"name"`
		Meta insomniaMeta      `yaml:"meta"`
		Data map[string]string `yaml:"data"`
	}
)

const insomniaSigning = `
const sent = {};
insomnia.request.headers.each((h) => { if (!h.disabled) sent[h.key.toLowerCase()] = insomnia.variables.replaceIn(h.value); });
if (sent['x-api-key'] !== undefined) {
  const text = (insomnia.request.body && insomnia.request.body.raw) || '';
  const made = fairway.sign(text, sent, insomnia.environment.get('qseal_key') || '', insomnia.environment.get('qseal_certificate') || '');
  for (const name in made) insomnia.request.headers.upsert({ key: name, value: made[name] });
}
if (insomnia.request.url.toString().includes('code_challenge=')) {
  const proof = fairway.pkce();
  for (const name in proof) insomnia.environment.set(name, proof[name]);
}`

// insomniaStay are the settings of a request whose redirect is not followed. Insomnia refuses a file in which settings lack
// those for cookies; the rest are its own defaults.
var insomniaStay = map[string]any{"renderRequestBody": true, "encodeUrl": true, "rebuildPath": true, "followRedirects": "off", "cookies": map[string]bool{"send": true, "store": true}}

// insomniaDay is the time that every part carries: the same values give the same bytes.
const insomniaDay = 1767225600000

// Insomnia is the collection with its environment in Insomnia's format 5.0.
func Insomnia(p Place) ([]byte, error) {
	folders, err := p.way()
	if err != nil {
		return nil, err
	}
	out := insomniaFile{Type: "collection.insomnia.rest/5.0", Name: p.title(), Meta: p.meta("wrk", "collection", 0)}
	out.Meta.Description = p.about() + p.hints()
	for n, f := range folders {
		group := insomniaItem{Name: f.name, Meta: p.meta("fld", f.name, n+1), Scripts: map[string]string{"preRequest": strings.TrimSpace(signing + insomniaSigning)}}
		group.Meta.Description = f.doc
		for i, r := range f.requests {
			group.Children = append(group.Children, p.insomniaStep(i+1, r))
		}
		out.Collection = append(out.Collection, group)
	}
	out.Environments = insomniaEnvironment{Name: "Sandbox", Meta: p.meta("env", "environment", 0), Data: map[string]string{}}
	for _, v := range p.variables() {
		out.Environments.Data[v.Name] = v.Value
	}
	for _, name := range given {
		out.Environments.Data[name] = ""
	}
	return encodeYAML(out)
}

func encodeYAML(v any) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write the collection: %w", err)
	}
	return b.Bytes(), nil
}

// meta names a part by what it is, so that a new download replaces the old one.
func (p Place) meta(kind, name string, place int) insomniaMeta {
	sum := sha256.Sum256([]byte(p.ClientID + "\x00" + p.APIURL + "\x00" + kind + "\x00" + name))
	return insomniaMeta{ID: kind + "_" + hex.EncodeToString(sum[:16]), Created: insomniaDay, Modified: insomniaDay, SortKey: place}
}

func (p Place) insomniaStep(place int, r request) insomniaItem {
	item := insomniaItem{Name: r.name, Meta: p.meta("req", r.name, place), URL: underscored(r.url), Method: r.method, Scripts: map[string]string{}}
	item.Meta.Description = r.doc
	for _, h := range r.headers {
		item.Headers = append(item.Headers, insomniaPair{h[0], underscored(h[1])})
	}
	switch {
	case r.body != "":
		item.Body = &insomniaBody{Media: "application/json", Text: r.body}
	case r.form != nil:
		item.Body = &insomniaBody{Media: "application/x-www-form-urlencoded"}
		for _, f := range r.form {
			item.Body.Params = append(item.Body.Params, insomniaPair{f[0], underscored(f[1])})
		}
	}
	if r.basic {
		item.Auth = map[string]string{"type": "basic", "username": underscored("{{client_id}}"), "password": underscored("{{client_secret}}")}
	}
	item.Scripts["afterResponse"] = strings.TrimSpace(strings.ReplaceAll(postmanTest(r), "pm.", "insomnia."))
	if r.stay {
		item.Settings = insomniaStay
	}
	return item
}

var variable = strings.NewReplacer("{{", "{{ _.", "}}", " }}")

// underscored writes variables as Insomnia does: {{ _.api_url }}.
func underscored(text string) string { return variable.Replace(text) }
