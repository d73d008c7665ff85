package backoffice

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// showPerson is one person of a TPP and what support may do for her.
func (f *Face) showPerson(c *gin.Context) error { return f.personPage(c, nil) }

func (f *Face) personPage(c *gin.Context, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	o, m, err := f.person(c)
	if err != nil {
		return err
	}
	if err := f.viewed(c, o.ID, o.ID); err != nil {
		return err
	}

	v := personView(o, m)
	v.Factor = httpkit.FactorField(c, f.Clock.Now(), failed)
	v.Errors = found.summary()
	frame := httpkit.Frame(c, v.Head.Title)
	frame.Path, frame.Error = personPath(o.ID, m.ID), found.any()
	v.Form.Token = frame.Token
	return httpkit.Page(c, found.status, page.Person(frame, v))
}

// person is who the address names, read as the organisation's page is.
func (f *Face) person(c *gin.Context) (o accounts.Organisation, m accounts.Member, err error) {
	id, ok := param(c, "id")
	personID, named := param(c, "person")
	if !ok || !named {
		return o, m, accounts.ErrUnknown
	}
	err = f.DB.Read(c.Request.Context(), func(tx db.Tx) error {
		if o, err = f.Accounts.OrganisationIn(tx, id); err != nil {
			return err
		}
		people, err := f.Accounts.MembersIn(tx, id)
		i := slices.IndexFunc(people, func(p accounts.Member) bool { return p.ID == personID })
		if err != nil {
			return err
		}
		if i < 0 {
			return accounts.ErrUnknown
		}
		m = people[i]
		return nil
	})
	return o, m, err
}

// sendVerification has the letter sent again that confirms an address.
func (f *Face) sendVerification(c *gin.Context) error {
	return f.act(c, f.Accounts.SendVerification, "The letter is on its way to ")
}

// unlock forgets the failed log-ins of an account.
func (f *Face) unlock(c *gin.Context) error {
	return f.act(c, f.Accounts.Unlock, "Failed log-ins are forgotten; the next try is free for ")
}

func (f *Face) act(c *gin.Context, do func(ctx context.Context, by, organisationID, personID string) (accounts.Person, error), done string) error {
	ctx := c.Request.Context()
	id, ok := param(c, "id")
	personID, named := param(c, "person")
	if !ok || !named {
		return accounts.ErrUnknown
	}

	err := f.confirmed(c)
	var p accounts.Person
	if err == nil {
		p, err = do(ctx, httpkit.Who(c).PersonID, id, personID)
	}

	if err != nil {
		return f.personPage(c, err)
	}
	return goTo(c, personPath(id, personID), ui.OK, done+p.Email+".")
}

func personView(o accounts.Organisation, m accounts.Member) page.PersonView {
	address, account := confirmed(m), standing(m)
	v := page.PersonView{
		Head: ui.HeadView{Title: m.Email, Crumbs: []ui.Crumb{{Text: "Support desk", Href: deskPath}, {Text: o.Name, Href: organisationPath(o.ID)}, {Text: m.Email}}},
		Facts: []ui.KV{
			{Key: "Role", Value: or(m.Membership)},
			{Key: "Address", Value: address.Text, Tone: address.Tone, Badge: true},
			{Key: "Account", Value: account.Text, Tone: account.Tone, Badge: true},
			{Key: "Signed up", Value: stamp(m.CreatedAt)},
			{Key: "Last sign-in", Value: at(m.LastSignIn).Text},
		},
		Form: ui.FormView{Action: personPath(o.ID, m.ID) + "/unlock"},
		Acts: []page.ActView{{
			Text:   "Unlocking forgets the failed log-ins that are counted against this account. A password is not changed and nobody is signed in.",
			Button: ui.ButtonView{Text: "Unlock the account", Icon: "lock-open"},
		}},
	}
	if account.Note != "" {
		v.Facts = append(v.Facts, ui.KV{Key: account.Text, Value: account.Note})
	}
	if !m.Verified {
		v.Acts = append(v.Acts, page.ActView{
			Text:   "The letter that confirms the address can be sent again, once a minute. It goes to this address alone; you do not see its link.",
			Button: ui.ButtonView{Text: "Send the letter again", Icon: "mail", FormAction: personPath(o.ID, m.ID) + "/verification"},
		})
	}
	return v
}
