package flows_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/bankclient"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/flows"
	"fairway/internal/jobs"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

// world is a database with an organisation that has an app.
type world struct {
	*flows.Flows
	db          *db.DB
	clock       *clock.Manual
	owner       flows.Owner
	person, app string
}

func newWorld(t *testing.T, d *db.DB, clk *clock.Manual) world {
	t.Helper()
	org, person := testkit.Organisation(t, d, "Budget Buddy Oy")
	w := world{Flows: flows.New(d, testkit.Ring(t)), db: d, clock: clk, owner: flows.Owner{OrganisationID: org, Environment: catalog.Sandbox}, person: person}
	w.app = newApp(t, d, org, person)
	return w
}

func newApp(t *testing.T, d *db.DB, org, person string) string {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	service := apps.New(d, q, testkit.Ring(t), apps.Config{PlaygroundCallback: "http://localhost/playground/callback"}, testkit.Log(t))
	var app apps.App
	err = d.InTx(t.Context(), func(tx db.Tx) (err error) {
		app, _, err = service.Create(t.Context(), tx, org, person, apps.NewApp{Environment: catalog.Sandbox, Name: "App", RedirectURIs: []string{"https://a.example/"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return app.ID
}

func each(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			d := testkit.SQLiteAt
			if dialect == "postgres" {
				d = testkit.PostgresAt
			}
			test(t, newWorld(t, d(t, clk), clk))
		})
	}
}

func (w world) start(t *testing.T) *flows.Flow {
	t.Helper()
	f, err := w.Start(t.Context(), flows.Begin{Owner: w.owner, PersonID: w.person, AppID: w.app, Brand: "rocker", Access: "all", Request: "{}"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (w world) save(t *testing.T, f *flows.Flow) {
	t.Helper()
	if err := w.Save(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

const canary = "CANARY-b1946ac92492d2347c6235b4d2611184"

func TestARunComesBackAsItWasSaved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		f := w.start(t)
		f.Step, f.ConsentID, f.Problem = flows.Authorise, "c1", &flows.Problem{Code: "access_denied", Text: "No."}
		f.Put(flows.Token, bankclient.Exchange{Status: 500, At: testkit.Start})
		f.Put(flows.Token, bankclient.Exchange{Status: 200, At: testkit.Start, AnswerBody: "a\x00b \\u0000 " + strings.Repeat("x", 70_000)})
		f.Secrets = flows.Secrets{ClientToken: "c", State: "s", Verifier: "v", Code: "k", AccessToken: "a", Refresh: "r", ExpiresAt: testkit.Start}
		w.save(t, f)

		got, err := w.ByID(t.Context(), w.owner, f.ID)

		if err != nil {
			t.Fatal(err)
		}
		if got.Step != flows.Authorise || got.ConsentID != "c1" || *got.Problem != *f.Problem || got.Secrets != f.Secrets || got.Access != "all" || got.Request != "{}" || got.Busy {
			t.Errorf("%+v", got)
		}
		e, ok := got.Of(flows.Token)
		if !ok || e.Status != 200 || len(got.Records) != 1 || len(e.AnswerBody) != 64<<10 || !e.Truncated || !strings.HasPrefix(e.AnswerBody, "a\x00b \\u0000 xx") {
			t.Errorf("%d records, %d, %d bytes", len(got.Records), e.Status, len(e.AnswerBody))
		}
	})
}

func TestOthersFindNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		f := w.start(t)
		f.Step, f.Secrets.State = flows.Done, "the state"
		w.save(t, f)
		org, person := testkit.Organisation(t, w.db, "Other Oy")
		stranger := flows.Owner{OrganisationID: org, Environment: catalog.Sandbox}
		live := flows.Owner{OrganisationID: w.owner.OrganisationID, Environment: catalog.Live}

		for name, owner := range map[string]flows.Owner{"another organisation": stranger, "the other environment": live, "nobody": {}} {
			if _, err := w.ByID(t.Context(), owner, f.ID); !errors.Is(err, flows.ErrUnknown) {
				t.Errorf("%s reads it: %v", name, err)
			}
			if _, err := w.Take(t.Context(), owner, f.ID, flows.Done); !errors.Is(err, flows.ErrUnknown) {
				t.Errorf("%s takes it: %v", name, err)
			}
			if _, err := w.ByState(t.Context(), owner, w.person, "the state"); !errors.Is(err, flows.ErrUnknown) {
				t.Errorf("%s finds it by state: %v", name, err)
			}
			if list, err := w.List(t.Context(), owner, 10); err != nil || len(list) > 0 {
				t.Errorf("%s lists %d: %v", name, len(list), err)
			}
			if _, ok, err := w.Finished(t.Context(), owner, w.app, "rocker"); ok || err != nil {
				t.Errorf("%s uses it: %v", name, err)
			}
		}
		if _, err := w.ByState(t.Context(), w.owner, person, "the state"); !errors.Is(err, flows.ErrUnknown) {
			t.Errorf("a colleague brings the answer: %v", err)
		}
		if _, err := w.ByState(t.Context(), w.owner, w.person, ""); !errors.Is(err, flows.ErrUnknown) {
			t.Errorf("no state is a state: %v", err)
		}
		if got, err := w.ByState(t.Context(), w.owner, w.person, "the state"); err != nil || got.ID != f.ID {
			t.Errorf("its own person does not find it: %v", err)
		}
	})
}

func TestSecretsAreNowhereInTheDatabase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		f := w.start(t)
		f.Secrets = flows.Secrets{ClientToken: canary, State: canary + "2", Verifier: canary, Code: canary, AccessToken: canary, Refresh: canary}
		w.save(t, f)

		if printed := fmt.Sprintf("%v %+v %#v", f.Secrets, f, *f); strings.Contains(printed, canary) {
			t.Error("a secret prints")
		}
		rows, err := w.db.Native().QueryContext(t.Context(), "SELECT * FROM flows")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		columns, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				if text := fmt.Sprintf("%s", *v.(*any)); strings.Contains(text, canary) {
					t.Errorf("%s holds a secret", columns[i])
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestASealedValueOpensInItsOwnRowOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		from, to := w.start(t), w.start(t)
		from.Secrets.AccessToken = canary
		w.save(t, from)
		w.save(t, to)
		mark := map[db.Dialect]string{db.SQLite: "?", db.Postgres: "$1"}[w.db.Dialect()]
		if _, err := w.db.Native().ExecContext(t.Context(), "UPDATE flows SET sealed = (SELECT sealed FROM flows WHERE id = "+mark+")", from.ID); err != nil {
			t.Fatal(err)
		}

		_, err := w.ByID(t.Context(), w.owner, to.ID)

		if !errors.Is(err, secret.ErrSealed) {
			t.Errorf("moved to another row it opens: %v", err)
		}
	})
}

