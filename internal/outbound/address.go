package outbound

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// maxAddress is the longest address that is read, in bytes.
const maxAddress = 2048

// check reads an address and refuses what no public server has. What the name stands for is seen when it is dialled.
func (c *Client) check(address string) (*url.URL, error) {
	if len(address) > maxAddress {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrRefused, maxAddress)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be read", ErrRefused)
	}
	u.Host = strings.ToLower(u.Host)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%w: its scheme is not http or https", ErrRefused)
	case u.User != nil:
		return nil, fmt.Errorf("%w: it carries credentials", ErrRefused)
	case c.loopback[hostPort(u)]:
		return u, nil
	case u.Port() != "" && u.Port() != "80" && u.Port() != "443":
		return nil, fmt.Errorf("%w: its port is neither 80 nor 443", ErrRefused)
	case !publicName(u.Hostname()):
		return nil, fmt.Errorf("%w: its host is not a public one", ErrRefused)
	}
	return u, nil
}

// hostPort is what the transport will ask to be connected to.
func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}

// publicName tells whether a host can be one of the internet: a public address, or a name of several labels in ASCII. No
// top-level domain begins with a digit, but the odd spellings of addresses do, as in 127.1 and 0x7f.1.
func publicName(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return public(a)
	}
	for _, r := range host {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' {
			return false
		}
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	top := labels[len(labels)-1]
	return len(labels) > 1 && top != "" && top[0] > '9'
}

// dial connects to a host whose address may be asked. The check runs on the address that is connected to, after the name
// was looked up, once for each address that is tried.
func (c *Client) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	may := public
	if c.loopback[strings.ToLower(hostPort)] {
		may = netip.Addr.IsLoopback
	}
	d := net.Dialer{Timeout: 10 * time.Second, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !may(a.Addr()) {
			return ErrRefused
		}
		return nil
	}}
	return d.DialContext(ctx, network, hostPort)
}

// reserved are the networks that lie among the public ones and belong to nobody whom we may ask: those of IANA's
// registries of special-purpose addresses, and one that a hosting company answers to its own machines from.
var reserved = prefixes(
	"0.0.0.0/8",        // this network
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // shared by carriers
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // a host's services for its machines
	"169.254.0.0/16",   // link-local, where machines read their metadata
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/3",      // multicast, reserved, broadcast
	"2001::/23",        // protocol assignments, Teredo, benchmarks
	"2001:db8::/32",    // documentation
	"2002::/16",        // 6to4, which holds any IPv4 address
	"3fff::/20",        // documentation
)

// unicast is the part of IPv6 that is given out. Outside of it are loopback, link-local, unique local and multicast
// addresses, and those that hold an IPv4 one: mapped, compatible and NAT64.
var unicast = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// public tells whether an address is one of the internet at large. One with a zone lies in no prefix.
func public(a netip.Addr) bool {
	if !a.IsValid() || !a.Is4() && !unicast.Contains(a) {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
