package bankclient_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/bankclient"
	"fairway/internal/catalog"
	"fairway/internal/fault"
)

// hostile are values that try to leave the path, the host or the line that they stand in (security T01).
func hostile(c *canary) []string {
	return []string{
		"//" + c.address + "/", "/" + c.address, "@" + c.address, "x@" + c.address + "/", "https://" + c.address + "/", `\\` + c.address + `\`, `\`,
		"..", ".", "../../../../etc", "..%2f..%2f", "%2e%2e", "%2F%2F" + c.address, "%00", "a/b", "a%2Fb", "?x=1", "#x", "a;b=c", ":" + "80",
		"169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "localhost", "ｌocalhost", "a b", "a+b", "é",
		"a\r\nHost: " + c.address, "a\nX-Injected: 1", "a\x00b", "a%0d%0aHost:%20" + c.address,
	}
}

// attempt is one way of putting a hostile value into a call.
type attempt struct {
	name  string
	build func() (bankclient.Request, error)
}

func attempts(c *canary) []attempt {
	var all []attempt
	add := func(name string, change func(*bankclient.Request) error) {
		all = append(all, attempt{name, func() (bankclient.Request, error) {
			r := list()
			return r, change(&r)
		}})
	}
	read, _ := catalog.OperationByID("consents.read")
	for _, v := range hostile(c) {
		add("path parameter "+v, func(r *bankclient.Request) (err error) {
			r.Path, err = read.Path(map[string]string{"consentId": v})
			return err
		})
		add("query value "+v, func(r *bankclient.Request) error {
			r.Query = []bankclient.Param{{Name: "dateFrom", Value: v}}
			return nil
		})
		add("header value "+v, func(r *bankclient.Request) error {
			r.Headers = []bankclient.Param{{Name: "PSU-ID", Value: v}}
			return nil
		})
		add("brand "+v, func(r *bankclient.Request) error { r.Brand = v; return nil })
		add("environment "+v, func(r *bankclient.Request) error { r.Environment = v; return nil })
		add("raw path "+v, func(r *bankclient.Request) error { r.Path = v; return nil })
		add("raw path below "+v, func(r *bankclient.Request) error { r.Path = "/consent/" + v; return nil })
	}
	for _, name := range []string{"Host", "host", "Authorization", "X-API-Key", "x-api-key", "Digest", "Signature", "TPP-Signature-Certificate", "Connection", "Transfer-Encoding",
		"Content-Length", "Cookie", "Te", "Upgrade", "Expect", "Proxy-Authorization", "X-Forwarded-Host", "X-Forwarded-For", "Forwarded", "Content-Encoding",
		"PSU-ID\r\nHost", "PSU-ID: x\r\nHost", "", " ", "PSU-ID "} {
		add("header name "+name, func(r *bankclient.Request) error {
			r.Headers = []bankclient.Param{{Name: name, Value: c.address}}
			return nil
		})
	}
	for _, method := range []string{"CONNECT", "TRACE", "GET / HTTP/1.1\r\nHost: x", "get", ""} {
		add("method "+method, func(r *bankclient.Request) error { r.Method = method; return nil })
	}
	return all
}

// TestPlaygroundSSRF sends everything that a person can enter to somewhere else, or tries to.
func TestPlaygroundSSRF(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	b := newBank(t, ok)
	host := strings.TrimPrefix(b.server.URL, "https://")
	all := attempts(c)
	if len(all) < 60 {
		t.Fatalf("%d attempts are too few", len(all))
	}

	for _, a := range all {
		before := len(b.seen())
		r, err := a.build()
		if err == nil {
			_, err = b.client.Send(t.Context(), identity(), r)
		}
		calls := b.seen()[before:]

		if err != nil && len(calls) > 0 {
			t.Errorf("%q was refused and sent", a.name)
		}
		if err == nil && len(calls) != 1 {
			t.Errorf("%q: %d requests arrived", a.name, len(calls))
		}
		for _, call := range calls {
			checkArrival(t, a.name, call, host)
		}
	}
	if n := c.touched.Load(); n != 0 {
		t.Errorf("somewhere else was connected to %d times", n)
	}
}

// checkArrival holds what arrived against what the operation allows: our host, below the brand, no segment more, no
// header that nobody set.
func checkArrival(t *testing.T, name string, call arrived, host string) {
	t.Helper()
	if call.host != host {
		t.Errorf("%q: Host is %q", name, call.host)
	}
	place := "/sandbox/rocker/"
	if brand, ok := strings.CutPrefix(name, "brand "); ok {
		place = "/sandbox/" + brand + "/"
	} else if environment, ok := strings.CutPrefix(name, "environment "); ok {
		place = "/" + environment + "/rocker/"
	}
	rest, below := strings.CutPrefix(call.path, place)
	if !below || strings.Contains(call.path, "//") || strings.Count(place, "/") != 3 {
		t.Errorf("%q: the path is %q", name, call.path)
	}
	if strings.HasPrefix(name, "path parameter ") {
		segments := strings.Split(rest, "/")
		value, err := url.PathUnescape(segments[len(segments)-1])
		if err != nil || len(segments) != 4 || value != strings.TrimPrefix(name, "path parameter ") {
			t.Errorf("%q: the path is %q", name, call.path)
		}
	}
	if strings.HasPrefix(name, "query value ") {
		values, err := url.ParseQuery(call.query)
		if err != nil || len(values) != 1 || values.Get("dateFrom") != strings.TrimPrefix(name, "query value ") {
			t.Errorf("%q: the query is %q", name, call.query)
		}
	}
	if call.header.Get("X-Injected") != "" || len(call.header.Values("X-Api-Key")) != 1 || call.header.Get("X-Api-Key") != apiKey.Reveal() {
		t.Errorf("%q: headers are %v", name, call.header)
	}
}

func TestARefusedValueNamesItsField(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	for field, change := range map[string]func(*bankclient.Request){
		"brand": func(r *bankclient.Request) { r.Brand = "a/b" },
		"path":  func(r *bankclient.Request) { r.Path = "//x" },
		"Authorization": func(r *bankclient.Request) {
			r.Headers = []bankclient.Param{{Name: "Authorization", Value: "Bearer x"}}
		},
		"PSU-ID": func(r *bankclient.Request) { r.Headers = []bankclient.Param{{Name: "PSU-ID", Value: "a\r\nb"}} },
		"Consent-ID": func(r *bankclient.Request) {
			r.Headers = []bankclient.Param{{Name: "Consent-ID", Value: "1"}, {Name: "Consent-ID", Value: "2"}}
		},
		"body": func(r *bankclient.Request) { r.Body = strings.Repeat("x", 64<<10+1) },
	} {
		r := list()
		change(&r)

		_, err := b.client.Send(t.Context(), identity(), r)

		f := fault.Of(err)
		if f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if len(b.seen()) > 0 {
		t.Error("something was sent")
	}
}

func TestARedirectIsAnAnswerAndNotFollowed(t *testing.T) {
	t.Parallel()
	c := newCanary(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		b := newBank(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://"+c.address+"/latest/meta-data")
			w.WriteHeader(status)
		})

		e, err := b.client.Send(t.Context(), identity(), list())

		if err != nil || e.Status != status || e.Failure != nil || len(b.seen()) != 1 {
			t.Errorf("%d: %+v, %v", status, e, err)
		}
		_, tokens, err := b.client.Token(t.Context(), identity(), bankclient.Grant{Type: "client_credentials"})
		if err != nil || tokens.Access != "" {
			t.Errorf("%d: a redirect gave a token, %v", status, err)
		}
	}
	if c.touched.Load() != 0 {
		t.Error("the redirect was followed")
	}
}
