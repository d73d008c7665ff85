package certs

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

// Origin is where the private keys of a set were made.
type Origin string

// The origins: here, with tools of the organisation's own, or in its browser. Of the last two nothing private was ever here.
const (
	ByServer  Origin = "server"
	ByRequest Origin = "csr"
	ByBrowser Origin = "browser"
)

// keepsKeys tells whether the private keys lie here, sealed.
func (o Origin) keepsKeys() bool { return o == ByServer }

var (
	// ErrKeySent is the cause of a fault about a private key in place of a request: what was sent is not shown again.
	ErrKeySent = errors.New("a private key was sent")
	// ErrRequests is asking for certificates with requests that a check stands against.
	ErrRequests = fault.New(fault.Invalid, "requests_refused", "A check stands against these requests, so nothing was issued. The check list says which, and what to do.")
)

// errOtherWindow is a form whose successor another form has made.
var errOtherWindow = fault.New(fault.Conflict, "certificates_made",
	"Another window made a set in the meantime, with other keys, so nothing was issued for these. Load the page of the certificates, and begin again there.")

// The fields of the two requests, as faults name them.
const (
	FieldQWAC  = "qwac"
	FieldQSeal = "qseal"
)

// CSRs are the two certificate signing requests of a set as they were sent.
type CSRs struct{ QWAC, QSeal []byte }

// Examined are two requests that were read, with their check lists.
type Examined struct {
	QWAC, QSeal []qcert.Check
	// Repairs are sentences about what copying had done to them.
	Repairs []string
	// QWACText and QSealText are the requests in PEM as they were understood.
	QWACText, QSealText string

	own ownKeys
}

// Passed tells whether certificates can be issued for the requests.
func (x Examined) Passed() bool {
	return len(x.QWAC) > 0 && len(x.QSeal) > 0 && qcert.Worst(x.QWAC, x.QSeal) != qcert.LevelError
}

// ownKeys are the public keys of requests.
type ownKeys struct {
	qwac crypto.PublicKey
	seal *rsa.PublicKey
	// hashes are those of both keys as rows have them.
	hashes []string
}

// Profiles are what a set of the organisation says now, whatever a request asks for: what requests are held against, and
// what their commands are filled with. Nothing is written: the organisation's identifier and DNS name are the same whenever
// one asks, and a set that is made keeps them.
func (c *Certs) Profiles(ctx context.Context, org Organisation, roles []qcert.Role) (qwac, seal qcert.Profile, err error) {
	err = c.db.Read(ctx, func(tx db.Tx) error {
		who, err := identityOf(tx, org)
		qwac, seal = c.profiles(org, who, roles, tx.Now)
		return err
	})
	return qwac, seal, err
}

// Examine reads two requests and holds them against what would be issued. What cannot be read at all is a form fault at
// FieldQWAC or FieldQSeal, with the cause ErrKeySent where one held a private key; so are roles that are not offered.
func (c *Certs) Examine(ctx context.Context, org Organisation, r Request, sent CSRs) (Examined, error) {
	r.KeyBits = 0 // the requests bring theirs
	chosen, err := checkRequest(r)
	if err != nil {
		return Examined{}, err
	}
	read, err := readRequests(sent)
	if err != nil {
		return Examined{}, err
	}
	qwac, seal, err := c.Profiles(ctx, org, chosen.roles)
	if err != nil {
		return Examined{}, err
	}
	x := Examined{Repairs: read.repairs, QWACText: requestPEM(read.qwac), QSealText: requestPEM(read.seal), own: read.keys()}
	var used []string
	err = c.db.Read(ctx, func(tx db.Tx) error {
		used, err = usedKeys(tx, x.own.hashes, org.ID, r.Once)
		return err
	})
	if err != nil {
		return Examined{}, err
	}
	more := qcert.LintPair(read.qwac, read.seal)
	x.QWAC = qcert.RequestChecklist(read.qwac, qwac, append(again(used, read.qwac), more...)...)
	x.QSeal = qcert.RequestChecklist(read.seal, seal, append(again(used, read.seal), more...)...)
	return x, nil
}

// again is the finding for a key that a certificate has already.
func again(used []string, request *x509.CertificateRequest) []qcert.Finding {
	if slices.Contains(used, qcert.PublicKeyHash(request)) {
		return []qcert.Finding{qcert.KeyUsed()}
	}
	return nil
}

