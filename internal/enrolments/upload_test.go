package enrolments_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

func TestAnUploadBeginsADraftThatColleaguesGoOnWith(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair, other := w.pair(""), w.organisation("Other Oy")
		first, err := w.Upload(t.Context(), w.who, 0, enrolments.Files{QWAC: pemOf(pair.QWAC.Raw)})
		must(t, err)

		colleague := enrolments.Who{OrganisationID: w.who.OrganisationID, PersonID: other.PersonID}
		both, err := w.Upload(t.Context(), colleague, first.Version, enrolments.Files{QSeal: append(pemOf(pair.Seal.Raw), pemOf(pair.Chain[0].Raw)...)})
		must(t, err)
		_, stale := w.Upload(t.Context(), w.who, first.Version, filesOf(pair))
		_, foreign := w.Current(t.Context(), other.OrganisationID)
		_, stolen := w.ByID(t.Context(), other.OrganisationID, both.ID)

		if first.Complete() || first.Sound(w.clock.Now()) || both.ID != first.ID || !both.Complete() || !both.Sound(w.clock.Now()) || len(both.QSeal.Chain) != 1 {
			t.Errorf("first %+v, both %+v", first, both)
		}
		if !errors.Is(stale, enrolments.ErrChanged) || !errors.Is(foreign, enrolments.ErrUnknown) || !errors.Is(stolen, enrolments.ErrUnknown) {
			t.Errorf("an old form %v, another organisation %v and %v", stale, foreign, stolen)
		}
		if acts := w.acts(both.ID); acts["enrolments.begun"] != 1 || acts["enrolments.uploaded"] != 1 {
			t.Errorf("the audit has %v", acts)
		}
	})
}

func TestBothFilesAreJudgedAtOnceAndNothingIsStored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		der, err := x509.MarshalPKCS8PrivateKey(pair.SealKey)
		must(t, err)
		key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})

		_, nothing := w.Upload(t.Context(), w.who, 0, enrolments.Files{})
		_, both := w.Upload(t.Context(), w.who, 0, enrolments.Files{QWAC: []byte("hello"), QSeal: append(pemOf(pair.Seal.Raw), key...)})
		_, one := w.Upload(t.Context(), w.who, 0, enrolments.Files{QWAC: pemOf(pair.QWAC.Raw), QSeal: []byte("<html>")})
		_, none := w.Current(t.Context(), w.who.OrganisationID)

		if said(nothing, enrolments.FieldQWAC) == "" || errors.Is(one, enrolments.ErrKey) || said(one, enrolments.FieldQSeal) == "" || said(one, enrolments.FieldQWAC) != "" {
			t.Errorf("nothing: %v; a page: %v", nothing, one)
		}
		if said(both, enrolments.FieldQWAC) == "" || !strings.Contains(said(both, enrolments.FieldQSeal), "exposed") || !errors.Is(both, enrolments.ErrKey) {
			t.Errorf("a word and a key: %+v", fault.Of(both).Fields)
		}
		if !errors.Is(none, enrolments.ErrUnknown) {
			t.Errorf("something was stored: %v", none)
		}
	})
}

func TestSwappedFilesAreSwappedBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e, err := w.Upload(t.Context(), w.who, 0, enrolments.Files{QWAC: pemOf(pair.Seal.Raw), QSeal: pemOf(pair.QWAC.Raw)})
		must(t, err)
		if !e.Swapped() || e.Sound(w.clock.Now()) {
			t.Fatal("nobody noticed")
		}

		e, err = w.Swap(t.Context(), w.who, e.Version)

		must(t, err)
		if e.Swapped() || !e.Sound(w.clock.Now()) || e.QWAC.Info.Kind != qcert.QWAC {
			t.Errorf("%s and %s", e.QWAC.Info.Kind, e.QSeal.Info.Kind)
		}
	})
}

func TestWhatFailsInTheFilesAloneStopsTheWay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, flaw := range demo.Flaws() {
			if flaw.Level != qcert.LevelError || flaw.Finder != demo.ByProfile && flaw.Finder != demo.ByPair {
				continue
			}
			e := w.uploaded(w.pair(flaw.Name))

			_, err := w.NewChallenge(t.Context(), w.who, e.Version)

			qwac, seal, pair := e.Checks(w.clock.Now())
			found := false
			for _, line := range append(append(qwac, seal...), pair...) {
				for _, f := range line.Findings {
					found = found || f.Code == flaw.Code && f.Level == qcert.LevelError
				}
			}
			if !errors.Is(err, enrolments.ErrUnsound) || !found {
				t.Errorf("%s: %v, found %v", flaw.Name, err, found)
			}
		}
	})
}
