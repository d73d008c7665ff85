package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/secret"
)

type staffCommand struct {
	Email string `required:"" help:"The colleague's e-mail address."`
	Role  string `enum:"admin,support," default:"" help:"admin or support. Needed for a new colleague; of one who is there already it changes the role."`
}

var errNoRole = errors.New("--role: say admin or support; this colleague is new")

// addStaff lets a colleague in and prints a link that sets the password and then the second factor, once. Of one who is
// there already it says so, and changes the role where one is named.
func (p *program) addStaff(ctx context.Context, c staffCommand) error {
	known, err := p.accounts.ByAddress(ctx, c.Email)
	switch {
	case err == nil && known.Role.Staff():
		return p.keepColleague(ctx, known, accounts.Role(c.Role))
	case err == nil:
		return spoken(accounts.ErrNotStaff)
	case !errors.Is(err, accounts.ErrUnknown):
		return spoken(err)
	case c.Role == "":
		return errNoRole
	}
	token, err := p.accounts.AddStaff(ctx, c.Email, accounts.Role(c.Role))
	if err != nil {
		return spoken(err)
	}
	p.say("%s is let in as %s.", c.Email, c.Role)
	return p.sayLink(ctx, token)
}

// keepColleague changes the role of somebody who is there, where it is another one.
func (p *program) keepColleague(ctx context.Context, known accounts.Person, role accounts.Role) error {
	if role == "" || role == known.Role {
		p.say("%s is there already, as %s. Nothing was changed.", known.Email, known.Role)
	} else {
		former, err := p.accounts.ChangeRole(ctx, known.Email, role)
		if err != nil {
			return spoken(err)
		}
		p.say("%s is there already. The role was %s and is %s from now on; they stay signed in.", known.Email, former, role)
	}
	p.say("If they lost the link, the password or the second factor: portal staff reset-factor --email %s", known.Email)
	return nil
}

// sayLink prints a colleague's link on a line of its own, and what to do with it.
func (p *program) sayLink(ctx context.Context, token secret.Text) error {
	ends := p.clock.Now().Add(accounts.ForStaff.Life())
	_, err := fmt.Fprintf(p.stdout, "Send them this link by a way that nobody else reads:\n\n%s/staff/%s\n\n"+
		"They open it, choose a password and set up an authenticator app. The link works once, until %s.\n",
		p.cfg.BaseURL, token.Reveal(), ends.UTC().Format(time.RFC1123))
	p.warnOfSilence(ctx)
	return err
}

// warnOfSilence says so where nothing listens at the portal's address: what was printed leads nowhere until then.
func (p *program) warnOfSilence(ctx context.Context) {
	u, err := url.Parse(p.cfg.BaseURL.String())
	if err != nil {
		return // it was checked at the start
	}
	at := u.Host
	if u.Port() == "" {
		at = net.JoinHostPort(u.Hostname(), u.Scheme) // http and https are names of ports, too
	}
	d := net.Dialer{Timeout: time.Second}
	c, err := d.DialContext(ctx, "tcp", at)
	if err != nil {
		p.say("\nNothing answers at %s now. Start the portal there first, or give PORTAL_BASE_URL the address that people open.", u)
		return
	}
	_ = c.Close() // nothing was sent
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
	p.say("Password, second factor and recovery codes of %s do not work any more, and they are signed out everywhere.", c.Email)
	return p.sayLink(ctx, token)
}
