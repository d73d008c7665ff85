package certs

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
	"fairway/internal/secret"
)

// The sizes of RSA keys that are made here.
const (
	DefaultKeyBits = 2048
	LargeKeyBits   = 3072
)

// OfferedRoles are the roles that a sandbox certificate can carry.
func OfferedRoles() []qcert.Role { return []qcert.Role{qcert.RoleAI, qcert.RolePI, qcert.RoleIC} }

// Request is what a set is to be made for.
type Request struct {
	// OrganisationID and Once, where given, let Prepare answer before any key is made: the limit, or a form that has
	// been sent already.
	OrganisationID string
	Once           string
	Roles          []qcert.Role
	// KeyBits is 2048 or 3072; zero is 2048.
	KeyBits int
}

// Keys are fresh keys that wait for their certificates: private ones that were made here, or public ones of the
// organisation's own. They print as "[secret]".
type Keys struct {
	roles   []qcert.Role
	bits    int
	private PrivateKeys

	origin     Origin
	own        ownKeys
	playground *rsa.PrivateKey // beside keys of the organisation's own
}

// Format hides the keys from every verb.
func (Keys) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[secret]") }

// MarshalText hides the keys from encoders and logs.
func (Keys) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// PrivateKeys are the two private keys of a set in clear. They print as "[secret]".
type PrivateKeys struct {
	qwac, qseal *rsa.PrivateKey
}

// Format hides the keys from every verb.
func (PrivateKeys) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[secret]") }

// MarshalText hides the keys from encoders and logs.
func (PrivateKeys) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// QWAC is the transport key in PEM (PKCS#8); empty where there is none.
func (k PrivateKeys) QWAC() secret.Text { return keyPEM(k.qwac) }

// QSeal is the seal's key in PEM (PKCS#8); empty where there is none.
func (k PrivateKeys) QSeal() secret.Text { return keyPEM(k.qseal) }

func (k PrivateKeys) complete() bool { return k.qwac != nil && k.qseal != nil }

func keyPEM(key *rsa.PrivateKey) secret.Text {
	if key == nil {
		return ""
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	_ = pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: der}) // writing to memory does not fail
	return secret.Text(b.String())
}

// Prepare makes the two keys of a set. It takes a tenth of a second and more, so it runs outside any transaction and one
// at a time. Faults: a form fault for unknown roles or sizes, TooMany "certificates_limit", Unavailable
// "certificates_busy" when too many wait.
func (c *Certs) Prepare(ctx context.Context, r Request) (Keys, error) {
	keys, err := checkRequest(r)
	if err != nil {
		return Keys{}, err
	}
	if r.OrganisationID != "" {
		repeated, err := c.admit(ctx, r)
		if err != nil || repeated {
			return keys, err
		}
	}
	leave, err := c.keygen.enter(ctx)
	if err != nil {
		return Keys{}, err
	}
	defer leave()
	for _, key := range []**rsa.PrivateKey{&keys.private.qwac, &keys.private.qseal} {
		if err := ctx.Err(); err != nil {
			return Keys{}, err
		}
		if *key, err = rsa.GenerateKey(rand.Reader, keys.bits); err != nil {
			return Keys{}, fmt.Errorf("make a private key: %w", err)
		}
	}
	return keys, nil
}

// admit looks whether this form was sent before, or the organisation has made too many sets.
func (c *Certs) admit(ctx context.Context, r Request) (repeated bool, err error) {
	err = c.db.Read(ctx, func(tx db.Tx) error {
		if r.Once != "" {
			if _, err := setByOnce(tx, r.OrganisationID, r.Once); err == nil {
				repeated = true
				return nil
			}
		}
		return checkLimit(tx, r.OrganisationID)
	})
	return repeated, err
}

func checkRequest(r Request) (Keys, error) {
	keys := Keys{bits: r.KeyBits, origin: ByServer}
	if keys.bits == 0 {
		keys.bits = DefaultKeyBits
	}
	var wrong []fault.Field
	for _, role := range OfferedRoles() {
		if slices.Contains(r.Roles, role) {
			keys.roles = append(keys.roles, role)
		}
	}
	unknown := slices.ContainsFunc(r.Roles, func(role qcert.Role) bool { return !slices.Contains(OfferedRoles(), role) })
	if len(keys.roles) == 0 || unknown {
		wrong = append(wrong, fault.Field{Name: "roles", Message: "Choose at least one of the roles " + joinRoles(OfferedRoles(), ", ") + "."})
	}
	if keys.bits != DefaultKeyBits && keys.bits != LargeKeyBits {
		wrong = append(wrong, fault.Field{Name: "key_bits", Message: "Choose a key of 2048 or 3072 bits."})
	}
	if len(wrong) > 0 {
		return Keys{}, fault.Form(wrong...)
	}
	return keys, nil
}

