package upstream

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/memo"
	"fairway/internal/secret"
)

const (
	// topicKeys is what a new key is told under; the key does not matter.
	topicKeys = "assertion_keys"
	// published is how many keys brands are shown, the newest first.
	published = 3
	// settle is how long a new key is shown before it signs, so that every brand has seen it by then.
	settle = time.Hour
)

// Keys sign what brands are told. They are made here, sealed in the database, and known to the brands by their public
// halves (RFC 7517). It is safe for concurrent use.
type Keys struct {
	db   *db.DB
	ring *secret.Ring
	held *memo.Cache[struct{}, []signingKey]
}

// signingKey is one key, ES256 (RFC 7518, 3.4).
type signingKey struct {
	id      string
	created time.Time
	key     *ecdsa.PrivateKey
}

// NewKeys makes the service. Call Ensure before anything is signed.
func NewKeys(d *db.DB, ring *secret.Ring) *Keys {
	k := &Keys{db: d, ring: ring}
	k.held = memo.New(1, k.load)
	d.OnChange(topicKeys, func(string) { k.held.ForgetAll() })
	return k
}

// Ensure makes the first key. Of two processes that start together one makes it and the other reads it.
func (k *Keys) Ensure(ctx context.Context) error {
	keys, err := k.all(ctx)
	if err != nil || len(keys) > 0 {
		return err
	}
	err = k.add(ctx, "system", 1)
	if err != nil && !db.Duplicate(err, "assertion_keys_position") {
		return fmt.Errorf("make the key that brands are told with: %w", err)
	}
	return nil
}

// errSettling is a new key while the one before does not sign yet: brands have to see a key before it signs.
var errSettling = fault.New(fault.Conflict, "key_settling", "The newest key is younger than an hour and does not sign yet. Make the next one when it does.")

// Rotate makes a new key, which is shown at once and signs after an hour. The fourth newest is forgotten. Faults: Conflict
// where a key is younger than an hour, or somebody else makes one at this moment.
func (k *Keys) Rotate(ctx context.Context, by string) error {
	rows, err := keyRows(k.db.Reader(ctx))
	if err != nil {
		return k.db.Fault(ctx, err)
	}
	next := 1
	if len(rows) > 0 {
		next = rows[0].Position + 1
		if len(rows) > 1 && k.db.Now().Sub(rows[0].CreatedAt) < settle {
			return errSettling
		}
	}
	err = k.add(ctx, by, next)
	if db.Duplicate(err, "assertion_keys_position") {
		return fault.New(fault.Conflict, "key_rotated", "Somebody else made a new key at this moment. Nothing more was done.")
	}
	return err
}

func (k *Keys) add(ctx context.Context, by string, position int) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode a key: %w", err)
	}
	row := keyRow{ID: secret.ID("key"), Position: position}
	if row.Sealed, err = k.ring.Seal(keyPlace(row.ID), der); err != nil {
		return fmt.Errorf("seal a key: %w", err)
	}
	return k.db.InTx(ctx, func(tx db.Tx) error {
		row.CreatedAt = tx.Now
		if err := insertKey(tx, row, position-published); err != nil {
			return err
		}
		if err := audit.Write(tx, audit.Entry{Actor: by, Act: "upstream.key_made", Object: row.ID}); err != nil {
			return err
		}
		return tx.Tell(topicKeys, row.ID)
	})
}

func keyPlace(id string) string { return "assertion_keys|" + id + "|sealed" }

// all are the keys, the newest first.
func (k *Keys) all(ctx context.Context) ([]signingKey, error) {
	keys, err := k.held.Find(ctx, struct{}{})
	if errors.Is(err, errNoKey) {
		return nil, nil
	}
	return keys, err
}

// errNoKey keeps "there is none" from being held.
var errNoKey = errors.New("there is no key that brands are told with")

func (k *Keys) load(ctx context.Context, _ struct{}) ([]signingKey, error) {
	rows, err := keyRows(k.db.Reader(ctx))
	if err != nil {
		return nil, k.db.Fault(ctx, err)
	}
	keys := make([]signingKey, 0, len(rows))
	for _, r := range rows {
		der, err := k.ring.Open(keyPlace(r.ID), r.Sealed)
		if err != nil {
			return nil, fmt.Errorf("open the key that brands are told with: %w", err)
		}
		parsed, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, fmt.Errorf("read the key that brands are told with: %w", err)
		}
		key, ok := parsed.(*ecdsa.PrivateKey)
		if !ok {
			return nil, errors.New("read the key that brands are told with: it is of another kind")
		}
		keys = append(keys, signingKey{id: r.ID, created: r.CreatedAt.UTC(), key: key})
	}
	if len(keys) == 0 {
		return nil, errNoKey
	}
	return keys, nil
}

// signer is the newest key that every brand can know, or the oldest there is.
func (k *Keys) signer(ctx context.Context) (signingKey, error) {
	keys, err := k.all(ctx)
	if err != nil {
		return signingKey{}, err
	}
	if len(keys) == 0 {
		return signingKey{}, errNoKey
	}
	for _, key := range keys {
		if k.db.Now().Sub(key.created) >= settle {
			return key, nil
		}
	}
	return keys[len(keys)-1], nil
}

// sign writes claims as a compact JWS (RFC 7515) of a type.
func (k *Keys) sign(ctx context.Context, kind string, claims any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode what a brand is told: %w", err)
	}
	key, err := k.signer(ctx)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key.key, KeyID: key.id}},
		(&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		return "", fmt.Errorf("sign what a brand is told: %w", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("sign what a brand is told: %w", err)
	}
	return signed.CompactSerialize()
}

// Public are the public keys as a JWK set (RFC 7517, 5).
func (k *Keys) Public(ctx context.Context) ([]byte, error) {
	keys, err := k.all(ctx)
	if err != nil {
		return nil, err
	}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.key.Public(), KeyID: key.id, Algorithm: string(jose.ES256), Use: "sig"})
	}
	return json.Marshal(set)
}
