package debugger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"fairway/internal/fault"
)

// spend makes tries until one is refused, and says how many were not.
func spend(t *testing.T, l *limiter, address string, now time.Time) int {
	t.Helper()
	for n := range 10 * burst {
		if err := l.take(address, now); err != nil {
			if !errors.Is(err, errTooMany) || fault.Of(err).RetryAfter <= 0 {
				t.Fatalf("%s: %v", address, err)
			}
			return n
		}
	}
	t.Fatal("there is no limit")
	return 0
}

func TestAnAddressGetsItsTriesBackOneByOne(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_000_000, 0)

	first := spend(t, l, "192.0.2.1", now)
	soon := spend(t, l, "192.0.2.1", now.Add(3*refill))
	late := spend(t, l, "192.0.2.1", now.Add(time.Hour))

	if first != burst || soon != 3 || late != burst {
		t.Errorf("%d tries at first, %d after the time of three, %d after an hour", first, soon, late)
	}
}

func TestAHostOfIPv6IsOneHoweverManyAddressesItHas(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_000_000, 0)

	for i := range burst {
		if err := l.take(fmt.Sprintf("2001:db8:1:1::%x", i+1), now); err != nil {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}

	if err := l.take("2001:db8:1:1:ffff::1", now); !errors.Is(err, errTooMany) {
		t.Errorf("another address of the same /64: %v", err)
	}
	for _, other := range []string{"2001:db8:1:2::1", "192.0.2.1", "fe80::1%eth0"} {
		if err := l.take(other, now); err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
	if n := spend(t, l, "::ffff:192.0.2.1", now); n != burst-1 {
		t.Errorf("an IPv4 address that is written as one of IPv6 has %d tries of its own", n)
	}
}

func TestAFloodOfAddressesFreesNoneThatWasRefused(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_000_000, 0)
	spend(t, l, "192.0.2.1", now)

	for i := range 3 * addresses {
		if err := l.take(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&0xff, i&0xff), now); err != nil {
			t.Fatal(err)
		}
		if len(l.of) > addresses || len(l.order) != len(l.of) {
			t.Fatalf("%d are remembered, %d in order", len(l.of), len(l.order))
		}
	}

	if err := l.take("192.0.2.1", now); !errors.Is(err, errTooMany) {
		t.Errorf("after 30,000 others: %v", err)
	}
}

func TestWhoHasAllTriesAgainIsForgotten(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_000_000, 0)
	for i := range 100 {
		spend(t, l, fmt.Sprintf("10.0.0.%d", i), now.Add(time.Duration(i)*time.Second))
	}

	if err := l.take("192.0.2.1", now.Add(burst*refill+50*time.Second)); err != nil {
		t.Fatal(err)
	}

	if len(l.of) != 50 || len(l.order) != 50 {
		t.Errorf("%d are remembered, %d in order", len(l.of), len(l.order))
	}
}