// requests are the two as they were read.
type requests struct {
	qwac, seal *x509.CertificateRequest
	repairs    []string
}

func readRequests(sent CSRs) (requests, error) {
	var read requests
	var wrong []fault.Field
	var cause error
	for _, f := range []struct {
		name string
		data []byte
		into **x509.CertificateRequest
	}{{FieldQWAC, sent.QWAC, &read.qwac}, {FieldQSeal, sent.QSeal, &read.seal}} {
		request, repairs, err := qcert.ReadRequest(f.data)
		if err != nil {
			wrong = append(wrong, fault.Field{Name: f.name, Message: err.Error()})
			if r := new(qcert.Refusal); errors.As(err, &r) && r.Code == qcert.KeyUploaded {
				cause = ErrKeySent
			}
			continue
		}
		*f.into, read.repairs = request, append(read.repairs, repairs...)
	}
	if len(wrong) > 0 {
		return requests{}, fault.Form(wrong...).With(cause)
	}
	return read, nil
}

// keys are the public keys; the seal's is nil where it is none that the check list lets through.
func (r requests) keys() ownKeys {
	seal, _ := r.seal.PublicKey.(*rsa.PublicKey)
	return ownKeys{qwac: r.qwac.PublicKey, seal: seal, hashes: []string{qcert.PublicKeyHash(r.qwac), qcert.PublicKeyHash(r.seal)}}
}

func requestPEM(r *x509.CertificateRequest) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: r.Raw}))
}

// PrepareOwn is Prepare for keys that stay with the organisation: only the playground's own key is made here. Faults: those
// of Prepare, and ErrRequests.
func (c *Certs) PrepareOwn(ctx context.Context, r Request, x Examined, from Origin) (Keys, error) {
	r.KeyBits = 0
	keys, err := checkRequest(r)
	if err != nil {
		return Keys{}, err
	}
	if !x.Passed() || x.own.seal == nil || from != ByRequest && from != ByBrowser {
		return Keys{}, ErrRequests
	}
	keys.origin, keys.own, keys.bits = from, x.own, x.own.seal.N.BitLen()
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
	if keys.playground, err = rsa.GenerateKey(rand.Reader, DefaultKeyBits); err != nil {
		return Keys{}, fmt.Errorf("make the playground's key: %w", err)
	}
	return keys, nil
}

// setKey is one key of a set that is about to be issued. Private is nil where it is not here.
type setKey struct {
	kind       string
	public     crypto.PublicKey
	private    *rsa.PrivateKey
	playground bool
}

// all are the keys of the set, each with the kind of its certificate.
func (k Keys) all() []setKey {
	if k.origin.keepsKeys() {
		return []setKey{
			{kind: rowQWAC, public: &k.private.qwac.PublicKey, private: k.private.qwac},
			{kind: rowQSeal, public: &k.private.qseal.PublicKey, private: k.private.qseal},
		}
	}
	return []setKey{
		{kind: rowQWAC, public: k.own.qwac},
		{kind: rowQSeal, public: k.own.seal},
		{kind: rowQWAC, public: &k.playground.PublicKey, private: k.playground, playground: true},
	}
}

func (k Keys) complete() bool {
	if k.origin.keepsKeys() {
		return k.private.complete()
	}
	return k.own.qwac != nil && k.own.seal != nil && k.playground != nil
}

// of tells whether the set was made for these keys; keys that are made here are not looked at.
func (k Keys) of(s Set) bool {
	return k.origin.keepsKeys() || len(k.own.hashes) == 2 && s.QWAC.Info.KeySHA256 == k.own.hashes[0] && s.QSeal.Info.KeySHA256 == k.own.hashes[1]
}

// checkNew looks once more, where the set is issued: of two forms that are sent at once the second finds the key used, whosever
// the first one was.
func (k Keys) checkNew(tx db.Tx) error {
	if k.origin.keepsKeys() {
		return nil
	}
	for _, hash := range slices.Sorted(slices.Values(k.own.hashes)) { // in one order, so that two forms do not wait for each other
		if err := tx.Lock("certs.key." + hash); err != nil {
			return err
		}
	}
	used, err := usedKeys(tx, k.own.hashes, "", "")
	if err == nil && len(used) > 0 {
		return fault.New(fault.Conflict, "key_used", qcert.KeyUsed().Text)
	}
	return err
}

// label names a row among those of its set.
func (r certificateRow) label() string {
	if r.Playground {
		return "playground"
	}
	return r.Kind
}
