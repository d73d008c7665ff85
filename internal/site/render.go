package site

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"fairway/internal/codeview"
	"fairway/web/templates/ui"
)

// pageRenderer draws code, tables and notes with the parts of our design system; the rest is goldmark's own.
type pageRenderer struct {
	ctx            context.Context
	blocks, tables int
}

// RegisterFuncs names the nodes that are drawn here.
func (r *pageRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindFencedCodeBlock, r.code)
	reg.Register(ast.KindBlockquote, r.note)
	reg.Register(extast.KindTable, r.table)
	reg.Register(extast.KindTableHeader, r.tableHeader)
	reg.Register(extast.KindTableRow, r.tableRow)
	reg.Register(extast.KindTableCell, r.tableCell)
	reg.Register(kindTerm, r.term)
}

func (r *pageRenderer) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	r.blocks++
	b := readCodeBlock(n.(*ast.FencedCodeBlock), source)
	view := ui.CodeView{ID: "code-" + strconv.Itoa(r.blocks), Title: b.heading(), Text: strings.TrimSuffix(b.Text, "\n"), Wrap: b.Wrap}
	view.Spans = codeview.Spans(b.Language, view.Text)
	return ast.WalkSkipChildren, ui.CodeBlock(view).Render(r.ctx, w)
}

// heading is what stands above a block of code.
func (b codeBlock) heading() string {
	switch {
	case b.File != "":
		return b.File
	case b.Title != "":
		return b.Title
	case b.Language == "sh":
		return "Shell"
	}
	return "Text"
}

// note draws a quotation as a notice. Nobody is quoted in this documentation.
func (r *pageRenderer) note(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := w.WriteString("</div></div>\n")
		return ast.WalkContinue, err
	}
	_, _ = w.WriteString(`<div class="alert note">`) // a failure of the buffer comes back from its next write
	if err := ui.Icon("info").Render(r.ctx, w); err != nil {
		return ast.WalkStop, err
	}
	_, err := w.WriteString(`<div class="stack-xs">`)
	return ast.WalkContinue, err
}

// table puts a table into a box that scrolls sideways and can be focused.
func (r *pageRenderer) table(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := w.WriteString("</tbody></table></div>\n")
		return ast.WalkContinue, err
	}
	r.tables++
	name := "Table " + strconv.Itoa(r.tables)
	if h := headingBefore(n); h != nil {
		name = plain(h, source)
	}
	_, err := w.WriteString(`<div class="table-wrap" role="group" tabindex="0" aria-label="` + string(util.EscapeHTML([]byte(name))) + `"><table>`)
	return ast.WalkContinue, err
}

func headingBefore(n ast.Node) ast.Node {
	for p := n.PreviousSibling(); p != nil; p = p.PreviousSibling() {
		if p.Kind() == ast.KindHeading {
			return p
		}
	}
	return nil
}

func (r *pageRenderer) tableHeader(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	return writeTags(w, entering, "<thead><tr>", "</tr></thead><tbody>")
}

func (r *pageRenderer) tableRow(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	return writeTags(w, entering, "<tr>", "</tr>")
}

// oneLine is how long the head of a row may be to stay on one line.
const oneLine = 26

// tableCell makes the first cell of a row its header.
func (r *pageRenderer) tableCell(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	switch {
	case n.Parent().Kind() == extast.KindTableHeader && !n.HasChildren():
		return writeTags(w, entering, "<td>", "</td>")
	case n.Parent().Kind() == extast.KindTableHeader:
		return writeTags(w, entering, `<th scope="col">`, "</th>")
	case n.PreviousSibling() == nil && utf8.RuneCountInString(plain(n, source)) <= oneLine:
		return writeTags(w, entering, `<th scope="row" class="nowrap">`, "</th>")
	case n.PreviousSibling() == nil:
		return writeTags(w, entering, `<th scope="row">`, "</th>")
	}
	return writeTags(w, entering, labelledCell(n, source), "</td>")
}

// labelledCell opens a cell of a row; in a table of three columns and more it says which one it stands in, as ui.Table does.
func labelledCell(n ast.Node, source []byte) string {
	head := n.Parent().Parent().FirstChild()
	if head.ChildCount() < 3 {
		return "<td>"
	}
	cell := head.FirstChild()
	for at := n.PreviousSibling(); at != nil && cell != nil; at = at.PreviousSibling() {
		cell = cell.NextSibling()
	}
	if cell == nil {
		return "<td>"
	}
	return `<td data-label="` + string(util.EscapeHTML([]byte(plain(cell, source)))) + `">`
}

func writeTags(w util.BufWriter, entering bool, open, end string) (ast.WalkStatus, error) {
	if entering {
		_, err := w.WriteString(open)
		return ast.WalkContinue, err
	}
	_, err := w.WriteString(end)
	return ast.WalkContinue, err
}
