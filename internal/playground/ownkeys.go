package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gin-gonic/gin"

	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/qcert"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const (
	ownKeysPath = certificatesPath + "/own"
	// browserKeyBits is the size of keys that a browser may make and the server does not: it would take seconds of all.
	browserKeyBits = 4096
	// The modules of the pages where keys are made, and where something is signed in the browser.
	keysScript = "keys.js"
	signScript = "sign.js"
)

func (p *Playground) mountOwnKeys(m httpkit.Mounts) {
	m.SignedIn.Get(ownKeysPath, p.askOwnKeys)
	m.SignedIn.Post(ownKeysPath, p.ownKeys)
}

// ownForm is the form of certificate signing requests. Act is "issue" where the check list was seen, or where the requests
// were made by the page itself.
type ownForm struct {
	Once   string   `form:"once"`
	Roles  []string `form:"roles"`
	Origin string   `form:"origin"`
	Act    string   `form:"act"`
	QWAC   string   `form:"qwac"`
	QSeal  string   `form:"qseal"`
}

func (f ownForm) request(organisationID string) certs.Request {
	r := setForm{Once: f.Once, Roles: f.Roles}.request(organisationID)
	r.KeyBits = 0
	return r
}

// origin is where the keys were made, as far as the form says.
func (f ownForm) origin() certs.Origin {
	if f.Origin == string(certs.ByBrowser) {
		return certs.ByBrowser
	}
	return certs.ByRequest
}

// askOwnKeys is the empty form, with the commands that make what it asks for.
func (p *Playground) askOwnKeys(c *gin.Context) error {
	return p.showOwnKeys(c, ownForm{Roles: c.QueryArray("roles")}, nil, nil)
}

// ownKeys checks two requests and, where it is asked to and nothing stands against it, issues the set.
func (p *Playground) ownKeys(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f ownForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showOwnKeys(c, f, nil, err)
	}
	sent, err := requestsOf(c, f)
	if err != nil {
		return p.showOwnKeys(c, f, nil, err)
	}

	x, err := p.Certs.Examine(ctx, organisation(v), f.request(v.OrganisationID), sent)
	if errors.Is(err, certs.ErrKeySent) {
		f.QWAC, f.QSeal = "", ""
	}
	if err != nil || f.Act != "issue" {
		return p.showOwnKeys(c, f, &x, err)
	}
	set, err := p.makeOwnSet(ctx, v, f, x)
	if err != nil {
		return p.showOwnKeys(c, f, &x, err)
	}

	return p.showMade(c, set, "Your certificates are issued.")
}

// requestsOf takes what was pasted, or the files that were chosen instead.
func requestsOf(c *gin.Context, f ownForm) (certs.CSRs, error) {
	var wrong []fault.Field
	read := func(name, text string) []byte {
		sent, err := httpkit.TextOrFile(c, text, name+"_file")
		if err != nil {
			wrong = append(wrong, fault.Field{Name: name, Message: fault.Of(err).Message})
		}
		return sent
	}
	sent := certs.CSRs{QWAC: read(certs.FieldQWAC, f.QWAC), QSeal: read(certs.FieldQSeal, f.QSeal)}
	if len(wrong) > 0 {
		return certs.CSRs{}, fault.Form(wrong...)
	}
	return sent, nil
}

// makeOwnSet issues the set for keys that are not here.
func (p *Playground) makeOwnSet(ctx context.Context, v httpkit.Visitor, f ownForm, x certs.Examined) (set certs.Set, err error) {
	if f.Once == "" {
		return set, errStaleSet
	}
	end, err := p.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return set, err
	}
	defer end()
	keys, err := p.Certs.PrepareOwn(ctx, f.request(v.OrganisationID), x, f.origin())
	if err != nil {
		return set, err
	}
	err = p.DB.InTx(ctx, func(tx db.Tx) error {
		set, _, err = p.Certs.Generate(ctx, tx, organisation(v), v.PersonID, keys, f.Once)
		return err
	})
	return set, err
}

func (p *Playground) showOwnKeys(c *gin.Context, f ownForm, x *certs.Examined, failed error) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	set, has, err := p.activeSet(ctx, v.OrganisationID)
	if err != nil {
		return err
	}
	f.Once = onceFirst
	if has {
		f.Once = set.ID
	}
	if f.Roles == nil && x == nil {
		f.Roles = defaultRoles(set)
	}
	qwac, seal, err := p.Certs.Profiles(ctx, organisation(v), offered(f.Roles))
	if err != nil {
		return err
	}
	view := ownKeysView(f, x, found, has)
	view.Commands = commandsView(qwac, seal)
	return httpkit.Page(c, found.status, page.OwnKeys(frame(c, view.Head.Title, ownKeysPath, found), view))
}

// defaultRoles are those of the active set, or the one that opens card accounts.
func defaultRoles(set certs.Set) []string {
	if len(set.Roles) > 0 {
		return roleNames(set.Roles)
	}
	return []string{string(qcert.RoleAI)}
}

// offered are the roles among the names that a set can have, or the first one: commands are for some role.
func offered(names []string) []qcert.Role {
	var roles []qcert.Role
	for _, role := range certs.OfferedRoles() {
		for _, name := range names {
			if name == string(role) {
				roles = append(roles, role)
				break
			}
		}
	}
	if len(roles) == 0 {
		return certs.OfferedRoles()[:1]
	}
	return roles
}

// subject is what a request that a browser makes says.
type subject struct {
	Country      string `json:"country"`
	Organisation string `json:"organisation"`
	Identifier   string `json:"identifier"`
	Host         string `json:"host"`
	SealName     string `json:"sealName"`
	NCAName      string `json:"ncaName"`
	NCAID        string `json:"ncaId"`
}

// addBrowser adds what the script needs that makes keys in the browser.
func (p *Playground) addBrowser(ctx context.Context, v httpkit.Visitor, form *page.GenerateView) error {
	qwac, seal, err := p.Certs.Profiles(ctx, organisation(v), certs.OfferedRoles())
	if err != nil {
		return err
	}
	text, err := json.Marshal(subject{Country: qwac.Country, Organisation: qwac.Organization, Identifier: qwac.OrganizationIdentifier, Host: qwac.CommonName,
		SealName: seal.CommonName, NCAName: qwac.NCAName, NCAID: qwac.NCAID})
	if err != nil {
		return fmt.Errorf("write the subject of a request: %w", err)
	}
	form.Browser = page.BrowserKeysView{Subject: string(text), Order: ownKeysPath, Button: "Make the keys in my browser", Look: ui.Primary}
	if form.Action == regeneratePath {
		form.Browser.Button, form.Browser.Look = "Replace with keys of my browser", ui.Danger
	}
	return nil
}
