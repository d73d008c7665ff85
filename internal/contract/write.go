package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Addresses are where a deployment answers. They take the place of the invented ones in documents and examples.
type Addresses struct {
	// Portal is the address of the portal, Auth that of the authorisation server.
	Portal, Auth string
	// API and Bank are the addresses of a brand's interface and of its pages, with {environment} and {brand} where those stand.
	API, Bank string
	// Environment and Brand are whose place the examples show.
	Environment, Brand string
	// Brands are all that there are.
	Brands []string
}

// Place is the address of the interface that the examples show.
func (a Addresses) Place() string { return a.at(a.API) }

func (a Addresses) at(template string) string {
	return strings.NewReplacer("{environment}", a.Environment, "{brand}", a.Brand).Replace(template)
}

// Fill writes the addresses into an example's text.
func (a Addresses) Fill(text string) string { return a.filler().Replace(text) }

// filler writes the addresses into many texts.
func (a Addresses) filler() *strings.Replacer {
	path := ""
	if u, err := url.Parse(a.Place()); err == nil {
		path = strings.TrimSuffix(u.Path, "/")
	}
	return strings.NewReplacer(
		"https://portal.example", a.Portal, "https://auth.example/sandbox/rocker", a.Auth+"/"+a.Environment+"/"+a.Brand, "https://auth.example", a.Auth,
		"https://bank.example/sandbox/rocker", a.at(a.Bank), "https://bank.example", a.at(a.Bank),
		"/sandbox/rocker/consent/", path+"/consent/", "/sandbox/rocker/card-account/", path+"/card-account/",
	)
}

// YAML is the whole document in YAML, with the addresses of a deployment.
func (d Document) YAML(a Addresses) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(d.placed(a)); err != nil {
		return nil, fmt.Errorf("write the document: %w", err)
	}
	return b.Bytes(), nil
}

// JSON is the whole document in JSON, with the addresses of a deployment.
func (d Document) JSON(a Addresses) ([]byte, error) {
	text, err := written(d.placed(a))
	return []byte(text + "\n"), err
}

// placed copies the tree with the addresses in it.
func (d Document) placed(a Addresses) *yaml.Node {
	root := plain(d.root)
	fill(root, a.filler())
	if server := at(root, "servers"); server != nil && len(server.Content) == 1 {
		set(server.Content[0], "url", word(a.server(d.API)))
		if brand := at(server.Content[0], "variables", "brand"); brand != nil {
			set(brand, "default", word(a.Brand))
			brands := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
			for _, b := range a.Brands {
				brands.Content = append(brands.Content, word(b))
			}
			set(brand, "enum", brands)
			set(at(server.Content[0], "variables", "environment"), "default", word(a.Environment))
		}
	}
	return root
}

func (a Addresses) server(api string) string {
	if api == "oauth" {
		return a.Auth
	}
	return a.API
}

func fill(n *yaml.Node, addresses *strings.Replacer) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		n.Value = addresses.Replace(n.Value)
	}
	for _, c := range n.Content {
		fill(c, addresses)
	}
}

// written is a tree in JSON, its members in the order of the document.
func written(n *yaml.Node) (string, error) {
	var compact, out bytes.Buffer
	if err := writeJSON(&compact, n); err != nil {
		return "", err
	}
	if err := json.Indent(&out, compact.Bytes(), "", "  "); err != nil {
		return "", fmt.Errorf("indent: %w", err)
	}
	return out.String(), nil
}

func writeJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			quote(b, n.Content[i].Value)
			b.WriteByte(':')
			if err := writeJSON(b, n.Content[i+1]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, c); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		return writeScalar(b, n)
	}
	return nil
}

func writeScalar(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Tag {
	case "!!int", "!!float", "!!bool":
		if _, err := strconv.ParseFloat(n.Value, 64); err != nil && n.Value != "true" && n.Value != "false" {
			return fmt.Errorf("%q is no number of JSON", n.Value)
		}
		b.WriteString(n.Value)
	case "!!null":
		b.WriteString("null")
	default:
		quote(b, n.Value)
	}
	return nil
}

func quote(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)         // a text can always be written, and a buffer takes everything
	b.Truncate(b.Len() - 1) // the line end that the encoder adds
}

// form is a mapping in form encoding, its fields in the order of the document.
func form(n *yaml.Node) (string, error) {
	var parts []string
	err := pairs(n, func(key string, value *yaml.Node) error {
		parts = append(parts, url.QueryEscape(key)+"="+url.QueryEscape(value.Value))
		return nil
	})
	return strings.Join(parts, "&"), err
}
