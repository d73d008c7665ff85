package accounts

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
)

// ErrTooMany is returned, with the time to wait, where something was tried too often.
var ErrTooMany = fault.New(fault.TooMany, "too_many_tries", "Too many tries. Wait a little and try again.")

// limit is so many in a window of fixed length.
type limit struct {
	name   string
	most   int
	window time.Duration
}

const quarter = 15 * time.Minute

func (a *Accounts) failuresPerIP() limit {
	return limit{"failures.ip", a.limits.FailuresPerIP, quarter}
}
func (a *Accounts) signUpsPerIP() limit { return limit{"signups.ip", a.limits.SignUpsPerIP, time.Hour} }
func (a *Accounts) lettersPerAddress() limit {
	return limit{"letters.address", a.limits.LettersPerAddress, time.Hour}
}
func (a *Accounts) resetsPerAddress() limit {
	return limit{"resets.address", a.limits.ResetsPerAddress, time.Hour}
}
func (a *Accounts) resetsPerIP() limit { return limit{"resets.ip", a.limits.ResetsPerIP, time.Hour} }

// failuresPerAccount is more than one network can use up (see Limits.FailuresPerIP): it holds against many.
var failuresPerAccount = limit{"failures.account", 300, time.Hour}

var resendEvery = limit{"resend", 1, time.Minute}

// spend counts one more of subject, before any work is done, and refuses what is above the limit.
func (a *Accounts) spend(ctx context.Context, l limit, subject string) error {
	now := a.db.Now()
	window := now.Truncate(l.window)
	ends := window.Add(l.window)
	var n int64
	err := a.db.InTx(ctx, func(tx db.Tx) error {
		var err error
		n, err = countUp(tx, a.throttleKey(l.name, subject), window.Unix(), ends)
		return err
	})
	if err != nil {
		return err
	}
	if n > int64(l.most) {
		return ErrTooMany.After(ends.Sub(now))
	}
	return nil
}

// giveBack takes one count of the current window back: what succeeded was no guess.
func (a *Accounts) giveBack(tx db.Tx, l limit, subject string) error {
	return countDown(tx, a.throttleKey(l.name, subject), tx.Now.Truncate(l.window).Unix())
}

// The delays of one network's tries at one account: five are free, then each failure doubles the wait up to a
// minute. There is no lock: a stranger's guesses keep nobody else out.
const (
	freeTries    = 5
	firstDelay   = 2 * time.Second
	longestDelay = time.Minute
	forgetAfter  = time.Hour
)

func delayAfter(tries int64) time.Duration {
	if tries <= freeTries {
		return 0
	}
	shift := min(tries-freeTries-1, 10)
	return min(firstDelay<<shift, longestDelay)
}

// slow counts a try against an account before the password is looked at, and refuses it while the last tries'
// delay lasts.
func (a *Accounts) slow(ctx context.Context, key string) error {
	return a.db.InTx(ctx, func(tx db.Tx) error {
		tries, until, err := lockTries(tx, key)
		if err != nil {
			return err
		}
		if wait := until.Sub(tx.Now); wait > 0 {
			return ErrTooMany.After(wait)
		}
		if tx.Now.Sub(until) > forgetAfter {
			tries = 0
		}
		return setTries(tx, key, tries+1, tx.Now.Add(delayAfter(tries+1)))
	})
}

// throttleKey hides what is counted: the table holds no address of any kind.
func (a *Accounts) throttleKey(name, subject string) string {
	return a.ring.MAC("throttle", name+"|"+subject)
}

// network is what an IP address is counted by: itself, or for IPv6 its /64, which one subscriber has whole.
func network(ip string) string {
	addr, err := netip.ParseAddr(strings.TrimSpace(ip))
	if err != nil {
		return "unknown"
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}
