package house

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// isStore tells whether f is one of the files that may hold queries.
func isStore(f *file) bool { return strings.HasPrefix(path.Base(f.path), "store") }

var (
	// handles are the methods of db.Tx that hand out gorm.
	handles = []string{"SQL", "ForUpdate"}
	// drivers are the methods of db.DB and db.Tx that hand out what lies beneath, which the queue needs too.
	drivers = []string{"Native", "Pool"}
)

// queriesOutsideStores: db.Tx is opaque to rules, handlers and jobs.
func queriesOutsideStores(t tree) []finding {
	var out []finding
	for _, f := range t.code() {
		if isStore(f) || within(f.folder(), "internal/db") {
			continue
		}
		for call, name := range f.methodCalls {
			queue := within(f.folder(), "internal/jobs") && slices.Contains(drivers, name)
			if len(call.Args) == 0 && !queue && (slices.Contains(handles, name) || slices.Contains(drivers, name)) {
				out = append(out, f.at(call.Pos(), "calls %s() outside store*.go", name))
			}
		}
	}
	return out
}

// methodCalls gives each call of the form x.Name(…).
func (f *file) methodCalls(yield func(*ast.CallExpr, string) bool) {
	on := true
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && on {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				on = yield(call, sel.Sel.Name)
			}
		}
		return on
	})
}

func TestQueriesAreWrittenInStoresOnly(t *testing.T) {
	hold(t, queriesOutsideStores,
		"Move the query into a function of store.go that takes the db.Tx, and call that.",
		[]sources{
			{"internal/apps/apps.go": `package apps; func f(tx interface{ SQL() any }) any { return tx.SQL() }`},
			{"internal/site/restore.go": `package site; func f(tx interface{ ForUpdate() any }) any { return tx.ForUpdate() }`},
			{"internal/calls/writer.go": `package calls; func f(d interface{ Pool() any }) any { return d.Pool() }`},
		},
		[]sources{
			{"internal/apps/store.go": `package apps; func f(tx interface{ SQL() any }) any { return tx.SQL() }`},
			{"internal/jobs/jobs.go": `package jobs; func f(d interface{ Native() any }) any { return d.Native() }`},
			{"internal/apps/store_keys.go": `package apps; func f(tx interface{ SQL() any }) any { return tx.SQL() }`},
			{"internal/apps/apps_test.go": `package apps; func f(tx interface{ SQL() any }) any { return tx.SQL() }`},
		})
}

// query follows which expressions of a function are gorm queries: everything begins at SQL() or ForUpdate().
type query struct{ names map[string]bool }

// is tells whether e is a query, by what its chain begins with.
func (q query) is(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return q.names[e.Name]
	case *ast.ParenExpr:
		return q.is(e.X)
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (slices.Contains(handles, sel.Sel.Name) && len(e.Args) == 0 || q.is(sel.X))
	}
	return false
}

// queries finds the names that hold queries in a function.
func queries(body ast.Node) query {
	q := query{names: map[string]bool{}}
	ast.Inspect(body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i, right := range a.Rhs {
				if name, ok := a.Lhs[i].(*ast.Ident); ok && q.is(right) {
					q.names[name.Name] = true
				}
			}
		}
		return true
	})
	return q
}

var (
	// finders take an inline condition after the destination, which is a query part when it is a string.
	finders = []string{"First", "Find", "Take", "Last", "Delete", "FirstOrInit", "FirstOrCreate"}
	// written take SQL as their first argument.
	written = []string{"Where", "Not", "Or", "Having", "Order", "Group", "Table", "Joins", "Raw", "Exec", "Select", "Omit", "Pluck", "Distinct", "Update"}
	// refusedMethods do more than their line says.
	refusedMethods = map[string]string{
		"Save":        "writes every column: name the columns that change",
		"AutoMigrate": "changes the schema behind the migrations",
		"Preload":     "follows associations: write the second query",
		"Association": "follows associations: write the second query",
		"Unscoped":    "has no soft delete to go around",
	}
)

// gormTraps are the ways of gorm to run another query than the line shows.
func gormTraps(t tree) []finding {
	var out []finding
	for _, f := range t.code() {
		if !isStore(f) {
			continue
		}
		constant := t.texts(f.folder())
		for _, d := range f.syntax.Decls {
			q := queries(d)
			ast.Inspect(d, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				sel, ok := call.Fun.(*ast.SelectorExpr)
				if ok && q.is(sel.X) {
					if what := trap(sel.Sel.Name, call.Args, constant); what != "" {
						out = append(out, f.at(sel.Sel.Pos(), "%s", what))
					}
				}
				return true
			})
		}
	}
	return out
}

