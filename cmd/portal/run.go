package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"fairway/internal/clock"
	"fairway/internal/config"
)

// commands is the command line. Every setting is a flag, and PORTAL_ with the flag's name in the environment.
type commands struct {
	config.Settings

	Serve     struct{}         `cmd:"" default:"1" help:"Run the portal and the bank's interface. This is what happens without a command."`
	Provision provisionCommand `cmd:"" help:"Make certificates, an app and its connection without a browser, for pipelines."`
	Staff     struct {
		Add         staffCommand       `cmd:"" help:"Let a colleague in: prints a one-time link that sets the password and the second factor."`
		ResetFactor resetFactorCommand `cmd:"" help:"Take the second factor from a colleague who lost it: prints a one-time link that sets password and factor anew."`
	} `cmd:"" help:"Accounts of the service provider's own people."`
	Register struct {
		Import registerImportCommand `cmd:"" help:"Take in a file of the register, JSON or ZIP, beside a running server."`
	} `cmd:"" help:"The EBA's register of payment and electronic money institutions."`
	Audit struct {
		Verify auditVerifyCommand `cmd:"" help:"Check that no row of the audit trail was changed or removed; ends with 1 where one was."`
		Head   struct{}           `cmd:"" help:"Print the last row's number, hash and time, to be kept elsewhere."`
	} `cmd:"" help:"The audit trail and its chain of hashes."`
	Trustlist struct {
		Import trustlistCommand `cmd:"" help:"Verify trusted lists and keep them: the list of the lists and national ones, in any order."`
	} `cmd:"" help:"The European trusted lists of qualified trust services."`
	Live struct {
		RotateKey struct{} `cmd:"" help:"Make a new key that brands check us by; it signs after an hour."`
	} `cmd:"" help:"The way to the brands' own systems."`
	Demo    demoCommand `cmd:"" help:"What a laptop needs to try Live offline; not in production."`
	Migrate struct{}    `cmd:"" help:"Bring the database to this version and end."`
	Version struct{}    `cmd:"" help:"Print the version and end."`
}

// errUsage ends the program after the usage was printed.
var errUsage = errors.New("see portal --help")

// run is the whole program; tests call it too.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	var cmd commands
	done := false
	parser, err := kong.New(&cmd, kong.Name("portal"),
		kong.Description("Fairway, a PSD2 developer portal with the bank behind it."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { done = true }), kong.Resolvers(environment(getenv)))
	if err != nil {
		return fmt.Errorf("read the command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if done {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w; %w", err, errUsage)
	}
	switch parsed.Command() {
	case "version":
		_, err := fmt.Fprintln(stdout, version)
		return err
	case "demo qtsp flaws":
		return listFlaws(stdout)
	}
	if demonstrates(parsed.Command()) && config.Mode(cmd.Mode) == config.Production { // before faults of the configuration, and before the database
		return errDemoInProduction
	}
	cfg, err := cmd.Check()
	if err != nil {
		return err
	}
	p := &program{cfg: cfg, clock: clock.System{}, log: newLog(cfg, stderr), stdout: stdout}
	return p.do(ctx, parsed.Command(), &cmd)
}

func (p *program) do(ctx context.Context, command string, cmd *commands) error {
	if err := p.open(ctx); err != nil {
		return err
	}
	defer func() { _ = p.db.Close() }()
	switch command {
	case "migrate":
		return nil
	case "provision":
		return p.provision(ctx, cmd.Provision)
	case "trustlist import <file>":
		return p.importLists(ctx, cmd.Trustlist.Import)
	case "staff add":
		return p.addStaff(ctx, cmd.Staff.Add)
	case "register import <file>":
		return p.importRegister(ctx, cmd.Register.Import)
	case "demo bank":
		return p.serveDemoBank(ctx, cmd.Demo.Bank)
	case "demo qtsp issue":
		return p.issueDemo(ctx, cmd.Demo.QTSP.Issue)
	case "demo qtsp revoke <serial>":
		return p.revokeDemo(cmd.Demo.QTSP.Revoke)
	case "audit verify":
		return p.verifyTrail(ctx, cmd.Audit.Verify)
	case "audit head":
		return p.printHead(ctx)
	case "live rotate-key":
		if err := p.keys.Rotate(ctx, "command"); err != nil {
			return spoken(err)
		}
		p.say("A new key is shown at %s/live/jwks.json, and signs in an hour.", p.cfg.AuthURL)
		return nil
	case "staff reset-factor":
		return p.resetFactor(ctx, cmd.Staff.ResetFactor)
	default:
		return p.serve(ctx)
	}
}

// demonstrates tells the commands of demonstrations from the others.
func demonstrates(command string) bool { return strings.HasPrefix(command, "demo ") }

// environment lets PORTAL_API_ADDR stand for --api-addr.
func environment(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
		if parent.Command != nil {
			return nil, nil
		}
		if value := getenv("PORTAL_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))); value != "" {
			return value, nil
		}
		return nil, nil
	})
}

// newLog writes JSON lines in production and readable ones in development, secrets never.
func newLog(cfg config.Config, w io.Writer) *slog.Logger {
	if cfg.Mode == config.Production {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
