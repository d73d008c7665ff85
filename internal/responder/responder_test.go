package responder_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"golang.org/x/crypto/ocsp"

	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/responder"
	"fairway/internal/testkit"
)

const base = "http://localhost:8080" + responder.Path

// desk is a responder with its folder.
type desk struct {
	folder  demo.Folder
	handler http.Handler
}

func newDesk(t *testing.T) desk {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	folder := demo.Folder{Dir: filepath.Join(t.TempDir(), "qtsp")}
	fail := func(c *gin.Context, err error) {
		c.String(map[fault.Kind]int{fault.NotFound: http.StatusNotFound}[fault.Of(err).Kind], fault.Of(err).Code)
	}
	responder.New(folder, base, testkit.Clock()).Mount(httpkit.Mounts{Open: httpkit.NewRoutes(e.Group(""), httpkit.Open, &httpkit.Table{}, fail)})
	return desk{folder, e}
}

// newProvider is a provider in the desk's folder, with a pair that it issued.
func (d desk) newProvider(t *testing.T) (*demo.QTSP, demo.Pair) {
	t.Helper()
	q, _, err := d.folder.OpenOrMake(testkit.Start, base)
	if err != nil {
		t.Fatal(err)
	}
	p := demotest.Issue(t, q, demo.Request{At: testkit.Start})
	if err := d.folder.Record(p.QWAC, p.Seal); err != nil {
		t.Fatal(err)
	}
	return q, p
}

func (d desk) send(t *testing.T, method, path string, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body)))
	return w
}

func TestARevocationIsToldByTheNextAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	q, p := d.newProvider(t)
	question, err := ocsp.CreateRequest(p.QWAC, q.Certificate(demo.Websites), nil)
	if err != nil {
		t.Fatal(err)
	}
	addressed := responder.Path + "/ocsp/" + url.PathEscape(base64.StdEncoding.EncodeToString(question))

	for _, status := range []int{ocsp.Good, ocsp.Revoked} {
		for how, w := range map[string]*httptest.ResponseRecorder{
			"posted": d.send(t, http.MethodPost, responder.Path+"/ocsp", question), "in the address": d.send(t, http.MethodGet, addressed, nil),
		} {
			answer, err := ocsp.ParseResponseForCert(w.Body.Bytes(), p.QWAC, q.Certificate(demo.Websites))
			if err != nil || answer.Status != status || w.Header().Get("Content-Type") != "application/ocsp-response" {
				t.Errorf("%s: %d %v, want status %d", how, w.Code, err, status)
			}
		}
		if _, err := d.folder.Revoke(p.QWAC.SerialNumber.Text(16), testkit.Start, 1); err != nil {
			t.Fatal(err)
		}
	}
	list, err := x509.ParseRevocationList(d.send(t, http.MethodGet, responder.Path+"/web.crl", nil).Body.Bytes())
	if err != nil || len(list.RevokedCertificateEntries) != 1 {
		t.Errorf("the list: %v %v", list, err)
	}
}

func TestEveryPointerOfAPairLeadsSomewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	q, p := d.newProvider(t)

	for _, cert := range append(p.Chain, p.QWAC, p.Seal) {
		for _, address := range cert.CRLDistributionPoints {
			list, err := x509.ParseRevocationList(d.send(t, http.MethodGet, address, nil).Body.Bytes())
			by, _ := q.Issuer(cert)
			if err != nil || list.CheckSignatureFrom(q.Certificate(by)) != nil {
				t.Errorf("%s of %s: %v", address, cert.Subject.CommonName, err)
			}
		}
		for _, address := range cert.IssuingCertificateURL {
			issuer, err := x509.ParseCertificate(d.send(t, http.MethodGet, address, nil).Body.Bytes())
			if err != nil || cert.CheckSignatureFrom(issuer) != nil {
				t.Errorf("%s of %s: %v", address, cert.Subject.CommonName, err)
			}
		}
	}
}

func TestTheDisclosureStatementIsThereBeforeTheProviderIs(t *testing.T) {
	t.Parallel()
	w := newDesk(t).send(t, http.MethodGet, responder.StatementPath, nil)

	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || !strings.Contains(w.Body.String(), demo.Word) {
		t.Errorf("%d %v %.80s", w.Code, w.Header(), w.Body)
	}
}

func TestWhatCannotBeAnsweredIsRefused(t *testing.T) {
	t.Parallel()
	empty, d := newDesk(t), newDesk(t)
	d.newProvider(t)

	if w := empty.send(t, http.MethodGet, responder.Path+"/web.crl", nil); w.Code != http.StatusNotFound || w.Body.String() != "demo_no_provider" {
		t.Errorf("without a provider: %d %s", w.Code, w.Body)
	}
	for _, name := range []string{"web", "web.key", "web.pem", "lotl-signer.cer", "lotl-signer.crl", "..%2fkeys", ".crl", ".cer"} {
		if w := d.send(t, http.MethodGet, responder.Path+"/"+name, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	for how, w := range map[string]*httptest.ResponseRecorder{
		"posted":         d.send(t, http.MethodPost, responder.Path+"/ocsp", []byte("question")),
		"too long":       d.send(t, http.MethodPost, responder.Path+"/ocsp", make([]byte, 1<<20)),
		"in the address": d.send(t, http.MethodGet, responder.Path+"/ocsp/not-base64!", nil),
	} {
		if !bytes.Equal(w.Body.Bytes(), ocsp.MalformedRequestErrorResponse) {
			t.Errorf("%s: %d %x", how, w.Code, w.Body.Bytes())
		}
	}
}
