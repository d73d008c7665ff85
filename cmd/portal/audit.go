package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fairway/internal/audit"
)

type auditVerifyCommand struct {
	Head []string `sep:"none" help:"A head that was printed or logged earlier, as in 1042:9f86d0…; may be given several times. The trail must still hold it."`
}

// errTrailBroken ends the program with a status that a script can test.
var errTrailBroken = errors.New("the audit trail does not fit its chain. Keep the database as it is, compare it with a backup, and find out who could write to it")

// verifyTrail prints what the chain of the audit trail says, and fails where it is broken.
func (p *program) verifyTrail(ctx context.Context, c auditVerifyCommand) error {
	kept := make([]audit.Head, 0, len(c.Head))
	for _, text := range c.Head {
		head, err := audit.ParseHead(text)
		if err != nil {
			return spoken(err)
		}
		kept = append(kept, head)
	}
	report, err := p.audit.Verify(ctx, kept...)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(p.stdout, format+"\n", args...) }
	say("rows that fit: %d, the last is %s", report.Rows, headLine(report.Head))
	if report.Broken != nil {
		say("broken: %s", report.Broken)
		return errTrailBroken
	}
	say("the audit trail is whole")
	return nil
}

// printHead prints the head of the audit trail on one line, to be kept where nobody can write who can write the trail.
func (p *program) printHead(ctx context.Context) error {
	head, err := p.audit.Head(ctx)
	if err != nil {
		return spoken(err)
	}
	_, err = fmt.Fprintln(p.stdout, headLine(head))
	return err
}

func headLine(h audit.Head) string {
	if h.At.IsZero() {
		return h.String()
	}
	return h.String() + " " + h.At.Format(time.RFC3339Nano)
}
