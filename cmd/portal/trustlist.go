package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"fairway/internal/trustlist/xades"
)

type trustlistCommand struct {
	File []string `arg:"" help:"Files as their publishers signed them, .xml or .xml.gz."`
}

// importLists prints what became of each file. A file that was refused stops no other one, but the program ends with 1.
func (p *program) importLists(ctx context.Context, c trustlistCommand) error {
	files := make([][]byte, len(c.File))
	for i, name := range c.File {
		var err error
		if files[i], err = readList(name); err != nil {
			return fmt.Errorf("read the trusted lists: %w", err)
		}
	}
	report, err := p.lists.Import(ctx, "command", files)
	if err != nil {
		return spoken(err)
	}
	for i, line := range report.Lines {
		if _, err := fmt.Fprintf(p.stdout, "%s: %s\n", c.File[i], line.Text()); err != nil {
			return err
		}
	}
	if n := report.Refused(); n > 0 {
		return fmt.Errorf("%d of %d files were refused", n, len(files))
	}
	return nil
}

// readList reads one byte more than a list may have, so that one that is too large is told from one that is not.
func readList(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, xades.MaxFile+1))
}
