package bankclient

import (
	"crypto/tls"
	"errors"
	"fmt"
	"testing"

	"fairway/internal/clock"
)

func speaker(owner, certificate string) Identity {
	return Identity{Owner: owner, QWAC: tls.Certificate{Certificate: [][]byte{[]byte(certificate)}}}
}

func TestOneTransportATPPAndNoMoreThan64(t *testing.T) {
	t.Parallel()
	var kept transports
	first, err := kept.of(speaker("org_0", "a"), Config{Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := kept.of(speaker("org_0", "a"), Config{Clock: clock.System{}}); again != first {
		t.Error("the same set got another transport")
	}
	if other, _ := kept.of(speaker("org_1", "a"), Config{Clock: clock.System{}}); other == first {
		t.Error("two TPPs share a transport")
	}
	renewed, _ := kept.of(speaker("org_0", "b"), Config{Clock: clock.System{}})
	if renewed == first {
		t.Error("a new set kept the former one's connections")
	}

	for i := range 200 {
		if _, err := kept.of(speaker(fmt.Sprint("org_", i+2), "a"), Config{Clock: clock.System{}}); err != nil {
			t.Fatal(err)
		}
		if _, err := kept.of(speaker("org_0", "b"), Config{Clock: clock.System{}}); err != nil {
			t.Fatal(err)
		}
	}

	if len(kept.kept) != maxTransports {
		t.Errorf("%d are kept", len(kept.kept))
	}
	if last, _ := kept.of(speaker("org_0", "b"), Config{Clock: clock.System{}}); last != renewed {
		t.Error("the one in use was dropped")
	}
}

func TestNothingIsCalledForNobody(t *testing.T) {
	t.Parallel()
	var kept transports
	for _, id := range []Identity{{}, speaker("", "a"), {Owner: "org_1"}} {
		if _, err := kept.of(id, Config{Clock: clock.System{}}); err == nil {
			t.Errorf("%+v got a transport", id.Owner)
		}
	}
}

func TestOnlyTheRequestsOwnAddressIsDialled(t *testing.T) {
	t.Parallel()
	for allowed, asked := range map[string]string{"": "127.0.0.1:1", "bank.example:443": "127.0.0.1:1", "127.0.0.1:2": "127.0.0.1:1"} {
		_, err := dialOnly(withDial(t.Context(), allowed), "tcp", asked)

		if !errors.Is(err, errElsewhere) {
			t.Errorf("%q let %q through: %v", allowed, asked, err)
		}
	}
	if _, err := dialOnly(t.Context(), "tcp", "127.0.0.1:1"); !errors.Is(err, errElsewhere) {
		t.Errorf("a request without an address: %v", err)
	}
}
