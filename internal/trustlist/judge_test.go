package trustlist_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
)

func TestAnIssuerThatIsGrantedForTheKindIsGood(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		leaf := newParty(t, "tpp.example", w.qtsp, criticalStatements)
		w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert)))

		for _, kind := range []qcert.Kind{qcert.QWAC, qcert.QSealC} {
			j := w.judge(leaf.cert, kind)

			if j.Verdict != trustlist.Granted || !j.Automatic() || j.Stale || j.Issuer != "CN=QTSP issuing,C=FI" {
				t.Errorf("%s: %+v", kind, j)
			}
			if len(j.Path) != 2 || j.Path[0].SHA256 != qcert.Thumbprint(leaf.cert) || j.Path[1] != (trustlist.Link{Subject: "CN=QTSP issuing,C=FI", SHA256: qcert.Thumbprint(w.qtsp.cert)}) {
				t.Errorf("%s: path %+v", kind, j.Path)
			}
			s := j.Service
			if s.Provider != "QTSP Oy" || s.Territory != "FI" || s.Sequence != 7 || !s.Since.Equal(now.AddDate(-3, 0, 0)) || !s.NextUpdate.Equal(now.AddDate(0, 5, 0)) || s.IssuedAt.IsZero() {
				t.Errorf("%s: %+v", kind, s)
			}
		}
		if got := w.judge(leaf.cert, qcert.QWAC).Text; got != `Issuer "QTSP issuing" of QTSP Oy is granted for website certificates on the trusted list of FI (number 7 of 16 Nov 2026), since 21 Nov 2023.` {
			t.Errorf("%s", got)
		}
	})
}

func TestAnEntryIsHeldAgainstWhatTheCertificateIsFor(t *testing.T) {
	t.Parallel()
	state := func(change func(*xades.State)) func(*xades.Service) {
		return func(s *xades.Service) { change(&s.States[0]) }
	}
	qualified := func(q ...string) func(*xades.Service) { return state(func(s *xades.State) { s.Qualifiers = q }) }
	past := func(states ...xades.State) func(*xades.Service) {
		return func(s *xades.Service) {
			s.States[0].Since = now.AddDate(0, 0, -1)
			s.States = append(s.States, states...)
		}
	}
	years := now.AddDate(-3, 0, 0)

	for name, c := range map[string]struct {
		change func(*xades.Service)
		kind   qcert.Kind
		want   trustlist.Verdict
		says   string
	}{
		"seals only":            {state(func(s *xades.State) { s.Web = false }), qcert.QWAC, trustlist.WrongKind, "is listed for e-seals only, not for website certificates"},
		"web only":              {state(func(s *xades.State) { s.Seal = false }), qcert.QSealC, trustlist.WrongKind, "is listed for website certificates only, not for e-seals"},
		"signatures only":       {state(func(s *xades.State) { s.Web, s.Seal, s.Signature = false, false, true }), qcert.QWAC, trustlist.WrongKind, "for e-signatures only"},
		"no purpose":            {state(func(s *xades.State) { s.Web, s.Seal = false, false }), qcert.QWAC, trustlist.WrongKind, "without saying for what"},
		"no kind asked":         {func(*xades.Service) {}, qcert.Unknown, trustlist.WrongKind, "do not say what they are for"},
		"time stamps":           {func(s *xades.Service) { s.Type = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST" }, qcert.QWAC, trustlist.WrongKind, "as another service"},
		"withdrawn":             {state(func(s *xades.State) { s.Granted = false }), qcert.QWAC, trustlist.Withdrawn, "not granted since 21 Nov 2023"},
		"granted from tomorrow": {state(func(s *xades.State) { s.Since = now.AddDate(0, 0, 1) }), qcert.QWAC, trustlist.NeedsPerson, "begins on 22 Nov 2026 only"},
		"not qualified":         {qualified("NotQualified"), qcert.QWAC, trustlist.NeedsPerson, "conditions that a person has to check: NotQualified."},
		"other kinds":           {qualified("QCForESeal", "QCForESig", "QCForWSA"), qcert.QWAC, trustlist.NeedsPerson, "QCForESeal and QCForESig."},
		"something new":         {qualified("QCForTheMoon"), qcert.QWAC, trustlist.NeedsPerson, "QCForTheMoon"},
		"its own kind":          {qualified("QCForWSA"), qcert.QWAC, trustlist.Granted, "is granted"},
		"devices":               {qualified("QCWithQSCD", "QCForLegalPerson", "QCStatement"), qcert.QSealC, trustlist.Granted, "is granted for e-seals"},
		"later than issue":      {past(), qcert.QWAC, trustlist.NeedsPerson, "but was not on 21 Oct 2026"},
		"withdrawn at issue":    {past(xades.State{Since: years, Web: true}), qcert.QWAC, trustlist.NeedsPerson, "but was not"},
		"other kind at issue":   {past(xades.State{Granted: true, Since: years, Seal: true}), qcert.QWAC, trustlist.NeedsPerson, "but was not"},
		"granted at issue too":  {past(xades.State{Since: now.AddDate(0, 0, -2)}, xades.State{Granted: true, Since: years, Web: true}), qcert.QWAC, trustlist.Granted, "is granted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, testkit.SQLite(t))
			w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert, c.change)))

			j := w.judge(newParty(t, "tpp.example", w.qtsp).cert, c.kind)

			if j.Verdict != c.want || !strings.Contains(j.Text, c.says) || j.Service == nil || j.Automatic() != (c.want == trustlist.Granted) {
				t.Errorf("%s: %s", j.Verdict, j.Text)
			}
		})
	}
}

