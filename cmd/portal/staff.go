package main

import (
	"context"
	"fmt"

	"fairway/internal/accounts"
)

type staffCommand struct {
	Email string `required:"" help:"The colleague's e-mail address."`
	Role  string `required:"" enum:"admin,support" help:"admin or support."`
}

// addStaff prints a link that sets the password and then the second factor, once.
func (p *program) addStaff(ctx context.Context, c staffCommand) error {
	token, err := p.accounts.AddStaff(ctx, c.Email, accounts.Role(c.Role))
	if err != nil {
		return spoken(err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s/staff/%s\n", p.cfg.BaseURL, token.Reveal())
	return err
}

type resetFactorCommand struct {
	Email string `required:"" help:"The colleague's e-mail address."`
}

// resetFactor prints a link that sets password and second factor anew, once.
func (p *program) resetFactor(ctx context.Context, c resetFactorCommand) error {
	token, err := p.accounts.ResetFactor(ctx, c.Email)
	if err != nil {
		return spoken(err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s/staff/%s\n", p.cfg.BaseURL, token.Reveal())
	return err
}