// Making sets costs processor time and rows, so an organisation makes at most maxSets within limitWindow.
const (
	maxSets     = 10
	limitWindow = time.Hour
)

func checkLimit(tx db.Tx, organisationID string) error {
	made, err := setsSince(tx, organisationID, tx.Now.Add(-limitWindow))
	if err != nil || len(made) < maxSets {
		return err
	}
	free := made[len(made)-maxSets].UTC().Add(limitWindow)
	return fault.New(fault.TooMany, "certificates_limit",
		fmt.Sprintf("Your organisation made %d certificate sets within the last hour, which is the limit. The next one can be made at %s UTC; until then the active set keeps working.", len(made), free.Add(time.Minute-time.Microsecond).Truncate(time.Minute).Format("15:04"))).
		After(free.Sub(tx.Now))
}

func joinRoles(roles []qcert.Role, between string) string {
	names := make([]string, len(roles))
	for n, role := range roles {
		names[n] = string(role)
	}
	return strings.Join(names, between)
}

// openSet is a set with those of its keys opened that are here.
type openSet struct {
	set        Set
	private    PrivateKeys
	playground *rsa.PrivateKey
}

// PlaygroundKeys are the certificates and keys with which the playground speaks for the organisation: those of the active
// set or, where the organisation keeps its keys, the set's playground QWAC, and no sealKey: requests are then signed by
// whoever has it. Without a set it is the fault NotFound "no_certificates".
func (c *Certs) PlaygroundKeys(ctx context.Context, organisationID string, env catalog.Environment) (qwac tls.Certificate, seal *x509.Certificate, sealKey *rsa.PrivateKey, err error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return tls.Certificate{}, nil, nil, err
	}
	o, err := c.open.Find(ctx, owner{organisationID, env})
	if err != nil {
		return tls.Certificate{}, nil, nil, err
	}
	cert, key := o.set.QWAC, o.private.qwac
	if o.set.Playground != nil {
		cert, key = *o.set.Playground, o.playground
	}
	qwac = tls.Certificate{Certificate: [][]byte{cert.DER, all.tpp.cert.Raw}, PrivateKey: key, Leaf: cert.X509}
	return qwac, o.set.QSeal.X509, o.private.qseal, nil
}

func (c *Certs) loadKeys(ctx context.Context, o owner) (openSet, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return openSet{}, err
	}
	var row setRow
	var certs []certificateRow
	err = c.db.Read(ctx, func(tx db.Tx) (err error) {
		if row, err = activeSet(tx, o); err != nil {
			return err
		}
		certs, err = keysOf(tx, o.organisation, row.ID)
		return err
	})
	if err != nil {
		return openSet{}, missing(err, errNoSet)
	}
	return c.openSet(all, row, certs)
}

func (c *Certs) openSet(all *authorities, row setRow, certs []certificateRow) (openSet, error) {
	set, err := newSet(all, row, certs)
	if err != nil {
		return openSet{}, err
	}
	o := openSet{set: set}
	for _, cert := range certs {
		if !set.Origin.keepsKeys() && !cert.Playground {
			continue // its key was never here
		}
		key, err := c.openKey(cert)
		if err != nil {
			return openSet{}, err
		}
		switch {
		case cert.Playground:
			o.playground = key
		case qcertKind(cert.Kind) == qcert.QWAC:
			o.private.qwac = key
		default:
			o.private.qseal = key
		}
	}
	return o, nil
}

func (c *Certs) sealKey(row certificateRow, key *rsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("encode a private key: %w", err)
	}
	sealed, err := c.ring.Seal(keyPlace(row), der)
	if err != nil {
		return "", fmt.Errorf("seal a private key: %w", err)
	}
	return sealed, nil
}

func (c *Certs) openKey(row certificateRow) (*rsa.PrivateKey, error) {
	if row.SealedKey == "" {
		return nil, errNoKeys
	}
	der, err := c.ring.Open(keyPlace(row), row.SealedKey)
	if err != nil {
		return nil, fmt.Errorf("open a private key: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("read a private key: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read a private key: it is no RSA key")
	}
	return key, nil
}

// keyPlace binds a sealed key to its row and its owner: it cannot be opened as another's.
func keyPlace(row certificateRow) string {
	return "certificates|" + row.OrganisationID + "/" + row.ID + "|key"
}
