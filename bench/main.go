// Command bench measures the machines' door of the real program against a bare server that verifies the same
// signatures, in turns on the same machine, and prints the ratios. bench/README.md tells how and what came out.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	database string
	rounds   int
	length   time.Duration
	requests int
	tpps     int
	apps     int
	patience int
	quick    bool
	register bool
	log      bool
	binary   string
	out      string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 3 && args[0] == "bare" {
		return serveBare(ctx, args[1], args[2])
	}
	o, err := parse(args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "fairway-bench-")
	if err != nil {
		return err
	}
	r, err := measureAll(ctx, o, dir)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	r.print(os.Stdout)
	if o.out == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	return os.WriteFile(o.out, append(text, '\n'), 0o644)
}

func parse(args []string) (options, error) {
	var o options
	var seconds float64
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.database, "db", "both", "sqlite, postgres or both")
	flags.IntVar(&o.rounds, "rounds", 5, "how many rounds; medians are reported")
	flags.Float64Var(&seconds, "seconds", 3, "length of one measurement in seconds")
	flags.IntVar(&o.requests, "requests", 20_000, "how many different requests are signed before")
	flags.IntVar(&o.tpps, "tpps", 16, "how many TPPs call; each has connections of its own")
	flags.IntVar(&o.apps, "apps", 20, "apps of a TPP; 20 is what an organisation may have")
	flags.IntVar(&o.patience, "patience", 10, "how many disturbed rounds of a measurement are repeated")
	flags.BoolVar(&o.quick, "quick", false, "measure the full path alone (P1, P2, P5)")
	flags.BoolVar(&o.log, "log", false, "measure the pages of the request log alone (P19)")
	flags.BoolVar(&o.register, "register", false, "measure the door beside an import of the register alone (P22)")
	flags.StringVar(&o.binary, "binary", "", "measure this program instead of building one")
	flags.StringVar(&o.out, "out", "", "file for the whole report in JSON")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("%q is no flag", flags.Arg(0))
	}
	o.length = time.Duration(seconds * float64(time.Second))
	switch {
	case o.database != "sqlite" && o.database != "postgres" && o.database != "both":
		return options{}, fmt.Errorf("-db is sqlite, postgres or both, not %q", o.database)
	case o.rounds < 1 || o.length <= 0 || o.tpps < 1 || o.apps < 1 || o.requests < o.tpps*o.apps:
		return options{}, errors.New("-rounds, -seconds, -tpps and -apps are at least 1, -requests is at least one an app")
	}
	return o, nil
}

// measureAll builds the program and measures it on each database.
func measureAll(ctx context.Context, o options, dir string) (report, error) {
	r := newReport(o)
	binary, err := o.built(ctx, dir, &r)
	if err != nil {
		return r, err
	}
	if o.database != "postgres" {
		part := filepath.Join(dir, "sqlite")
		if err := os.Mkdir(part, 0o700); err != nil {
			return r, err
		}
		if err := measurePart(ctx, o, &r, place{name: "SQLite", executable: binary, dir: part, database: "sqlite:" + filepath.Join(part, "portal.db")}); err != nil {
			return r, err
		}
		if err := os.RemoveAll(part); err != nil {
			return r, err
		}
	}
	if o.database == "sqlite" {
		return r, nil
	}
	server, err := startPostgres(ctx)
	if err != nil {
		return r, err
	}
	part := filepath.Join(dir, "postgres")
	err = os.Mkdir(part, 0o700)
	if err == nil {
		err = measurePart(ctx, o, &r, place{name: "PostgreSQL", executable: binary, dir: part, database: server.url, postgres: server.pid})
	}
	return r, errors.Join(err, server.end())
}

// built is the given program, or one that is built here as a release is.
func (o options) built(ctx context.Context, dir string, r *report) (string, error) {
	if o.binary != "" {
		return filepath.Abs(o.binary)
	}
	binary := filepath.Join(dir, "portal")
	fmt.Fprintln(os.Stderr, "building the program")
	size, err := build(ctx, binary)
	if err != nil {
		return "", err
	}
	r.add(mebibytes("P18", "size of the program, stripped", size, 50))
	return binary, nil
}
