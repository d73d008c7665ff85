package register_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/testkit"
)

func newRegister(t testing.TB, d *db.DB) *register.Register {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	return register.New(d, q)
}

func sample(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/eba-register-sample.json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// Days of a file, as versions of entries write them.
const (
	friday   = "20261120003000000"
	saturday = "20261121003000000"
)

// document is a file of n Finnish institutions, numbered from 1, with an agent behind each.
func document(version string, n int) []byte {
	var b bytes.Buffer
	b.WriteString(`[[{"disclaimer":"invented"}],[`)
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"CA_OwnerID":"FI_FIN-FSA","EntityCode":"FI_FIN_FSA!%07d","EntityType":"PSD_AISP","Properties":[{"ENT_NAT_REF_COD":"%07d"},{"ENT_NAM":"Malli %d Oy"},`+
			`{"ENT_AUT":["2020-01-01"]}],"Services":[{"FI":"PS_080"}],"__EBA_EntityVersion":%q},`, i, i, i, version)
		fmt.Fprintf(&b, `{"CA_OwnerID":"FI_FIN-FSA","EntityCode":"PSD_AISP!FI_FIN_FSA!%07d!A1","EntityType":"PSD_AG","Properties":[{"ENT_NAM":"Matti Malli"}],"__EBA_EntityVersion":%q}`, i, version)
	}
	b.WriteString(`]]`)
	return b.Bytes()
}

func take(t testing.TB, r *register.Register, body []byte, o register.Options) (register.Snapshot, error) {
	t.Helper()
	return r.Import(t.Context(), "command", bytes.NewReader(body), int64(len(body)), o)
}

func mustTake(t testing.TB, r *register.Register, body []byte) register.Snapshot {
	t.Helper()
	made, err := take(t, r, body, register.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func mustCurrent(t *testing.T, r *register.Register) register.Snapshot {
	t.Helper()
	current, ok, err := r.Status(t.Context())
	if err != nil || !ok {
		t.Fatalf("no current snapshot: %v", err)
	}
	return current
}

// verdict asks whether the institution of that number may offer account information in Finland.
func verdict(t *testing.T, r *register.Register, number string) register.Verdict {
	t.Helper()
	a, err := r.Decide(context.WithoutCancel(t.Context()), register.Query{
		OrganizationIdentifier: "PSDFI-FINFSA-" + number, NCAID: "FI-FINFSA", Host: "FI", Role: qcert.RoleAI, At: testkit.Start,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a.Verdict
}

type member struct {
	name string
	body []byte
}

func pack(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// count counts what a query finds.
func count(t *testing.T, d *db.DB, query string) int {
	t.Helper()
	var n int
	if err := d.Native().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// states lists the snapshots' states, the oldest first.
func states(t *testing.T, d *db.DB) string {
	t.Helper()
	rows, err := d.Native().QueryContext(t.Context(), "SELECT state FROM register_snapshots ORDER BY started_at, id")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var state string
		if err := rows.Scan(&state); err != nil {
			t.Fatal(err)
		}
		all = append(all, state)
	}
	return strings.Join(all, " ")
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}
