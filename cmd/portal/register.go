package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"fairway/internal/clock"
	"fairway/internal/register"
)

type registerImportCommand struct {
	File          string `arg:"" type:"path" help:"The file as the EBA publishes it: the ZIP, or the JSON that it holds."`
	AllowShrunken string `placeholder:"REASON" help:"Take the file though it has more than a tenth fewer institutions; the reason is written into the trail."`
	SHA256        string `name:"sha256" placeholder:"DIGEST" help:"Refuse the file unless this is its SHA-256, as the EBA's description of it says."`
}

// importRegister reports what was imported and what it replaces.
func (p *program) importRegister(ctx context.Context, c registerImportCommand) (err error) {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the register's file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("open the register's file: %w", err)
	}
	former, replaces, err := p.register.Status(ctx)
	if err != nil {
		return spoken(err)
	}
	start := clock.Monotonic()
	made, err := p.register.Import(ctx, "command", file, info.Size(), register.Options{AllowShrunken: c.AllowShrunken, SHA256: c.SHA256})
	if err != nil {
		return spoken(err)
	}
	_, err = fmt.Fprintf(p.stdout, "The register of %s is in use: %d institutions of %d entries, read in %s.\n",
		made.Date.Format(time.RFC3339), made.Institutions, made.Entries, clock.Since(start).Round(time.Millisecond))
	if err == nil && replaces {
		_, err = fmt.Fprintf(p.stdout, "It replaces the register of %s with %d institutions.\n", former.Date.Format(time.RFC3339), former.Institutions)
	}
	return err
}
