package catalog_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/demobank"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

// whole is a backend that has everything.
func whole() catalog.Backend {
	return catalog.Backend{Upstream: "https://psd2.bank.example/v2", Authorise: "https://bank.example/authorise", Callers: []string{strings.Repeat("ab", 32)}}
}

// reach opens a brand in Live.
func reach(t *testing.T, d *db.DB, brand string) {
	t.Helper()
	if err := set(t, d, brand, whole()); err != nil {
		t.Fatal(err)
	}
}

func set(t *testing.T, d *db.DB, brand string, b catalog.Backend) error {
	t.Helper()
	return d.InTx(t.Context(), func(tx db.Tx) error { return catalog.SetBackend(tx, brand, b, "per_admin") })
}

func TestABrandIsOpenInLiveOnceItsSystemCanBeReached(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		before, _ := c.Offered(t.Context(), catalog.Live, "rocker", "card-account")
		b := whole()
		b.Upstream += "/"
		b.Callers = []string{strings.ToUpper(strings.TrimSuffix(strings.Repeat("ab:", 32), ":")) + "\n" + strings.Repeat("cd", 32)}

		if err := set(t, d, "rocker", b); err != nil {
			t.Fatal(err)
		}

		after, _ := c.Offered(t.Context(), catalog.Live, "rocker", "card-account")
		sandbox, _ := c.Offered(t.Context(), catalog.Sandbox, "st1", "card-account")
		brand, err := c.Brand(t.Context(), "rocker")
		if before || !after || !sandbox || err != nil {
			t.Errorf("open before %v, after %v, another's sandbox %v, %v", before, after, sandbox, err)
		}
		if brand.Live.Upstream != "https://psd2.bank.example/v2" || strings.Join(brand.Live.Callers, " ") != strings.Repeat("ab", 32)+" "+strings.Repeat("cd", 32) {
			t.Errorf("%+v", brand.Live)
		}
		if err := set(t, d, "rocker", catalog.Backend{}); err != nil {
			t.Fatal(err)
		}
		if closed, _ := c.Offered(t.Context(), catalog.Live, "rocker", "card-account"); closed {
			t.Error("a brand without a system is open")
		}
		if err := set(t, d, "nobody", whole()); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown brand: %v", err)
		}
	})
}

func TestABackendThatCannotBeTrustedIsRefusedFieldByField(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	for name, c := range map[string]struct {
		change func(*catalog.Backend)
		field  string
	}{
		"plain http":     {func(b *catalog.Backend) { b.Upstream = "http://bank.example" }, "upstream"},
		"no upstream":    {func(b *catalog.Backend) { b.Upstream = "" }, "upstream"},
		"a password":     {func(b *catalog.Backend) { b.Upstream = "https://me:secret@bank.example" }, "upstream"},
		"a query":        {func(b *catalog.Backend) { b.Authorise = "https://bank.example/?a=b" }, "authorise"},
		"an empty query": {func(b *catalog.Backend) { b.Upstream = "https://bank.example/v2?" }, "upstream"},
		"a fragment":     {func(b *catalog.Backend) { b.Authorise = "https://bank.example/authorise#" }, "authorise"},
		"no host":        {func(b *catalog.Backend) { b.Upstream = "https://:8443/v2" }, "upstream"},
		"too long":       {func(b *catalog.Backend) { b.Authorise = "https://bank.example/" + strings.Repeat("a", 600) }, "authorise"},
		"no caller":      {func(b *catalog.Backend) { b.Callers = nil }, "callers"},
		"half a caller":  {func(b *catalog.Backend) { b.Callers = []string{"abcd"} }, "callers"},
		"no hexadecimal": {func(b *catalog.Backend) { b.Callers = []string{strings.Repeat("xy", 32)} }, "callers"},
		"many callers":   {func(b *catalog.Backend) { b.Callers = []string{strings.Repeat(strings.Repeat("ab", 32)+" ", 5)} }, "callers"},
		"no PEM":         {func(b *catalog.Backend) { b.Roots = "trust me" }, "roots"},
		"no certificate": {func(b *catalog.Backend) { b.Roots = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, "roots"},
		"a key":          {func(b *catalog.Backend) { b.Roots = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----" }, "roots"},
		"too many bytes": {func(b *catalog.Backend) { b.Roots = strings.Repeat("A", 65<<10) }, "roots"},
	} {
		b := whole()
		c.change(&b)

		fields := fault.Of(set(t, d, "rocker", b)).Fields

		if len(fields) != 1 || fields[0].Name != c.field {
			t.Errorf("%s: %+v", name, fields)
		}
	}
}

func TestABackendThatCouldNotBeWrittenLeavesTheFormerOne(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := catalog.New(d, testkit.Log(t))
		reach(t, d, "rocker")
		moved := whole()
		moved.Upstream = "https://psd2.bank.example/v3"

		testkit.BreakEach(t, d, []string{"UPDATE brands", "INSERT audit_log"}, func() error {
			err := set(t, d, "rocker", moved)
			if b, readErr := c.Brand(t.Context(), "rocker"); err != nil && (readErr != nil || b.Live.Upstream != whole().Upstream) {
				t.Errorf("reached at %s, %v", b.Live.Upstream, readErr)
			}
			return err
		})

		if b, err := c.Brand(t.Context(), "rocker"); err != nil || b.Live.Upstream != moved.Upstream {
			t.Errorf("a try later it is reached at %s, %v", b.Live.Upstream, err)
		}
	})
}

func TestTheTrailSaysWhomABackendIsTrustedBy(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	id, err := demobank.NewIdentity("bank.example", testkit.Start)
	if err != nil {
		t.Fatal(err)
	}
	b := whole()
	b.Roots = id.Roots

	if err := set(t, d, "rocker", b); err != nil {
		t.Fatal(err)
	}

	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(strings.TrimSpace(id.Roots))))
	if rows := strings.Join(testkit.Rows(t, d, "audit_log"), "\n"); !strings.Contains(rows, `"roots_sha256":"`+sum+`"`) {
		t.Errorf("the trail lacks %s:\n%s", sum, rows)
	}
}
