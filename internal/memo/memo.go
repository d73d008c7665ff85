// Package memo owns bounded in-memory copies of rows that the machines' door reads on every request, with
// exact invalidation: a copy that was loaded before an invalidation is never kept after it.
package memo

import (
	"context"
	"hash/maphash"
	"maps"
	"sync"
	"sync/atomic"
)

const mostShards = 32

// Cache keeps at most a fixed number of values by key. Misses and failures are never kept: "unknown" is
// looked up again each time.
type Cache[K comparable, V any] struct {
	seed   maphash.Seed
	load   func(context.Context, K) (V, error)
	shards []shard[K, V]
}

type shard[K comparable, V any] struct {
	mu      sync.RWMutex
	epoch   atomic.Uint64
	max     int
	entries map[K]V
}

// New makes a cache of at most size values, and at least one, that asks load for what it does not hold.
func New[K comparable, V any](size int, load func(context.Context, K) (V, error)) *Cache[K, V] {
	size = max(1, size)
	n := min(mostShards, size)
	c := &Cache[K, V]{seed: maphash.MakeSeed(), load: load, shards: make([]shard[K, V], n)}
	for i := range c.shards {
		c.shards[i].max = size / n
		c.shards[i].entries = map[K]V{}
	}
	return c
}

// Find returns the value of key, loading it where it is not held.
func (c *Cache[K, V]) Find(ctx context.Context, key K) (V, error) {
	s := c.shard(key)
	s.mu.RLock()
	v, ok := s.entries[key]
	s.mu.RUnlock()
	if ok {
		return v, nil
	}
	epoch := s.epoch.Load()
	v, err := c.load(ctx, key)
	if err != nil {
		return v, err
	}
	s.keep(key, v, epoch)
	return v, nil
}

// Holds reports whether the value of key is held, without loading it.
func (c *Cache[K, V]) Holds(key K) bool {
	s := c.shard(key)
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.entries[key]
	return ok
}

// Forget drops one key. A load that is under way will not be kept.
func (c *Cache[K, V]) Forget(key K) {
	s := c.shard(key)
	s.mu.Lock()
	s.epoch.Add(1)
	delete(s.entries, key)
	s.mu.Unlock()
}

// ForgetWhere drops the entries of which match says so. No load that is under way will be kept, since it is not known yet
// what it brings. It looks at every entry, so it is for what happens rarely.
func (c *Cache[K, V]) ForgetWhere(match func(K, V) bool) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.epoch.Add(1)
		maps.DeleteFunc(s.entries, match)
		s.mu.Unlock()
	}
}

// ForgetAll drops everything, for when it is not known what changed.
func (c *Cache[K, V]) ForgetAll() {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.epoch.Add(1)
		clear(s.entries)
		s.mu.Unlock()
	}
}

// Len is the number of values held, for metrics and tests.
func (c *Cache[K, V]) Len() int {
	n := 0
	for i := range c.shards {
		c.shards[i].mu.RLock()
		n += len(c.shards[i].entries)
		c.shards[i].mu.RUnlock()
	}
	return n
}

func (c *Cache[K, V]) shard(key K) *shard[K, V] {
	return &c.shards[maphash.Comparable(c.seed, key)%uint64(len(c.shards))]
}

// keep stores v unless the shard was invalidated since epoch was read. A full shard gives up one entry
// that map iteration happens to meet first: random eviction needs no book-keeping on reads.
func (s *shard[K, V]) keep(key K, v V, epoch uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch.Load() != epoch {
		return
	}
	if len(s.entries) >= s.max {
		for k := range s.entries {
			delete(s.entries, k)
			break
		}
	}
	s.entries[key] = v
}
