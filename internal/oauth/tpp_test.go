package oauth_test

import (
	"strings"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/oauth"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

func TestTheCustomerIsToldTheNameThatTheCertificateCarries(t *testing.T) {
	t.Parallel()
	w := newLiteWorld(t)
	q, err := jobs.New(w.db, testkit.Log(t))
	w.must(err)
	c := certs.New(w.db, q, testkit.Ring(t), certs.Config{BaseURL: "https://portal.example", AuthURL: "https://auth.example"}, testkit.Log(t))
	w.must(c.EnsureAuthorities(t.Context()))
	org, person := testkit.Organisation(t, w.db, "Budget Buddy Oy")
	who := oauth.FromCertificates(c)
	if got, err := who(t.Context(), org, catalog.Sandbox); err != nil || got.Name != "" || got.Identifier != "" {
		t.Errorf("before there are certificates: %+v, %v", got, err)
	}
	keys, err := c.Prepare(t.Context(), certs.Request{Roles: []qcert.Role{qcert.RoleAI}})
	w.must(err)
	w.must(w.db.InTx(t.Context(), func(tx db.Tx) error {
		_, _, err := c.Generate(t.Context(), tx, certs.Organisation{ID: org, Name: "Budget Buddy Oy", Country: "FI"}, person, keys, "once")
		return err
	}))

	got, err := who(t.Context(), org, catalog.Sandbox)

	if err != nil || got.Name != "Budget Buddy Oy" || !strings.HasPrefix(got.Identifier, "PSDXX-FWYSBX-") {
		t.Errorf("%+v, %v", got, err)
	}
}
