package backoffice

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/nca"
	"fairway/internal/quota"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

const organisationsPath = "/admin/organisations"

func administeredPath(id string) string { return organisationsPath + "/" + url.PathEscape(id) }

func (f *Face) mountOrganisations(m httpkit.Mounts) {
	m.Admin.Get(organisationsPath, f.showOrganisations)
	m.Admin.Get(organisationsPath+"/:id", f.showAdministered)
	m.Admin.Get(organisationsPath+"/:id/suspend", f.askSuspension)
	m.Admin.Post(organisationsPath+"/:id/suspend", f.suspend)
	m.Admin.Get(organisationsPath+"/:id/restore", f.askReturn)
	m.Admin.Post(organisationsPath+"/:id/restore", f.restore)
	m.Admin.Get(organisationsPath+"/:id/certificates/:cid/revoke", f.askRevocation)
	m.Admin.Post(organisationsPath+"/:id/certificates/:cid/revoke", f.revoke)
}

// showOrganisations finds organisations by what was typed: an id, an identifier of certificates, or the beginning of a
// name.
func (f *Face) showOrganisations(c *gin.Context) error {
	ctx := c.Request.Context()

	typed, suspended, after := clip(c.Query("q")), c.Query("state") == "suspended", clip(c.Query("after"))
	list, err := f.search(ctx, typed, suspended, after)
	if err != nil {
		return err
	}

	view := organisationsView(typed, suspended, after, list)
	return httpkit.Page(c, http.StatusOK, page.Organisations(wideFrame(c, view.Head.Title, organisationsPath, problems{}), view))
}

func (f *Face) search(ctx context.Context, typed string, suspended bool, after string) (accounts.OrganisationPage, error) {
	s := accounts.OrganisationSearch{Suspended: suspended, After: after}
	switch {
	case strings.HasPrefix(typed, "org_"):
		s.IDs = []string{typed}
	case identifier(typed):
		owners, err := f.ownersOf(ctx, typed)
		if err != nil {
			return accounts.OrganisationPage{}, err
		}
		if len(owners) > 0 {
			s.IDs = owners
			break
		}
		s.Name = typed
	default:
		s.Name = typed
	}
	return f.Accounts.Search(ctx, s)
}

// identifier tells whether a text may be an organizationIdentifier, as in PSDFI-FINFSA-1234567-8 (ETSI TS 119 495 §5.2.1).
func identifier(typed string) bool {
	return len(typed) > 6 && len(typed) < 120 && strings.Contains(typed, "-") && !strings.Contains(typed, " ")
}

// ownersOf are the organisations with certificates of an identifier, in the sandbox or in Live.
func (f *Face) ownersOf(ctx context.Context, typed string) (owners []string, err error) {
	err = f.DB.Read(ctx, func(tx db.Tx) error {
		sandbox, err := f.Certs.OwnerOf(tx, certs.Sought{Identifier: typed})
		if err != nil {
			return err
		}
		if owners, err = f.Enrolments.OwnersOf(tx, "", typed); sandbox != "" {
			owners = append(owners, sandbox)
		}
		return err
	})
	return slices.Compact(slices.Sorted(slices.Values(owners))), err
}

// file is what is known about one organisation.
type file struct {
	accounts.Administered
	members    []accounts.Person
	sets       []certs.Set
	enrolments []*enrolments.Enrolment
	doubts     map[string][]nca.Doubt // about what is in Live, by enrolment
	limits     []quota.Limit
	by         string // who suspended it
}

func (f *Face) file(ctx context.Context, id string) (o file, err error) {
	if o.Administered, err = f.Accounts.Administered(ctx, id); err != nil {
		return o, err
	}
	if o.members, err = f.Accounts.Members(ctx, id); err != nil {
		return o, err
	}
	for _, env := range []catalog.Environment{catalog.Live, catalog.Sandbox} {
		sets, err := f.Certs.History(ctx, id, env)
		if err != nil {
			return o, err
		}
		o.sets = append(o.sets, sets...)
	}
	if o.enrolments, err = f.Enrolments.History(ctx, id); err != nil {
		return o, err
	}
	var ids []string
	for _, e := range o.enrolments {
		ids = append(ids, e.ID)
	}
	if o.doubts, err = f.NCA.Doubts(ctx, ids); err != nil {
		return o, err
	}
	err = f.DB.Read(ctx, func(tx db.Tx) (err error) {
		o.limits, err = quota.Of(tx, id)
		return err
	})
	if err != nil {
		return o, err
	}
	if o.Suspension != nil {
		who, err := f.Accounts.Addresses(ctx, []string{o.Suspension.By})
		if err != nil {
			return o, err
		}
		o.by = nameOf(o.Suspension.By, who)
	}
	return o, nil
}

// certificate is one of its certificates, with the set that it is in.
func (o file) certificate(id string) (certs.Certificate, bool) {
	for _, s := range o.sets {
		for _, cert := range []certs.Certificate{s.QWAC, s.QSeal} {
			if cert.ID == id {
				return cert, true
			}
		}
	}
	return certs.Certificate{}, false
}

func (f *Face) showAdministered(c *gin.Context) error {
	ctx := c.Request.Context()

	o, err := f.file(ctx, c.Param("id"))
	if err != nil {
		return err
	}

	view := administeredView(o, f.Clock.Now())
	return httpkit.Page(c, http.StatusOK, page.Administered(wideFrame(c, view.Head.Title, administeredPath(o.ID), problems{}), view))
}

// crumbs lead to a page about one organisation.
func crumbs(o accounts.Administered, last string) []ui.Crumb {
	return []ui.Crumb{{Text: "Organisations", Href: organisationsPath}, {Text: o.Name, Href: administeredPath(o.ID)}, {Text: last}}
}
