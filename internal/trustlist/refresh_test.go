package trustlist_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
)

// shelf answers with files by address, and remembers what it was asked.
type shelf struct {
	files map[string][]byte
	asked []string
}

func (s *shelf) Fetch(_ context.Context, url string) ([]byte, error) {
	s.asked = append(s.asked, url)
	if f, ok := s.files[url]; ok {
		return f, nil
	}
	return nil, errors.New("nobody answers")
}

func TestARefreshFetchesWhatTheListOfTheListsNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	local := w.lotl(400, func(l *xades.List) {
		l.Pointers = append(l.Pointers, xades.Pointer{Territory: "SE", Location: "file:///lists/se.xml", Signers: [][]byte{w.riga.cert.Raw}})
	})
	from := &shelf{files: map[string][]byte{"https://eu.example/lotl.xml": local, "https://fi.example/tl.xml": w.finland(7, service(w.qtsp.cert))}}

	report, err := w.lists.Refresh(t.Context(), "system", from, "https://eu.example/lotl.xml")

	must(t, err)
	if want := []string{"https://eu.example/lotl.xml", "https://fi.example/tl.xml", "https://lv.example/tl.xml"}; !slices.Equal(from.asked, want) {
		t.Errorf("asked %v", from.asked)
	}
	if len(report.Lines) != 3 || report.Refused() != 1 || !errors.Is(report.Lines[2].Refusal, trustlist.ErrUnreachable) || report.Lines[1].Location != "https://fi.example/tl.xml" {
		t.Errorf("%+v", report)
	}
	if w.held("FI").Sequence != 7 || w.held("FI").ImportedBy != "system" {
		t.Errorf("%+v", w.held("FI"))
	}
}

func TestARefreshGoesOnWithTheListOfTheListsThatIsHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	w.mustImport(w.lotl(400))
	from := &shelf{files: map[string][]byte{"https://fi.example/tl.xml": w.finland(7)}}

	report, err := w.lists.Refresh(t.Context(), "system", from, "https://eu.example/lotl.xml")

	if err != nil || report.Refused() != 2 || w.held("FI").Sequence != 7 {
		t.Errorf("%v: %+v", err, report)
	}
}

func TestARefreshEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := w.lists.Refresh(ctx, "system", &shelf{}, "https://eu.example/lotl.xml")

	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
