package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// unconnected are commands that fail before the bank answers, or at its door, with the tool they need. They run in the
// folder of the archive; API is the bank's address, DOOR its host and port, PORTAL those of the portal, DEAD those of nobody.
var unconnected = map[string]struct {
	tool    string
	command string
}{
	"SSL certificate problem: unable to get local issuer certificate":   {"curl", `curl -sS --cert qwac.pem --key qwac.key "$API"`},
	"certificate verify failed: unable to get local issuer certificate": {"python3", `python3 -c 'import urllib.request,os; urllib.request.urlopen(os.environ["API"])'`},
	"UNABLE_TO_GET_ISSUER_CERT_LOCALLY":                                 {"node", `node -e 'fetch(process.env.API).catch((e) => { throw e.cause })'`},
	"PKIX path building failed":                                         {"java", `printf 'class T { public static void main(String[] a) throws Exception { new java.net.URL(a[0]).openStream(); } }' >T.java; java T.java "$API"`},
	"error setting certificate file":                                    {"curl", `curl -sS --cacert nowhere.pem "$API"`},
	"no alternative certificate subject name matches target host name":  {"curl", `curl -sS --cacert ca.pem --connect-to "::$DOOR" https://other.example/`},
	"Could not resolve host":                                            {"curl", `curl -sS https://bank.invalid/`},
	"This path is not served here.":                                     {"curl", `curl -sS --cacert ca.pem --cert qwac.pem --key qwac.key "https://$DOOR/nowhere"`},
	"This host is not served here.":                                     {"curl", `curl -sS --cacert ca.pem --cert qwac.pem --key qwac.key --header 'Host: other.example' "https://$DOOR/"`},
	"unable to set private key file":                                    {"curl", `curl -sS --cacert ca.pem --cert qwac.pem --key qseal.key "$API"`},
	"could not load PEM client certificate":                             {"curl", `curl -sS --cacert ca.pem --cert nowhere.pem --key qwac.key "$API"`},
	"key values mismatch":                                               {"node", `node -e 'const r = require("fs").readFileSync; require("tls").createSecureContext({ cert: r("qwac.pem"), key: r("qseal.key") })'`},
	"could not parse PKCS12 file, check password":                       {"curl", `curl -sS --cacert ca.pem --cert-type P12 --cert qwac.p12:wrong "$API"`},
	"Mac verify error: invalid password?":                               {"openssl", `openssl pkcs12 -in qwac.p12 -passin pass:wrong -nodes`},
	"keystore password was incorrect":                                   {"java", `printf 'class P { public static void main(String[] a) throws Exception { java.security.KeyStore.getInstance(new java.io.File("qwac.p12"), "wrong".toCharArray()); } }' >P.java; java P.java`},
	"Could not read private key":                                        {"openssl", `openssl dgst -sha256 -sign qseal.pem env.sh`},
	"Failed to connect to":                                              {"curl", `curl -sS "https://$DEAD/"`},
	"wrong version number":                                              {"curl", `curl -sS "https://$PORTAL/"`},
	"Client sent an HTTP request to an HTTPS server.":                   {"curl", `curl -sS "http://$DOOR/"`},
	"alert protocol version":                                            {"curl", `curl -sS --cacert ca.pem --tls-max 1.1 "$API"`},
}

func TestEachMessageOfTheConnectionPageIsWhatAProgramSays(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	b := sv.browser(t)
	b.signUp(t, "unconnected-"+randomHex(4)+"@acme.example")
	dir, _ := sv.unpack(t, b.setUp(t))
	p := sv.unpacked(t, dir)
	door, _, _ := strings.Cut(strings.TrimPrefix(p.app.APIURL, "https://"), "/")
	environment := append(os.Environ(), "API="+p.app.APIURL+cardsPath, "DOOR="+door, "PORTAL="+strings.TrimPrefix(sv.portal, "http://"), "DEAD="+unused(t))
	told := messagesOf(b.open("/docs/connection"))
	if len(told) < 20 {
		t.Errorf("the page has the messages %q", told)
	}
	for _, message := range told {
		t.Run(message, func(t *testing.T) {
			said := ""
			if c, ok := unconnected[message]; ok {
				needTool(t, c.tool)
				cmd := exec.CommandContext(t.Context(), "sh", "-c", c.command)
				cmd.Dir, cmd.Env = dir, environment
				out, _ := cmd.CombinedOutput() // it fails, or an answer says what is wrong
				said = string(out)
			} else {
				said = goSays(p)[message]
			}
			if !strings.Contains(said, message) {
				t.Errorf("it said %q", said)
			}
		})
	}
}

// goSays are what Go's own library says of the two mistakes that the page has for it.
func goSays(p *tpp) map[string]string {
	said := map[string]string{}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}}
	if answer, err := client.Get(p.app.APIURL); err == nil {
		answer.Body.Close()
	} else {
		said["x509: certificate signed by unknown authority"] = err.Error()
	}
	if _, err := tls.LoadX509KeyPair(filepath.Join(p.dir, "qwac.pem"), filepath.Join(p.dir, "qseal.key")); err != nil {
		said["private key does not match public key"] = err.Error()
	}
	return said
}

// messagesOf are the messages with which the rows of the page's tables of three columns begin.
func messagesOf(p page) []string {
	var all []string
	p.each("th", func(n *html.Node) {
		if n.FirstChild != nil && n.FirstChild.Data == "code" && n.Parent.Parent.Data == "tbody" {
			all = append(all, strings.TrimSpace(textOf(n.FirstChild)))
		}
	})
	return all
}

// unused is an address at which nobody listens.
func unused(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
