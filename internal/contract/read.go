package contract

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// methods are those that a path may have, in the order of a page.
var methods = []string{"post", "get", "put", "delete"}

func read(api, version string, common *yaml.Node) (Document, error) {
	root, err := readFile(api + "-" + version)
	if err != nil {
		return Document{}, err
	}
	if err := complete(root, common); err != nil {
		return Document{}, err
	}
	info := member(root, "info")
	d := Document{API: api, Version: version, Title: text(info, "title"), Summary: text(info, "summary"), Description: text(info, "description"), root: root}
	err = pairs(member(root, "paths"), func(path string, item *yaml.Node) error {
		for _, m := range methods {
			if n := member(item, m); n != nil {
				o, err := d.operation(strings.ToUpper(m), path, n)
				if err != nil {
					return fmt.Errorf("%s %s: %w", m, path, err)
				}
				d.Operations = append(d.Operations, o)
			}
		}
		return nil
	})
	return d, err
}

// resolved follows a $ref. What stands beside it, as a description, replaces what is there.
func (d Document) resolved(n *yaml.Node) *yaml.Node {
	kind, name, ok := refers(n)
	if !ok {
		return n
	}
	target := at(d.root, "components", kind, name)
	if len(n.Content) == 2 || target == nil {
		return target
	}
	merged := &yaml.Node{Kind: yaml.MappingNode, Tag: target.Tag, Content: slices.Clone(target.Content)}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "$ref" {
			set(merged, n.Content[i].Value, n.Content[i+1])
		}
	}
	return merged
}

func (d Document) operation(method, path string, n *yaml.Node) (Operation, error) {
	o := Operation{ID: text(n, "operationId"), Method: method, Path: path, Summary: text(n, "summary"), Description: text(n, "description"), Role: text(n, "x-role")}
	o.Access, o.Schemes = d.access(member(n, "security"))
	if params := member(n, "parameters"); params != nil {
		for _, p := range params.Content {
			p = d.resolved(p)
			o.Params = append(o.Params, d.param(text(p, "name"), text(p, "in"), p))
		}
	}
	if body := member(n, "requestBody"); body != nil {
		b := Body{Description: text(body, "description")}
		var err error
		if b.Media, b.Fields, b.Examples, err = d.content(member(body, "content")); err != nil {
			return o, err
		}
		o.Body = &b
	}
	err := pairs(member(n, "responses"), func(status string, r *yaml.Node) error {
		a, err := d.answer(status, d.resolved(r))
		o.Answers = append(o.Answers, a)
		return err
	})
	return o, err
}

func (d Document) access(security *yaml.Node) (ways [][]string, schemes []Scheme) {
	if security == nil {
		return nil, nil
	}
	for _, way := range security.Content {
		var names []string
		_ = pairs(way, func(name string, _ *yaml.Node) error { // the visit answers no error
			names = append(names, name)
			if !slices.ContainsFunc(schemes, func(s Scheme) bool { return s.Name == name }) {
				n := at(d.root, "components", "securitySchemes", name)
				schemes = append(schemes, Scheme{Name: name, Type: text(n, "type"), Header: text(n, "name"), Description: text(n, "description")})
			}
			return nil
		})
		ways = append(ways, names)
	}
	return ways, schemes
}

func (d Document) param(name, in string, n *yaml.Node) Param {
	schema := d.resolved(member(n, "schema"))
	return Param{
		Name: name, In: in, Description: text(n, "description"), Required: text(n, "required") == "true", Unless: text(n, "x-required-unless"),
		Type: typeOf(schema), Limits: limits(schema), Enum: list(member(schema, "enum")), Example: text(n, "example"),
	}
}

func (d Document) answer(status string, n *yaml.Node) (Answer, error) {
	number, err := strconv.Atoi(status)
	if err != nil {
		return Answer{}, fmt.Errorf("the status %q is no number", status)
	}
	a := Answer{Status: number, Description: text(n, "description"), Codes: list(member(n, "x-codes"))}
	_ = pairs(member(n, "headers"), func(name string, h *yaml.Node) error { // the visit answers no error
		a.Headers = append(a.Headers, d.param(name, "header", d.resolved(h)))
		return nil
	})
	a.Media, a.Fields, a.Examples, err = d.content(member(n, "content"))
	return a, err
}

// content reads the one media type that every body here has.
func (d Document) content(n *yaml.Node) (media string, fields []Field, examples []Example, err error) {
	err = pairs(n, func(name string, m *yaml.Node) error {
		media = name
		fields = d.fields(member(m, "schema"), "", 0, map[string]string{}, nil)
		write := written
		if media != "application/json" {
			write = form
		}
		if one := member(m, "example"); one != nil {
			t, err := write(one)
			examples = append(examples, Example{Text: t})
			return err
		}
		return pairs(member(m, "examples"), func(name string, e *yaml.Node) error {
			t, err := write(member(e, "value"))
			examples = append(examples, Example{Name: name, Summary: text(e, "summary"), Text: t})
			return err
		})
	})
	return media, fields, examples, err
}

// maxDepth bounds how deep a schema is followed.
const maxDepth = 12

// fields lists the members of an object and of the objects in it, each behind the one that holds it. An object whose schema was
// listed before is not listed again: seen keeps where.
func (d Document) fields(schema *yaml.Node, path string, depth int, seen map[string]string, out []Field) []Field {
	schema = d.resolved(schema)
	required := list(member(schema, "required"))
	_ = pairs(member(schema, "properties"), func(name string, n *yaml.Node) error { // the visit answers no error
		_, shared, _ := refers(n)
		n = d.resolved(n)
		f := Field{Path: path + name, Depth: depth, Type: typeOf(n), Description: text(n, "description"), Limits: limits(n), Enum: list(member(n, "enum")),
			Required: slices.Contains(required, name)}
		inner, below := n, f.Path+"."
		if items := member(n, "items"); items != nil {
			_, shared, _ = refers(items)
			inner, below = d.resolved(items), f.Path+"[]."
			f.Type = "array of " + plural(typeOf(inner))
		}
		if shared != "" && member(inner, "properties") != nil {
			f.As = seen[shared]
			seen[shared] = cmp.Or(f.As, strings.TrimSuffix(below, "."))
		}
		out = append(out, f)
		if depth < maxDepth && f.As == "" {
			out = d.fields(inner, below, depth+1, seen, out)
		}
		return nil
	})
	return out
}

func plural(of string) string {
	if of == "" {
		return "values"
	}
	return of + "s"
}

// typeOf is the type in words, with its format.
func typeOf(schema *yaml.Node) string {
	t, format := text(schema, "type"), text(schema, "format")
	if format == "" {
		return t
	}
	return t + ", " + map[string]string{"uuid": "UUID", "date": "YYYY-MM-DD", "date-time": "RFC 3339 date and time", "uri": "absolute address", "ip": "IP address"}[format]
}

// limits says in words what else a value must keep to.
func limits(schema *yaml.Node) []string {
	var out []string
	say := func(key, before, after string) {
		if v := text(schema, key); v != "" {
			out = append(out, before+v+after)
		}
	}
	say("const", "always ", "")
	say("minLength", "at least ", " characters")
	say("maxLength", "at most ", " characters")
	say("minimum", "from ", "")
	say("maximum", "to ", "")
	say("minItems", "at least ", " of them")
	say("maxItems", "at most ", " of them")
	say("pattern", "form ", "")
	return out
}