func TestOneEntryThatFitsIsEnough(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	withdrawn := service(w.qtsp.cert, func(s *xades.Service) { s.States[0].Granted = false })
	seals := service(w.qtsp.cert, func(s *xades.Service) { s.States[0].Web = false })
	web := service(w.qtsp.cert, func(s *xades.Service) { s.States[0].Seal, s.Name = false, "Web" })
	conditional := service(w.qtsp.cert, func(s *xades.Service) { s.States[0].Qualifiers = []string{"NotQualified"} })
	leaf := newParty(t, "tpp.example", w.qtsp).cert

	for n, services := range [][]xades.Service{{withdrawn, seals, web, conditional}, {conditional, web, withdrawn}, {seals, withdrawn}, {withdrawn, conditional}} {
		w.mustImport(w.lotl(400+int64(n)), w.finland(int64(n)+1, services...))

		j := w.judge(leaf, qcert.QWAC)

		want := []trustlist.Verdict{trustlist.Granted, trustlist.Granted, trustlist.Withdrawn, trustlist.NeedsPerson}[n]
		if j.Verdict != want || want == trustlist.Granted && j.Service.Name != "Web" {
			t.Errorf("%d: %s: %s", n, j.Verdict, j.Text)
		}
	}
}

func TestAPathMayLeadOverWhatWasUploaded(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	leaf := newParty(t, "tpp.example", w.qtsp)
	other := newParty(t, "Other CA", nil, authority)
	impostor := newParty(t, "Impostor", nil, authority, func(c *x509.Certificate) { c.Subject.CommonName = "QTSP root" })
	stranger := newParty(t, "Stranger CA", impostor, authority)
	w.mustImport(w.lotl(400), w.finland(7, service(w.root.cert)))

	for name, c := range map[string]struct {
		leaf  *x509.Certificate
		chain []*x509.Certificate
		want  trustlist.Verdict
		says  string
		path  int
	}{
		"with the intermediate": {leaf.cert, []*x509.Certificate{other.cert, w.qtsp.cert}, trustlist.Granted, "", 3},
		"the root beside it":    {leaf.cert, []*x509.Certificate{w.root.cert, w.qtsp.cert}, trustlist.Granted, "", 3},
		"without":               {leaf.cert, nil, trustlist.Unknown, `Issuer "QTSP issuing" is not on the EU trusted lists of 12 Nov 2026. If it is an intermediate, add it to the file.`, 1},
		"with another":          {leaf.cert, []*x509.Certificate{other.cert}, trustlist.Unknown, `Issuer "QTSP issuing" is not`, 1},
		"of another authority":  {newParty(t, "b.example", other).cert, []*x509.Certificate{other.cert}, trustlist.Unknown, `Issuer "Other CA" is not`, 2},
		"a listed one itself":   {w.root.cert, nil, trustlist.Unknown, "does not lead there", 1},
		"of a listed name":      {newParty(t, "c.example", stranger).cert, []*x509.Certificate{stranger.cert, impostor.cert}, trustlist.Unknown, "does not lead there", 3},
		"by one that is no CA":  {newParty(t, "d.example", leaf).cert, []*x509.Certificate{leaf.cert, w.qtsp.cert}, trustlist.Unknown, "", 1},
	} {
		j := w.judge(c.leaf, qcert.QWAC, c.chain...)

		if j.Verdict != c.want || !strings.Contains(j.Text, c.says) || len(j.Path) != c.path || (j.Service == nil) != (c.want == trustlist.Unknown) {
			t.Errorf("%s: %s over %d: %s", name, j.Verdict, len(j.Path), j.Text)
		}
	}
}

func TestACertificateOutsideItsTermHasNoPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert)))
	leaf := newParty(t, "tpp.example", w.qtsp).cert

	j, err := w.lists.Judge(t.Context(), leaf, nil, qcert.QWAC, leaf.NotAfter.AddDate(0, 0, 1))

	if err != nil || j.Verdict != trustlist.Unknown || !strings.Contains(j.Text, "not valid on 22 Nov 2027") {
		t.Errorf("%v: %s", err, j.Text)
	}
}

func TestStaleListsLeaveTheDecisionToAPerson(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	leaf := newParty(t, "tpp.example", w.qtsp).cert
	w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert)))
	current := w.judge(leaf, qcert.QWAC)
	last := finland(8, service(w.qtsp.cert))
	last.NextUpdate = last.NextUpdate.AddDate(-9, 0, 0)

	later, err := w.lists.Judge(t.Context(), leaf, nil, qcert.QWAC, now.AddDate(0, 6, 0))
	must(t, err)
	w.mustImport(w.lotl(401, func(l *xades.List) { l.NextUpdate = now.AddDate(0, 0, -1) }))
	root := w.judge(leaf, qcert.QWAC)
	w.mustImport(w.lotl(402, func(l *xades.List) { l.Pointers[1].Signers = [][]byte{w.riga.cert.Raw} }))
	disowned := w.judge(leaf, qcert.QWAC)
	w.mustImport(w.lotl(403), w.sign(last, w.helsinki))
	closed := w.judge(leaf, qcert.QWAC)

	if current.Stale || !current.Automatic() {
		t.Errorf("a current list: %s", current.Text)
	}
	for name, j := range map[string]trustlist.Judgement{"past its update": later, "an old list of the lists": root, "a signer no longer named": disowned, "a closed list": closed} {
		if j.Verdict != trustlist.Granted || !j.Stale || j.Automatic() || !strings.Contains(j.Text, "so a person will check") {
			t.Errorf("%s: %+v", name, j)
		}
	}
}

func TestWithoutAnyListEveryIssuerIsForAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))

	j := w.judge(newParty(t, "tpp.example", w.qtsp).cert, qcert.QWAC)

	if j.Verdict != trustlist.Unknown || j.Automatic() || j.Issuer != "QTSP issuing" || !strings.Contains(j.Text, "no EU trusted list was imported yet") {
		t.Errorf("%+v", j)
	}
	if _, err := w.lists.Judge(t.Context(), nil, nil, qcert.QWAC, now); err == nil {
		t.Error("nothing was judged")
	}
}

// Names that lead in a ring, or to a hundred listed certificates of one name, end the search.
func TestASearchEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	var services []xades.Service
	for range 100 {
		twin := newParty(t, "QTSP issuing", nil, authority) // the issuer's name and key
		services = append(services, service(twin.cert))
	}
	w.mustImport(w.lotl(400), w.finland(7, services...))
	a := newParty(t, "Ring A", nil, authority)
	b := newParty(t, "Ring B", a, authority)
	a = newParty(t, "Ring A", b, authority)
	ring := newParty(t, "e.example", a).cert

	twins := w.judge(newParty(t, "tpp.example", w.qtsp).cert, qcert.QWAC)
	round := w.judge(ring, qcert.QWAC, a.cert, b.cert)

	if twins.Verdict != trustlist.Granted || round.Verdict != trustlist.Unknown || len(round.Path) != 3 {
		t.Errorf("%s; %s over %d", twins.Text, round.Text, len(round.Path))
	}
}
