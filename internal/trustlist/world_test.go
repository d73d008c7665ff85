package trustlist_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
)

// now is what the clock of these tests shows.
var now = testkit.Start

// newKey makes a key for one name, and the same one when asked again.
var newKey = func() func(name string) *ecdsa.PrivateKey {
	var mu sync.Mutex
	keys := map[string]*ecdsa.PrivateKey{}
	return func(name string) *ecdsa.PrivateKey {
		mu.Lock()
		defer mu.Unlock()
		if keys[name] == nil {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				panic(err)
			}
			keys[name] = k
		}
		return keys[name]
	}
}()

// party is somebody with a certificate.
type party struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// newParty has a certificate by an issuer, or by itself where that is nil. Changes are made to the template.
func newParty(t testing.TB, name string, issuer *party, changes ...func(*x509.Certificate)) *party {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, Country: []string{"FI"}},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0), BasicConstraintsValid: true,
	}
	for _, change := range changes {
		change(template)
	}
	p := &party{key: newKey(name)}
	parent, by := template, p.key
	if issuer != nil {
		parent, by = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, p.key.Public(), by)
	must(t, err)
	p.cert, err = x509.ParseCertificate(der)
	must(t, err)
	return p
}

func authority(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign
	c.NotBefore, c.NotAfter = now.AddDate(-8, 0, 0), now.AddDate(8, 0, 0)
}

// criticalStatements is what some authorities do although RFC 3739 asks them not to.
func criticalStatements(c *x509.Certificate) {
	c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}, Critical: true, Value: []byte{0x30, 0}}}
}

// world is a Union of two countries and who signs there.
type world struct {
	t                          testing.TB
	db                         *db.DB
	lists                      *trustlist.Lists
	commission, helsinki, riga *party
	root, qtsp                 *party // the issuer and what is above it
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, db: d, commission: newParty(t, "Commission", nil), helsinki: newParty(t, "Helsinki", nil), riga: newParty(t, "Riga", nil)}
	w.root = newParty(t, "QTSP root", nil, authority)
	w.qtsp = newParty(t, "QTSP issuing", w.root, authority)
	w.lists = w.open()
	return w
}

// open makes lists over the same database, as another process does.
func (w *world) open() *trustlist.Lists {
	return trustlist.New(w.db, []*x509.Certificate{w.commission.cert}, testkit.Log(w.t))
}

func (w *world) sign(l xades.List, by *party) []byte {
	w.t.Helper()
	file, err := xades.Sign(l, xades.About{}, xades.Signer{Key: by.key, Certificate: by.cert, At: now})
	must(w.t, err)
	return file
}

// lotl is the list of the lists with that number.
func (w *world) lotl(sequence int64, changes ...func(*xades.List)) []byte {
	l := xades.List{
		LOTL: true, Sequence: sequence, Territory: "EU", Operator: "Commission", IssuedAt: now.AddDate(0, 0, -9), NextUpdate: now.AddDate(0, 5, 0),
		Pointers: []xades.Pointer{
			{Territory: "EU", Location: "https://eu.example/lotl.xml", LOTL: true, Signers: [][]byte{w.commission.cert.Raw}},
			{Territory: "FI", Location: "https://fi.example/tl.xml", Signers: [][]byte{[]byte("one that cannot be read"), w.helsinki.cert.Raw}},
			{Territory: "LV", Location: "https://lv.example/tl.xml", Signers: [][]byte{w.riga.cert.Raw}},
		},
	}
	for _, change := range changes {
		change(&l)
	}
	return w.sign(l, w.commission)
}

// finland is Finland's list with that number and these services.
func (w *world) finland(sequence int64, services ...xades.Service) []byte {
	return w.sign(finland(sequence, services...), w.helsinki)
}

func finland(sequence int64, services ...xades.Service) xades.List {
	return xades.List{
		Sequence: sequence, Territory: "FI", Operator: "Agency", IssuedAt: now.AddDate(0, 0, -5).Add(time.Duration(sequence) * time.Minute), NextUpdate: now.AddDate(0, 5, 0),
		Providers: []xades.Provider{{Name: "QTSP Oy", Services: services}},
	}
}

// service is an entry that is granted for both kinds since three years ago.
func service(cert *x509.Certificate, changes ...func(*xades.Service)) xades.Service {
	s := xades.Service{
		Type: xades.TypeCAQC, Name: "Qualified certificates", Certificates: [][]byte{cert.Raw},
		States: []xades.State{{Granted: true, Since: now.AddDate(-3, 0, 0), Web: true, Seal: true}},
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// mustImport wants every file to be taken.
func (w *world) mustImport(files ...[]byte) trustlist.Report {
	w.t.Helper()
	report, err := w.lists.Import(w.t.Context(), "per_admin", files)
	must(w.t, err)
	for _, l := range report.Lines {
		if l.Refusal != nil {
			w.t.Fatalf("refused: %s", l.Text())
		}
	}
	return report
}

// refusals are what became of the files.
func (w *world) refusals(files ...[]byte) []error {
	w.t.Helper()
	report, err := w.lists.Import(w.t.Context(), "per_admin", files)
	must(w.t, err)
	var all []error
	for _, l := range report.Lines {
		all = append(all, l.Refusal)
	}
	return all
}

func (w *world) judge(leaf *x509.Certificate, kind qcert.Kind, chain ...*x509.Certificate) trustlist.Judgement {
	w.t.Helper()
	j, err := w.lists.Judge(w.t.Context(), leaf, chain, kind, now)
	must(w.t, err)
	return j
}

func (w *world) held(territory string) trustlist.Held {
	w.t.Helper()
	s, err := w.lists.Status(w.t.Context())
	must(w.t, err)
	for _, l := range s.Lists {
		if l.Territory == territory {
			return l
		}
	}
	return trustlist.Held{}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testdata is a file of the reference data of third parties, which is not part of this project.
func testdata(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("FAIRWAY_TESTDATA")
	if dir == "" {
		t.Skip("FAIRWAY_TESTDATA does not name the folder of reference data: skipped " + name)
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		t.Skip("the reference data has no " + name + ": skipped")
	}
	must(t, err)
	return b
}
