package house

import (
	"go/ast"
	"go/token"
	"slices"
)

// texts knows which texts of a folder cannot come from a request: constants, and parameters of unexported
// functions that are given constants in every call.
type texts struct {
	constants map[string]bool
	functions map[string]*ast.FuncDecl
	calls     map[string][]*ast.CallExpr
	asking    map[*ast.Field]bool
}

func (t tree) texts(folder string) *texts {
	x := &texts{map[string]bool{}, map[string]*ast.FuncDecl{}, map[string][]*ast.CallExpr{}, map[*ast.Field]bool{}}
	for _, f := range t.code() {
		if f.folder() == folder {
			ast.Inspect(f.syntax, x.note)
		}
	}
	return x
}

func (x *texts) note(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		for _, spec := range n.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && n.Tok == token.CONST {
				for _, name := range v.Names {
					x.constants[name.Name] = true
				}
			}
		}
	case *ast.FuncDecl:
		if n.Recv == nil && !n.Name.IsExported() {
			x.functions[n.Name.Name] = n
		}
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok {
			x.calls[id.Name] = append(x.calls[id.Name], n)
		}
	}
	return true
}

// is tells whether e is a text that cannot come from a request.
func (x *texts) is(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.Ident:
		return x.isName(e)
	case *ast.BinaryExpr:
		return x.is(e.X) && x.is(e.Y)
	case *ast.ParenExpr:
		return x.is(e.X)
	case *ast.SelectorExpr:
		id, ok := e.X.(*ast.Ident)
		return ok && x.everyElement(id, e.Sel.Name)
	case *ast.CompositeLit:
		_, list := e.Type.(*ast.ArrayType)
		return list && !slices.ContainsFunc(e.Elts, func(el ast.Expr) bool { return !x.is(el) })
	}
	return false
}

func (x *texts) isName(id *ast.Ident) bool {
	if id.Obj == nil || id.Obj.Kind == ast.Con {
		return x.constants[id.Name]
	}
	return x.everyCall(id) || x.everyElement(id, "")
}

// everyCall: id is a parameter that is never assigned to and that every call gives a constant.
func (x *texts) everyCall(id *ast.Ident) bool {
	field, ok := id.Obj.Decl.(*ast.Field)
	if !ok || x.asking[field] {
		return false
	}
	x.asking[field] = true
	defer delete(x.asking, field)
	for name, fn := range x.functions {
		n := position(fn, field, id.Name)
		if n < 0 || assigned(fn, id) || len(x.calls[name]) == 0 {
			continue
		}
		return !slices.ContainsFunc(x.calls[name], func(c *ast.CallExpr) bool { return n >= len(c.Args) || !x.is(c.Args[n]) })
	}
	return false
}

// position is the place of a parameter in its function's list, -1 where it is another function's.
func position(fn *ast.FuncDecl, field *ast.Field, name string) int {
	n := 0
	for _, f := range fn.Type.Params.List {
		for _, id := range f.Names {
			if f == field && id.Name == name {
				return n
			}
			n++
		}
	}
	return -1
}

// assigned compares what the parser resolved the names to, which is enough within one function.
func assigned(fn *ast.FuncDecl, parameter *ast.Ident) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, left := range a.Lhs {
				id, ok := left.(*ast.Ident)
				found = found || ok && id.Obj == parameter.Obj
			}
		}
		return true
	})
	return found
}

// everyElement: id ranges over a list written on the spot, in which the field (or the element itself, where
// field is empty) is constant everywhere.
func (x *texts) everyElement(id *ast.Ident, field string) bool {
	if id.Obj == nil {
		return false
	}
	a, ok := id.Obj.Decl.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 || len(a.Lhs) != 2 || a.Lhs[1].(*ast.Ident).Name != id.Name {
		return false
	}
	over, ok := a.Rhs[0].(*ast.UnaryExpr)
	if !ok || over.Op != token.RANGE {
		return false
	}
	list, ok := over.X.(*ast.CompositeLit)
	if !ok {
		return false
	}
	if field == "" {
		return x.is(list)
	}
	array, ok := list.Type.(*ast.ArrayType)
	if !ok {
		return false
	}
	record, ok := array.Elt.(*ast.StructType)
	return ok && !slices.ContainsFunc(list.Elts, func(el ast.Expr) bool { return !x.isField(el, record, field) })
}

// isField tells whether one element of a list of records has a constant in the field.
func (x *texts) isField(element ast.Expr, record *ast.StructType, field string) bool {
	lit, ok := element.(*ast.CompositeLit)
	if !ok {
		return false
	}
	var names []string
	for _, f := range record.Fields.List {
		for _, id := range f.Names {
			names = append(names, id.Name)
		}
	}
	for i, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == field {
				return x.is(kv.Value)
			}
		} else if i < len(names) && names[i] == field {
			return x.is(e)
		}
	}
	return false
}
