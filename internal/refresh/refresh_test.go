package refresh_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/jobs"
	"fairway/internal/outbound"
	"fairway/internal/refresh"
	"fairway/internal/register"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
)

const (
	lotlAt      = "https://eu.example/lotl.xml"
	registerAt  = "https://eba.example/register.zip"
	describedAt = "https://eba.example/register/api/filemetadata"
)

// web stands for the servers outside.
type web struct {
	mu    sync.Mutex
	files map[string][]byte
	asked []outbound.Request
}

func (w *web) Fetch(_ context.Context, r outbound.Request) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r)
	file, ok := w.files[r.Address]
	if !ok {
		return nil, errors.New("no such server")
	}
	if int64(len(file)) > r.Limit {
		return nil, outbound.ErrTooLarge
	}
	return file, nil
}

func (w *web) put(address string, file []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files[address] = file
}

func (w *web) times() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

type world struct {
	t        *testing.T
	db       *db.DB
	queue    *jobs.Queue
	clock    *clock.Manual
	web      *web
	signer   xades.Signer
	lists    *trustlist.Lists
	register *register.Register
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			w := &world{t: t, db: open(t, clk), clock: clk, web: &web{files: map[string][]byte{}}}
			var err error
			w.queue, err = jobs.New(w.db, testkit.Log(t))
			must(t, err)
			pair := demotest.Issue(t, demotest.New(t, clk.Now()), demo.Request{At: clk.Now()})
			w.signer = xades.Signer{Key: pair.SealKey, Certificate: pair.Seal, At: clk.Now()}
			w.lists, w.register = trustlist.New(w.db, []*x509.Certificate{pair.Seal}, testkit.Log(t)), register.New(w.db, w.queue)
			test(t, w)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) refresh(lists, register string) *refresh.Refresh {
	w.t.Helper()
	return refresh.New(refresh.Deps{DB: w.db, Lists: w.lists, Register: w.register, Log: testkit.Log(w.t)}, refresh.Config{Lists: lists, Register: register, Outside: w.web})
}

func (w *world) state(r *refresh.Refresh, s refresh.Source) refresh.State {
	w.t.Helper()
	state, err := r.State(w.t.Context(), s)
	must(w.t, err)
	return state
}

// publish puts a list of the lists in its place that names one list, at an address.
func (w *world) publish(sequence int64, at string) {
	w.t.Helper()
	now, by := w.clock.Now(), [][]byte{w.signer.Certificate.Raw}
	for address, l := range map[string]xades.List{
		lotlAt: {LOTL: true, Sequence: sequence, Territory: "EU", Operator: "Commission", IssuedAt: now, NextUpdate: now.AddDate(0, 5, 0), Pointers: []xades.Pointer{
			{Territory: "EU", Location: lotlAt, LOTL: true, Signers: by}, {Territory: "FI", Location: at, Signers: by}}},
		at: {Sequence: sequence, Territory: "FI", Operator: "Agency", IssuedAt: now, NextUpdate: now.AddDate(0, 5, 0)},
	} {
		file, err := xades.Sign(l, xades.About{}, w.signer)
		must(w.t, err)
		w.web.put(address, file)
	}
}

func TestNothingIsFetchedWithoutAnAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.refresh("", "")
		r.Listen(w.queue)
		done := make(chan struct{}, 9)
		w.queue.Every("test.done", time.Hour, func(context.Context) error { done <- struct{}{}; return nil })
		testkit.Run(t, w.queue.Run)
		<-done

		if s := w.state(r, refresh.Lists); w.web.times() != 0 || s != (refresh.State{}) {
			t.Errorf("%d questions, %+v", w.web.times(), s)
		}
	})
}

func TestTheListsAreFetchedFromWhereTheListOfTheListsSays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(7, "https://fi.example/tl.xml")
		r := w.refresh(lotlAt, "")

		must(t, r.FetchLists(t.Context()))

		status, err := w.lists.Status(t.Context())
		must(t, err)
		s := w.state(r, refresh.Lists)
		if len(status.Lists) != 2 || status.Lists[1].ImportedBy != refresh.Actor || s.Address != lotlAt || !s.FetchedAt.Equal(w.clock.Now()) || s.Fault != "" {
			t.Errorf("%+v, %+v", status, s)
		}
		for _, asked := range w.web.asked {
			if asked.Limit != xades.MaxFile {
				t.Errorf("%s may have %d bytes", asked.Address, asked.Limit)
			}
		}
	})
}

