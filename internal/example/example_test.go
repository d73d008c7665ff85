package example_test

import (
	"testing"

	"fairway/internal/example"
	"fairway/internal/httpsig"
	"fairway/internal/rawrequest"
)

func TestTheExampleIsRightAsItWouldBePasted(t *testing.T) {
	t.Parallel()
	s, err := example.Read()
	if err != nil {
		t.Fatal(err)
	}

	r, err := rawrequest.Parse([]byte(s.Text()))
	if err != nil {
		t.Fatal(err)
	}
	d := httpsig.Request{Header: r.Header, Body: r.Body}.Diagnose(s.Certificate, s.Certificate.NotBefore)

	if !d.Valid || len(d.Findings) != 0 || d.SigningString != s.SigningString {
		t.Errorf("%+v", d)
	}
}
