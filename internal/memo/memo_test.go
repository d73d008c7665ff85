package memo_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"fairway/internal/memo"
)

func TestAValueIsLoadedOnceAndThenHeld(t *testing.T) {
	t.Parallel()
	loads := 0
	c := memo.New(100, func(_ context.Context, k string) (string, error) { loads++; return "value of " + k, nil })

	for range 3 {
		if v, err := c.Find(t.Context(), "a"); v != "value of a" || err != nil {
			t.Fatal(v, err)
		}
	}

	if loads != 1 || c.Len() != 1 {
		t.Errorf("%d loads, %d held", loads, c.Len())
	}
}

func TestAFailureIsNeverHeld(t *testing.T) {
	t.Parallel()
	broken := errors.New("unknown")
	known := false
	c := memo.New(100, func(context.Context, string) (int, error) {
		if !known {
			return 0, broken
		}
		return 7, nil
	})

	_, before := c.Find(t.Context(), "a")
	known = true
	v, after := c.Find(t.Context(), "a")

	if !errors.Is(before, broken) || v != 7 || after != nil {
		t.Errorf("%v, then %d and %v", before, v, after)
	}
}

func TestWhatIsForgottenByWhatItIsLeavesTheRest(t *testing.T) {
	t.Parallel()
	c := memo.New(32*20, func(_ context.Context, k int) (int, error) { return k % 2, nil }) // room for all of them in any shard
	for k := range 20 {
		_, _ = c.Find(t.Context(), k) // cannot fail
	}

	c.ForgetWhere(func(_, v int) bool { return v == 1 })

	if c.Len() != 10 || c.Holds(1) || !c.Holds(2) {
		t.Errorf("%d are held", c.Len())
	}
}

// A load reads the old row, the row changes and the key is forgotten, and only then the load comes back.
func TestALoadThatBeganBeforeForgettingIsNeverKept(t *testing.T) {
	t.Parallel()
	for name, forget := range map[string]func(*memo.Cache[string, int64]){
		"one key":    func(c *memo.Cache[string, int64]) { c.Forget("a") },
		"everything": func(c *memo.Cache[string, int64]) { c.ForgetAll() },
		"some":       func(c *memo.Cache[string, int64]) { c.ForgetWhere(func(string, int64) bool { return false }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var row atomic.Int64
			read, goOn := make(chan struct{}), make(chan struct{})
			var once sync.Once
			c := memo.New(100, func(context.Context, string) (int64, error) {
				v := row.Load()
				once.Do(func() {
					close(read)
					<-goOn
				})
				return v, nil
			})
			stale := make(chan int64)
			go func() {
				v, _ := c.Find(t.Context(), "a")
				stale <- v
			}()
			<-read

			row.Store(1)
			forget(c)
			close(goOn)
			first := <-stale

			if v, err := c.Find(t.Context(), "a"); first != 0 || v != 1 || err != nil {
				t.Errorf("the early load got %d; afterwards %d was found, %v", first, v, err)
			}
		})
	}
}

// Every writer raises its row and forgets it. Whoever asks after that must see at least what was written.
func TestNobodyReadsWhatWasForgottenBeforeHeAsked(t *testing.T) {
	t.Parallel()
	const keys, rounds = 8, 2000
	var rows [keys]atomic.Int64
	c := memo.New(keys, func(_ context.Context, k int) (int64, error) { return rows[k].Load(), nil })
	var group sync.WaitGroup
	for k := range keys {
		for range 2 {
			group.Go(func() {
				for range rounds {
					written := rows[k].Add(1)
					c.Forget(k)
					if v, err := c.Find(t.Context(), k); err != nil || v < written {
						t.Errorf("key %d: read %d after %d was written, %v", k, v, written, err)
						return
					}
				}
			})
		}
		group.Go(func() {
			for range rounds {
				_, _ = c.Find(t.Context(), (k+1)%keys)
				c.Len()
			}
		})
	}

	group.Wait()
}

func TestACacheHoldsNoMoreThanItsSize(t *testing.T) {
	t.Parallel()
	for size, most := range map[int]int{-1: 1, 0: 1, 1: 1, 10: 10, 32: 32, 100: 100, 1000: 1000} {
		t.Run(fmt.Sprintf("size %d", size), func(t *testing.T) {
			t.Parallel()
			c := memo.New(size, func(_ context.Context, k int) (string, error) { return strconv.Itoa(k), nil })

			for k := range 5000 {
				if v, err := c.Find(t.Context(), k); v != strconv.Itoa(k) || err != nil {
					t.Fatal(k, v, err)
				}
			}

			if n := c.Len(); n > most || n < most*9/10 {
				t.Errorf("%d are held, want at most %d and not many fewer", n, most)
			}
		})
	}
}

func TestForgettingOneKeyKeepsTheOthers(t *testing.T) {
	t.Parallel()
	loads := map[int]int{}
	c := memo.New(1000, func(_ context.Context, k int) (int, error) { loads[k]++; return k, nil })
	for k := range 100 {
		_, _ = c.Find(t.Context(), k)
	}

	c.Forget(50)

	for k := range 100 {
		_, _ = c.Find(t.Context(), k)
	}
	for k := range 100 {
		if want := map[bool]int{true: 2, false: 1}[k == 50]; loads[k] != want {
			t.Errorf("key %d was loaded %d times, want %d", k, loads[k], want)
		}
	}
}

// Not parallel: allocations of other tests would be counted.
func TestAHitAllocatesNothing(t *testing.T) {
	type row struct{ a string }
	c := memo.New(100, func(_ context.Context, k string) (*row, error) { return &row{a: k}, nil })
	key := "0123456789abcdef0123456789abcdef"
	ctx := t.Context()
	_, _ = c.Find(ctx, key)

	allocations := testing.AllocsPerRun(1000, func() { _, _ = c.Find(ctx, key) })

	if allocations != 0 {
		t.Errorf("a hit allocates %v times", allocations)
	}
}

func TestWhatIsHeldIsToldWithoutLoading(t *testing.T) {
	t.Parallel()
	loads := 0
	c := memo.New(100, func(context.Context, string) (int, error) { loads++; return 1, nil })

	before := c.Holds("a")
	if _, err := c.Find(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	held := c.Holds("a")
	c.Forget("a")

	if before || !held || c.Holds("a") || loads != 1 {
		t.Errorf("held before %v, after %v, forgotten %v; %d loads", before, held, c.Holds("a"), loads)
	}
}