func TestAListThatIsRefusedIsSaidAndTheOneHeldStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(7, "https://fi.example/tl.xml")
		r := w.refresh(lotlAt, "")
		must(t, r.FetchLists(t.Context()))
		fetched := w.clock.Now()
		w.clock.Advance(24 * time.Hour)
		w.publish(6, "https://fi.example/tl.xml")

		must(t, r.FetchLists(t.Context()))

		status, err := w.lists.Status(t.Context())
		must(t, err)
		s := w.state(r, refresh.Lists)
		if status.Lists[1].Sequence != 7 || !strings.HasPrefix(s.Fault, "2 of 2 lists were refused. EU: refused. The list is number 6") || !s.FetchedAt.Equal(fetched) || !s.TriedAt.Equal(w.clock.Now()) {
			t.Errorf("number %d is held, %+v", status.Lists[1].Sequence, s)
		}
	})
}

func TestAListThatIsNotServedOverHTTPSIsNotFetched(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(7, "http://fi.example/tl.xml")
		r := w.refresh(lotlAt, "")

		must(t, r.FetchLists(t.Context()))

		plain := slices.ContainsFunc(w.web.asked, func(q outbound.Request) bool { return strings.HasPrefix(q.Address, "http:") })
		if s := w.state(r, refresh.Lists); plain || !strings.Contains(s.Fault, "FI: refused.") {
			t.Errorf("asked in plain text %v, %+v", plain, s)
		}
	})
}

// describe is what the EBA publishes beside a file.
func describe(base, path string, file []byte) []byte {
	sum := sha256.Sum256(file)
	return fmt.Appendf(nil, `{"golden_copy_path_context":%q,"latest_version_relative_zip_path":%q,"sha256_hash":%q,"timestamp":"Sun Aug 16 00:00:16 UTC 2026"}`, base, path, hex.EncodeToString(sum[:]))
}

func TestTheRegisterIsFetchedDirectlyOrByItsDescription(t *testing.T) {
	for _, address := range []string{registerAt, describedAt} {
		t.Run(address, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.web.put(registerAt, demo.Register())
				w.web.put("https://eba.example/downloads/today.zip", demo.Register())
				w.web.put(describedAt, describe("https://eba.example/downloads/", "today.zip", demo.Register()))
				r := w.refresh("", address)

				must(t, r.FetchRegister(t.Context()))

				held, ok, err := w.register.Status(t.Context())
				must(t, err)
				if s := w.state(r, refresh.Register); !ok || held.ImportedBy != refresh.Actor || s.Fault != "" || s.FetchedAt.IsZero() {
					t.Errorf("%+v, %+v", held, s)
				}
			})
		})
	}
}

func TestARegisterThatIsNotWhatItsDescriptionSaysIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.refresh("", describedAt)
		w.web.put("https://eba.example/today.zip", bytes.ToUpper(demo.Register()))
		w.web.put("https://elsewhere.example/today.zip", demo.Register())
		for name, c := range map[string]struct {
			description []byte
			fault       string
		}{
			"another digest":     {describe("https://eba.example/", "today.zip", demo.Register()), "does not have the digest"},
			"another host":       {describe("https://elsewhere.example/", "today.zip", demo.Register()), "not on its own host"},
			"plain http":         {describe("http://eba.example/", "today.zip", demo.Register()), "not on its own host"},
			"no digest":          {[]byte(`{"golden_copy_path_context":"https://eba.example/","latest_version_relative_zip_path":"today.zip","sha256_hash":""}`), "cannot be read"},
			"a file that is not": {describe("https://eba.example/", "gone.zip", demo.Register()), "could not be fetched"},
			"no JSON":            {[]byte(`{"golden`), "cannot be read"},
		} {
			w.web.put(describedAt, c.description)

			must(t, r.FetchRegister(t.Context()))

			_, held, err := w.register.Status(t.Context())
			must(t, err)
			if s := w.state(r, refresh.Register); held || !s.FetchedAt.IsZero() || !strings.Contains(s.Fault, c.fault) {
				t.Errorf("%s: held %v, %q", name, held, s.Fault)
			}
		}
		if slices.ContainsFunc(w.web.asked, func(q outbound.Request) bool { return strings.Contains(q.Address, "elsewhere") }) {
			t.Error("another host was asked")
		}
	})
}

func TestWhatWentWellIsFetchedOnceADayAndWhatDidNotEachHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.web.put(registerAt, demo.Register())
		r := w.refresh(lotlAt, registerAt) // no list is published
		look := func(after time.Duration) (lists, register int) {
			w.clock.Advance(after)
			before := w.web.asked
			must(t, r.Look(t.Context(), refresh.Lists))
			must(t, r.Look(t.Context(), refresh.Register))
			for _, q := range w.web.asked[len(before):] {
				if q.Address == registerAt {
					register++
				} else {
					lists++
				}
			}
			return lists, register
		}

		for n, want := range [][2]int{{1, 1}, {1, 0}, {1, 0}, {1, 1}} {
			after := []time.Duration{0, time.Hour, 10 * time.Hour, 13 * time.Hour}[n]
			if lists, register := look(after); lists != want[0] || register != want[1] {
				t.Errorf("look %d: %d and %d questions", n+1, lists, register)
			}
		}
	})
}
