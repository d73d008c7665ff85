package httpsig

import (
	"crypto"
	"net/http"
	"strings"
	"testing"
)

// FuzzDiagnose changes one header of a signed request, or its body. Whatever
// comes, the diagnosis is complete, bounded, fit to show and never milder than
// the door.
func FuzzDiagnose(f *testing.F) {
	s := newSeal(f, 2048)
	good := newRequest("PSU-ID", psuID)
	mustSign(f, good, nil, s, crypto.SHA256)
	for name := range good {
		f.Add(name, good.Get(name), []byte(nil))
		f.Add(name, "", []byte("{}"))
		f.Add(strings.ToUpper(name), `x,"\`, []byte(`{"a":`))
	}
	f.Add("Signature", `Signature keyid=x, HEADERS="a b",signature="AA-_ =",algorithm=512`, []byte("[[[["))
	f.Add("Content-Length", "99999999999999999999", []byte("\xff\r\n"))
	f.Add("Signature", strings.Replace(good.Get("Signature"), `headers="digest`, `headers="`+strings.Repeat("date ", 40)+"digest", 1), []byte(nil))
	v := NewVerifier(s.cert)
	f.Fuzz(func(t *testing.T, name, value string, body []byte) {
		h := good.Clone()
		delete(h, http.CanonicalHeaderKey(name))
		h[name] = []string{value}

		d := Request{Method: "GET", Target: "/x", Header: h, Body: body}.Diagnose(s.cert, diagnosed)

		wantDiagnosis(t, &d)
		_, wrongSignature := v.Verify(h)
		_, wrongDigest := CheckDigest(h, body)
		if right := wrongSignature == nil && wrongDigest == nil; right != d.Valid {
			t.Errorf("the door says %v and %v, the diagnosis %v: %+v", wrongSignature, wrongDigest, d.Valid, d.Steps)
		}
	})
}
