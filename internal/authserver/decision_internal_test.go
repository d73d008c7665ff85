package authserver

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/oauth"
)

func sent(contentType string, body []byte) *gin.Context {
	gin.SetMode(gin.ReleaseMode)
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	c.Request.Header.Set("Content-Type", contentType)
	return c
}

const plainJSON = "application/json"

func FuzzDecision(f *testing.F) {
	for _, body := range []string{
		`{"decision":"denied"}`, `{"decision":"failed","psu":"","accounts":[]}`,
		`{"decision":"approved","psu":"20260017","accounts":[{"resource_id":"a","masked_pan":"4571 91** **** 2204","currency":"EUR","balances":true,"transactions":false}]}`,
		`{"decision":"approved","decision":"denied"}`, `{"Decision":"approved"}`, `{"decision":null}`, `{"decision":1e999}`, `{"decision":"denied"} {}`, `[]`, `"denied"`, ``, `{`,
		`{"accounts":{}}`, `{"accounts":[null]}`, `{"accounts":[[]]}`, `{"psu":"\ud800"}`, "{\"psu\":\"\x00\"}", "\ufeff{}", `{"decision":"\u0000"}`,
		strings.Repeat(`{"accounts":[`, 40), `{"accounts":[` + strings.Repeat(`{},`, 300) + `{}]}`,
	} {
		f.Add(plainJSON, []byte(body))
	}
	f.Add("application/json; charset=utf-8", []byte(`{"decision":"denied"}`))
	f.Add("text/plain", []byte(`{"decision":"denied"}`))
	f.Add(";", []byte(`{}`))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		d, err := readDecision(sent(contentType, body))

		if err != nil {
			if w := told(fault.Of(err)); w.status != http.StatusBadRequest || !reflect.DeepEqual(d, oauth.Decision{}) && len(body) > maxDecision {
				t.Errorf("%q %q: %d %v", contentType, body, w.status, err)
			}
			if text := description(fault.Of(placed(err)).Message); text == "" || len(text) > 500 {
				t.Errorf("%q: told in %d characters", body, len(text))
			}
			return
		}
		if len(body) > maxDecision || !strings.Contains(strings.ToLower(contentType), "json") || len(d.Accounts) > len(body) {
			t.Errorf("%q with %d bytes was read as %+v", contentType, len(body), d)
		}
		if again, err := readDecision(sent(contentType, body)); err != nil || !reflect.DeepEqual(d, again) {
			t.Errorf("read as %+v, then as %+v, %v", d, again, err)
		}
	})
}

func TestABodyIsReadUpTo64kB(t *testing.T) {
	t.Parallel()
	whole := `{"decision":"denied"` + strings.Repeat(" ", maxDecision-21) + `}`
	if len(whole) != maxDecision {
		t.Fatalf("the body has %d bytes", len(whole))
	}

	d, err := readDecision(sent(plainJSON, []byte(whole)))
	_, tooLong := readDecision(sent(plainJSON, []byte(whole+" ")))

	if err != nil || d.Outcome != oauth.Refused {
		t.Errorf("%+v, %v", d, err)
	}
	if fault.Of(tooLong).Code != oauth.ErrDecision.Code {
		t.Errorf("one byte more: %v", tooLong)
	}
}
