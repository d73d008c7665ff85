package demobank

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keepKeys is how long the portal's keys are used without being fetched again.
	keepKeys = 5 * time.Minute
	// skew is how far the portal's clock and ours may differ.
	skew = 30 * time.Second
	// mostSpent bounds what is remembered of calls; each is forgotten when its assertion ends.
	mostSpent = 100_000
)

// claims are what every message of the portal says (RFC 7519).
type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti"`
}

func (c claims) base() claims { return c }

// message is anything that the portal signs.
type message interface{ base() claims }

// keySet are the portal's public keys (RFC 7517).
type keySet struct {
	mu    sync.Mutex
	set   jose.JSONWebKeySet
	asked time.Time
}

// verify reads a message of the portal: signed by one of its keys with ES256, of the expected type, from it and in time. Whether
// it is for us, and for this request, the caller checks.
func (s *System) verify(ctx context.Context, compact, kind string, into message) error {
	signed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	head := signed.Signatures[0].Header
	if typ, _ := head.ExtraHeaders[jose.HeaderType].(string); typ != kind {
		return fmt.Errorf("the message is of the type %q, not %s", head.ExtraHeaders[jose.HeaderType], kind)
	}
	key, err := s.key(ctx, head.KeyID)
	if err != nil {
		return err
	}
	body, err := signed.Verify(key)
	if err != nil {
		return fmt.Errorf("check the message: %w", err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	now, c := s.config.Clock.Now(), into.base()
	switch {
	case c.Issuer != s.config.Issuer:
		return fmt.Errorf("the message is from %q", c.Issuer)
	case !now.Before(time.Unix(c.Expires, 0).Add(skew)):
		return errors.New("the message has ended")
	case now.Add(skew).Before(time.Unix(c.IssuedAt, 0)):
		return errors.New("the message comes from the future")
	case c.ID == "":
		return errors.New("the message has no id")
	}
	return nil
}

// key finds a key by its name, asking the portal where it is not known, at most once in a while.
func (s *System) key(ctx context.Context, id string) (*jose.JSONWebKey, error) {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	now := s.config.Clock.Now()
	known := s.keys.set.Key(id)
	if age := now.Sub(s.keys.asked); len(known) == 0 && age > time.Second || age > keepKeys {
		s.keys.asked = now // before the portal answers: also one that fails is asked once a second at most
		if err := s.fetchKeys(ctx); err != nil && len(known) == 0 {
			return nil, err
		} else if err == nil {
			known = s.keys.set.Key(id)
		}
	}
	if len(known) == 0 {
		return nil, fmt.Errorf("the portal has no key %q", id)
	}
	return &known[0], nil
}

func (s *System) fetchKeys(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.config.Issuer+"/live/jwks.json", nil)
	if err != nil {
		return fmt.Errorf("fetch the portal's keys: %w", err)
	}
	res, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("fetch the portal's keys: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch the portal's keys: the portal answered %d", res.StatusCode)
	}
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&set); err != nil {
		return fmt.Errorf("read the portal's keys: %w", err)
	}
	s.keys.set = set
	return nil
}

// spent remembers what must not come twice until it has ended anyway.
type spent struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

func (s *spent) add(id string, until, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.seen[id]; again {
		return false
	}
	if len(s.seen) >= mostSpent {
		for old, end := range s.seen {
			if now.After(end.Add(skew)) {
				delete(s.seen, old)
			}
		}
		if len(s.seen) >= mostSpent {
			return false
		}
	}
	s.seen[id] = until
	return true
}
