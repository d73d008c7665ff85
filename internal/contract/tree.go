package contract

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readFile reads one file into a tree without anchors: what a name stands for is in its place.
func readFile(name string) (*yaml.Node, error) {
	raw, err := files.ReadFile("documents/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	var n yaml.Node
	if err := yaml.Unmarshal(raw, &n); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(n.Content) != 1 {
		return nil, fmt.Errorf("%s is empty", name)
	}
	return plain(n.Content[0]), nil
}

// plain copies a tree without anchors, aliases and comments.
func plain(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return plain(n.Alias)
	}
	out := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style &^ (yaml.FoldedStyle | yaml.LiteralStyle)}
	for _, c := range n.Content {
		out.Content = append(out.Content, plain(c))
	}
	return out
}

// member is the value of a key of a mapping; nil where there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// at follows keys from a node down.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, k := range keys {
		n = member(n, k)
	}
	return n
}

func text(n *yaml.Node, key string) string {
	if v := member(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

func list(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	out := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		out = append(out, c.Value)
	}
	return out
}

// pairs goes through a mapping in the order in which it was written.
func pairs(n *yaml.Node, do func(key string, value *yaml.Node) error) error {
	if n == nil {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if err := do(n.Content[i].Value, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// set gives a key of a mapping a value, and makes the key where there is none.
func set(n *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, word(key), value)
}

func word(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} }

// refers says where a $ref leads: its kind and name below components.
func refers(n *yaml.Node) (kind, name string, ok bool) {
	rest, ok := strings.CutPrefix(text(n, "$ref"), "#/components/")
	if !ok {
		return "", "", false
	}
	kind, name, ok = strings.Cut(rest, "/")
	return kind, name, ok
}

// complete takes from the common parts what a document refers to, and what that refers to in turn.
func complete(root, common *yaml.Node) error {
	components := member(root, "components")
	if components == nil {
		components = mapping()
		set(root, "components", components)
	}
	take := func(kind, name string) (*yaml.Node, error) {
		if at(components, kind, name) != nil {
			return nil, nil
		}
		found := at(common, "components", kind, name)
		if found == nil {
			return nil, fmt.Errorf("nothing is called %s/%s", kind, name)
		}
		if member(components, kind) == nil {
			set(components, kind, mapping())
		}
		set(member(components, kind), name, found)
		return found, nil
	}
	return walk(root, func(n *yaml.Node) (*yaml.Node, error) {
		if kind, name, ok := refers(n); ok {
			return take(kind, name)
		}
		return nil, takeSchemes(n, take)
	})
}

// takeSchemes takes what a list called security names: schemes are named without a $ref.
func takeSchemes(n *yaml.Node, take func(kind, name string) (*yaml.Node, error)) error {
	security := member(n, "security")
	if security == nil {
		return nil
	}
	for _, way := range security.Content {
		if err := pairs(way, func(name string, _ *yaml.Node) error {
			_, err := take("securitySchemes", name)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// walk visits every mapping of a tree, and the trees that a visit found.
func walk(n *yaml.Node, visit func(*yaml.Node) (*yaml.Node, error)) error {
	if n.Kind == yaml.MappingNode {
		found, err := visit(n)
		if err != nil {
			return err
		}
		if found != nil {
			if err := walk(found, visit); err != nil {
				return err
			}
		}
	}
	for _, c := range slices.Clone(n.Content) {
		if err := walk(c, visit); err != nil {
			return err
		}
	}
	return nil
}
