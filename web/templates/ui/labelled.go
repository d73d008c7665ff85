package ui

import (
	"bytes"
	"context"
	"html"
	"io"

	"github.com/a-h/templ"
	nethtml "golang.org/x/net/html"
)

// leastLabelled is from how many columns on a cell needs to say which it stands in.
const leastLabelled = 3

// labelled writes the rows that are its children, each cell with the name of its column in data-label. In a narrow window a
// row is a card of its own, without the heads above it: there the style sheet shows the labels. The head of a row is the
// card's title and needs none.
func labelled(columns []Column) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		rows := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		if len(columns) < leastLabelled {
			return rows.Render(ctx, w)
		}
		var plain, out bytes.Buffer
		if err := rows.Render(ctx, &plain); err != nil {
			return err
		}
		label(&out, &plain, columns)
		_, err := w.Write(out.Bytes())
		return err
	})
}

func label(out, rows *bytes.Buffer, columns []Column) {
	out.Grow(rows.Len() + rows.Len()/4)
	z, column := nethtml.NewTokenizer(rows), 0
	for z.Next() != nethtml.ErrorToken {
		raw := z.Raw()
		switch {
		case bytes.HasPrefix(raw, []byte("<tr")):
			column = 0
		case bytes.HasPrefix(raw, []byte("<th")):
			column++
		case bytes.HasPrefix(raw, []byte("<td")):
			if column < len(columns) && !columns[column].Hidden {
				out.WriteString(`<td data-label="` + html.EscapeString(columns[column].Text) + `"`)
				raw = raw[len("<td"):]
			}
			column++
		}
		out.Write(raw)
	}
}