func TestOneRequestAtATimeTakesAStep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		f := w.start(t)
		if got, err := w.ByID(t.Context(), w.owner, f.ID); err != nil || !got.Busy {
			t.Errorf("a run that was just started is free: %v", err)
		}
		w.save(t, f)
		var won atomic.Int64
		var lost atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				switch _, err := w.Take(t.Context(), w.owner, f.ID, flows.Token); {
				case err == nil:
					won.Add(1)
				case errors.Is(err, flows.ErrMoved):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()

		if won.Load() != 1 || lost.Load() != 7 {
			t.Errorf("%d won, %d lost", won.Load(), lost.Load())
		}
		if _, err := w.Take(t.Context(), w.owner, f.ID, flows.Consent); !errors.Is(err, flows.ErrMoved) {
			t.Errorf("another step was taken: %v", err)
		}
	})
}

func TestALeaseEndsByItselfAndThenCannotSave(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		slow := w.start(t)
		slow.Step = flows.Done
		w.clock.Advance(2 * time.Minute)
		fast, err := w.Take(t.Context(), w.owner, slow.ID, flows.Token)
		if err != nil {
			t.Fatal(err)
		}

		if err := w.Save(t.Context(), slow); !errors.Is(err, flows.ErrMoved) {
			t.Errorf("the first one saved: %v", err)
		}

		fast.Step = flows.Consent
		w.save(t, fast)
		if err := w.Save(t.Context(), fast); !errors.Is(err, flows.ErrMoved) {
			t.Errorf("a lease saved twice: %v", err)
		}
		if got, err := w.ByID(t.Context(), w.owner, slow.ID); err != nil || got.Step != flows.Consent {
			t.Errorf("%v %v", got.Step, err)
		}
	})
}

func TestOldAndSurplusRunsGo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		first := w.start(t)
		for range 49 {
			w.clock.Advance(time.Second)
			w.start(t)
		}
		if _, err := w.ByID(t.Context(), w.owner, first.ID); err != nil {
			t.Fatalf("the fiftieth pushed out the first: %v", err)
		}
		w.clock.Advance(time.Second)
		last := w.start(t)
		if _, err := w.ByID(t.Context(), w.owner, first.ID); !errors.Is(err, flows.ErrUnknown) {
			t.Errorf("51 are kept: %v", err)
		}

		w.clock.Advance(31 * 24 * time.Hour)
		if err := w.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}

		if _, err := w.ByID(t.Context(), w.owner, last.ID); !errors.Is(err, flows.ErrUnknown) {
			t.Errorf("a month later it is there: %v", err)
		}
	})
}

func TestTheNewestFinishedRunOfAnAppAtABrandIsUsed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		if _, ok, err := w.Finished(t.Context(), w.owner, w.app, "rocker"); ok || err != nil {
			t.Fatalf("%v %v", ok, err)
		}
		var ids []string
		for _, step := range []flows.Step{flows.Done, flows.Done, flows.Accounts} {
			w.clock.Advance(time.Second)
			f := w.start(t)
			f.Step = step
			w.save(t, f)
			ids = append(ids, f.ID)
		}

		got, ok, err := w.Finished(t.Context(), w.owner, w.app, "rocker")

		if err != nil || !ok || got.ID != ids[1] {
			t.Errorf("%v %v", ok, err)
		}
		if _, ok, _ := w.Finished(t.Context(), w.owner, w.app, "alisa"); ok {
			t.Error("it is used at another brand")
		}
		if list, err := w.List(t.Context(), w.owner, 2); err != nil || len(list) != 2 || list[0].ID != ids[2] {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestARunGoesWithItsApp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		f := w.start(t)
		if _, err := w.db.Native().ExecContext(t.Context(), "DELETE FROM apps"); err != nil {
			t.Fatal(err)
		}

		if _, err := w.ByID(t.Context(), w.owner, f.ID); !errors.Is(err, flows.ErrUnknown) {
			t.Errorf("it is still there: %v", err)
		}
	})
}