func trap(method string, args []ast.Expr, constant *texts) string {
	switch {
	case refusedMethods[method] != "":
		return method + " " + refusedMethods[method]
	case slices.Contains(finders, method) && len(args) > 1:
		return method + " with a condition: a variable there is run as SQL"
	case slices.Contains(written, method) && len(args) > 0 && !constant.is(args[0]):
		return method + " with text that is not constant, or a struct whose zero fields vanish"
	case method == "Updates" && len(args) > 0 && isStruct(args[0]):
		return "Updates with a struct leaves out zero values"
	}
	return ""
}

func isStruct(e ast.Expr) bool {
	if address, ok := e.(*ast.UnaryExpr); ok {
		e = address.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return false
	}
	_, isMap := lit.Type.(*ast.MapType)
	return !isMap
}

// inStore makes an invented store around one line.
func inStore(line string) sources {
	return sources{"internal/apps/store.go": `package apps
const columns = "id, name"
type row struct{ Name string }
func f(tx db.Tx, id, order string, x row) { ` + line + ` }`}
}

func TestQueriesSayWhatTheyDo(t *testing.T) {
	hold(t, gormTraps,
		`Write Where("column = ?", value) with constant text, choose sort columns from a switch of constants, update with a map, and delete or find with Where before it.`,
		[]sources{
			inStore(`tx.SQL().First(&x, id)`),
			inStore(`tx.SQL().Where("a = ?", 1).Take(&x, "id = ?", id)`),
			inStore(`q := tx.SQL().Table("apps"); q = q.Limit(3); q.Delete(&x, id)`),
			inStore(`tx.ForUpdate().Where(&row{Name: id}).Take(&x)`),
			inStore(`tx.SQL().Where(map[string]any{"name": id}).Take(&x)`),
			inStore(`tx.SQL().Where("name = '" + id + "'").Take(&x)`),
			inStore(`tx.SQL().Order(order).Find(&x)`),
			inStore(`tx.SQL().Raw(fmt.Sprintf("SELECT %s", id)).Scan(&x)`),
			inStore(`tx.SQL().Where("id = ?", id).Updates(row{Name: id})`),
			inStore(`tx.SQL().Where("id = ?", id).Updates(&row{Name: id})`),
			inStore(`tx.SQL().Save(&x)`),
			inStore(`func() { columns := id; tx.SQL().Select(columns).Find(&x) }()`),
			inStore(`where(tx, "a = ?"); where(tx, id) }; func where(tx db.Tx, condition string) { tx.SQL().Where(condition).Find(1)`),
			inStore(`}; func Where(tx db.Tx, condition string) { tx.SQL().Where(condition).Find(1)`),
			inStore(`where(tx, "a = ?"); where(tx, "b = ?") }; func where(tx db.Tx, c string) { c += "x"; tx.SQL().Where(c).Find(1)`),
			inStore(`for _, s := range []struct{ sql, arg string }{{"a", id}, {id, "b"}} { tx.SQL().Exec(s.sql, s.arg) }`),
			inStore(`for _, s := range rows { tx.SQL().Exec(s.sql) }`),
		},
		[]sources{
			inStore(`tx.SQL().Table("apps").Select(columns).Where("id = ? AND "+"name = ?", id, order).Order("id DESC").Take(&x)`),
			inStore(`tx.SQL().Table("apps").Where("id = ?", id).Updates(map[string]any{"name": id})`),
			inStore(`q := tx.SQL().Table("apps"); if id != "" { q = q.Where("id < ?", id) }; q.Find(&x)`),
			inStore(`cache.Find(ctx, id)`),
			inStore(`where(tx, "a = ?"); where(tx, columns+" = ?") }; func where(tx db.Tx, condition string) { tx.SQL().Where(condition).Find(1)`),
			inStore(`for _, s := range []struct{ sql, arg string }{{"a", id}, {arg: id, sql: columns}} { tx.SQL().Exec(s.sql, s.arg) }`),
			inStore(`for _, name := range []string{"a", "b"} { tx.SQL().Table(name).Count(&n) }`),
			inStore(`tx.SQL().Select([]string{"id", columns}).Find(&x)`),
		})
}

// hooks are methods that gorm calls behind the query's back.
var hooks = []string{"BeforeCreate", "AfterCreate", "BeforeSave", "AfterSave", "BeforeUpdate", "AfterUpdate", "BeforeDelete", "AfterDelete", "AfterFind"}

func gormHooks(t tree) []finding {
	var out []finding
	for _, f := range t.code() {
		for _, d := range f.syntax.Decls {
			if m, ok := d.(*ast.FuncDecl); ok && m.Recv != nil && slices.Contains(hooks, m.Name.Name) {
				out = append(out, f.at(m.Pos(), "%s is called by gorm behind the query's back", m.Name.Name))
			}
		}
	}
	return out
}

func TestNoQueryHasAHook(t *testing.T) {
	hold(t, gormHooks, "Do it in the domain's method, where a reader sees it.",
		[]sources{{"internal/apps/store.go": `package apps; type row struct{}; func (row) BeforeCreate() error { return nil }`}},
		[]sources{{"internal/apps/store.go": `package apps; func BeforeCreate() error { return nil }`}})
}
