package outbound

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestAddressesOfNobodyOrOfOursAreNotPublic(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.255.254",
		"168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
		"192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.215.14", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
		"64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
		"2002:7f00:1::1", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2600::1%eth0",
	} {
		if public(netip.MustParseAddr(text)) {
			t.Errorf("%s may be asked", text)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address may be asked")
	}
}

func TestAddressesOfTheInternetArePublic(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.0", "93.184.215.14", "100.63.255.255", "100.128.0.0", "126.0.0.1", "128.0.0.1", "168.63.129.15", "169.253.255.255",
		"172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2001:200::1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:400f:80c::200e", "3ffe::1",
	} {
		if !public(netip.MustParseAddr(text)) {
			t.Errorf("%s may not be asked", text)
		}
	}
}

func TestHostileAddressesAreRefusedBeforeALookUp(t *testing.T) {
	t.Parallel()
	c := New(Config{})
	for _, address := range []string{
		"", "/", "ocsp.example.com", "//ocsp.example.com/", "http:ocsp.example.com", "http://", "http:///ocsp", "https://:443/",
		"ftp://ocsp.example.com/", "ldap://ldap.example.com/cn=x", "ldaps://ldap.example.com/", "file:///etc/passwd", "gopher://ocsp.example.com/", "data:,x", "javascript:x",
		"unix:///run/x.sock", "http+unix://%2Frun%2Fx.sock/", "HTTP+X://a.example/",
		"http://user@ocsp.example.com/", "http://user:word@ocsp.example.com/", "http://@ocsp.example.com/", "http://ocsp.example.com@127.0.0.1/", "http://127.0.0.1#@ocsp.example.com/",
		"http://ocsp.example.com:22/", "http://ocsp.example.com:8080/", "https://ocsp.example.com:8443/", "http://ocsp.example.com:0/", "http://ocsp.example.com:080/", "http://ocsp.example.com:99999/",
		"http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://intranet/", "http://metadata/", "http://./", "http://../",
		"http://127.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://127.0.0.1./", "http://10.0.0.1.2/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
		"http://[::ffff:93.184.215.14]/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1%25eth0]/", "http://[fd00:ec2::254]/", "http://0/", "http://2130706433/", "http://0x7f000001/", "http://017700000001/",
		`http://ocsp.example.com\@127.0.0.1/`, "http://ocsp.example.com\r\nHost: x/", "http://ocsp.example.com\x00/", "http://ocsp .example.com/", "http://ocsp%2eexample.com/", "http://ocsp.example.com%00/",
		"http://ｌocalhost/", "http://ⓛocalhost.example/", "http://127。0。0。1/", "http://öcsp.example.com/", "http://ocsp_1.example.com/", "http://*.example.com/",
		"http://ocsp.example.com/" + strings.Repeat("a", maxAddress),
	} {
		if u, err := c.check(address); !errors.Is(err, ErrRefused) {
			t.Errorf("%.80q was read as %v, %v", address, u, err)
		}
	}
}

func TestUsualAddressesPass(t *testing.T) {
	t.Parallel()
	c := New(Config{Loopback: []string{"localhost:8080", "[::1]:8080", "127.0.0.1:80"}})
	for address, want := range map[string]string{
		"http://ocsp.example.com":              "http://ocsp.example.com",
		"HTTP://OCSP.Example.COM/A":            "http://ocsp.example.com/A",
		"http://ocsp.example.com:80/status":    "http://ocsp.example.com:80/status",
		"https://crl.example.com/a.crl?v=1":    "https://crl.example.com/a.crl?v=1",
		"https://crl.example.com:443/a%20.crl": "https://crl.example.com:443/a%20.crl",
		"http://93.184.215.14/a.crl":           "http://93.184.215.14/a.crl",
		"http://Localhost:8080/pki/tpp.crl":    "http://localhost:8080/pki/tpp.crl",
		"http://[::1]:8080/":                   "http://[::1]:8080/",
		"http://127.0.0.1/":                    "http://127.0.0.1/",
	} {
		u, err := c.check(address)

		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v", address, u, err)
		}
	}
	for _, address := range []string{"http://localhost:8081/", "https://localhost/", "http://localhost/", "http://[::1]/", "https://127.0.0.1/"} {
		if _, err := c.check(address); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAnAddressIsLookedAtWhenItIsConnectedTo(t *testing.T) {
	t.Parallel()
	c := New(Config{Loopback: []string{"93.184.215.14:8080"}})
	for _, hostPort := range []string{
		"localhost:80", "127.0.0.1:80", "[::1]:443", "[::ffff:127.0.0.1]:80", "10.0.0.1:80", "169.254.169.254:80", "0.0.0.0:80", "[::]:80", "[fe80::1]:80",
		"93.184.215.14:8080", // allowed as this machine, and another
	} {
		conn, err := c.dial(t.Context(), "tcp", hostPort)

		if conn != nil || !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", hostPort, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"http://ocsp.example.com/", "https://crl.example.com:443/a.crl?b#c", "http://[::1%25a]:80/", "http://a@b.c/", `http://a.b\c`, "http://127.1/"} {
		f.Add(seed)
	}
	c := New(Config{})

	f.Fuzz(func(t *testing.T, address string) {
		u, err := c.check(address)
		if err != nil {
			if !errors.Is(err, ErrRefused) {
				t.Fatal(err)
			}
			return
		}
		if len(u.String()) > maxAddress {
			return
		}

		again, err := c.check(u.String())

		if err != nil || again.Host != u.Host || u.User != nil || !publicName(u.Hostname()) {
			t.Fatalf("%q became %q, then %v, %v", address, u, again, err)
		}
	})
}
