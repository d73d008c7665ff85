package certs_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// ownPair are keys of a TPP's own, made once.
var ownPair = sync.OnceValue(func() [4]*rsa.PrivateKey {
	var pair [4]*rsa.PrivateKey
	for n := range pair {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		pair[n] = key
	}
	return pair
})

func csr(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

func requestOf(org certs.Organisation, once string) certs.Request {
	return certs.Request{OrganisationID: org.ID, Once: once, Roles: []qcert.Role{qcert.RoleAI}}
}

// issueOwn makes a set for keys of the organisation's own.
func (p process) issueOwn(t *testing.T, org certs.Organisation, once string, qwac, seal crypto.Signer) (set certs.Set, err error) {
	t.Helper()
	r := requestOf(org, once)
	x, err := p.Examine(t.Context(), org, r, certs.CSRs{QWAC: csr(t, qwac), QSeal: csr(t, seal)})
	must(t, err)
	keys, err := p.PrepareOwn(t.Context(), r, x, certs.ByRequest)
	if err != nil {
		return set, err
	}
	err = p.db.InTx(t.Context(), func(tx db.Tx) error {
		set, _, err = p.Generate(t.Context(), tx, org, "per_tester", keys, once)
		return err
	})
	return set, err
}

func TestWhatASetWillSayIsToldWithoutWritingAnything(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, other, own := newOrganisation(t, d, "Example Oy"), newOrganisation(t, d, "Example Oy"), ownPair()
		roles := []qcert.Role{qcert.RoleAI}

		told, _, err := p.Profiles(t.Context(), org, roles)
		must(t, err)
		again, _, err := p.Profiles(t.Context(), org, roles)
		must(t, err)
		others, _, err := p.Profiles(t.Context(), other, roles)
		must(t, err)
		owner := "unknown"
		must(t, d.Read(t.Context(), func(tx db.Tx) error {
			owner, err = p.OwnerOf(tx, certs.Sought{Identifier: told.OrganizationIdentifier})
			return err
		}))
		set, err := p.issueOwn(t, org, "first", own[0], own[1])
		must(t, err)
		renamed := org
		renamed.Name = "Renamed Oy"
		after, _, err := p.Profiles(t.Context(), renamed, roles)
		must(t, err)

		if told.OrganizationIdentifier != again.OrganizationIdentifier || told.CommonName != again.CommonName || told.OrganizationIdentifier == others.OrganizationIdentifier || told.CommonName == others.CommonName {
			t.Errorf("told was %s %s, then %s %s, and to another %s %s", told.OrganizationIdentifier, told.CommonName, again.OrganizationIdentifier, again.CommonName, others.OrganizationIdentifier, others.CommonName)
		}
		if owner != "" {
			t.Error("the question has written the identifier down")
		}
		if info := set.QWAC.Info; info.OrganizationIdentifier != told.OrganizationIdentifier || set.QWAC.X509.DNSNames[0] != told.CommonName || after.CommonName != told.CommonName {
			t.Errorf("told was %s %s, made %s %v, after it %s", told.OrganizationIdentifier, told.CommonName, info.OrganizationIdentifier, set.QWAC.X509.DNSNames, after.CommonName)
		}
	})
}

func TestASetForOwnKeysHasThemAndAQWACForThePlayground(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, own := newOrganisation(t, d, "Example Oy"), ownPair()

		set, err := p.issueOwn(t, org, "first", own[0], own[1])
		must(t, err)

		if !own[0].PublicKey.Equal(set.QWAC.X509.PublicKey) || !own[1].PublicKey.Equal(set.QSeal.X509.PublicKey) || set.Origin != certs.ByRequest || set.KeyBits != 2048 {
			t.Errorf("origin %s, %d bits, or other keys", set.Origin, set.KeyBits)
		}
		read, err := p.Active(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		if read.Playground == nil || read.Playground.Thumbprint == read.QWAC.Thumbprint || read.Playground.Info.OrganizationIdentifier != set.QWAC.Info.OrganizationIdentifier {
			t.Fatal("the playground has no QWAC of the same organisation to itself")
		}
		for _, cert := range read.Certificates() {
			if now := d.Now(); cert.Kind == qcert.QWAC {
				if who, v := p.Identify(t.Context(), cert.X509, now); !v.Passed() || who.OrganisationID != org.ID {
					t.Errorf("the door refuses %s: %s", cert.Serial, v.Text)
				}
			}
		}
		ending, err := p.Ending(t.Context(), d.Now(), d.Now().AddDate(1, 0, 0))
		must(t, err)
		if len(ending) != 1 {
			t.Errorf("the end of the set is told %d times", len(ending))
		}
		qwac, seal, key, err := p.PlaygroundKeys(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		if key != nil || seal.SerialNumber.Cmp(set.QSeal.X509.SerialNumber) != 0 || !qwac.Leaf.Equal(read.Playground.X509) {
			t.Error("the playground speaks with something else")
		}
		if private, ok := qwac.PrivateKey.(*rsa.PrivateKey); !ok || !private.PublicKey.Equal(qwac.Leaf.PublicKey) {
			t.Error("the playground's key is not its certificate's")
		}
	})
}

func TestThePlaygroundsQWACEndsWithTheSet(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, own := newOrganisation(t, d, "Example Oy"), ownPair()
		old, err := p.issueOwn(t, org, "first", own[0], own[1])
		must(t, err)

		p.generate(t, org, "second")

		_, v := p.Identify(t.Context(), old.Playground.X509, d.Now())
		refusal(t, v, "CERTIFICATE_REVOKED", "TLS", "newer set replaced it")
		set, err := p.Active(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		if set.Origin != certs.ByServer || set.Playground != nil {
			t.Errorf("the new set: %s", set.Origin)
		}
		if qwac, _, key, err := p.PlaygroundKeys(t.Context(), org.ID, catalog.Sandbox); err != nil || key == nil || !qwac.Leaf.Equal(set.QWAC.X509) {
			t.Errorf("the playground does not use the new set: %v", err)
		}
	})
}

func TestRevokingTheQWACEndsThePlaygroundsToo(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, own := newOrganisation(t, d, "Example Oy"), ownPair()
		set, err := p.issueOwn(t, org, "first", own[0], own[1])
		must(t, err)

		err = d.InTx(t.Context(), func(tx db.Tx) error {
			return p.Revoke(t.Context(), tx, certs.Revocation{OrganisationID: org.ID, CertificateID: set.QWAC.ID, By: "adm", Reason: certs.KeyCompromise, Why: "lost"})
		})
		must(t, err)

		_, v := p.Identify(t.Context(), set.Playground.X509, d.Now())
		refusal(t, v, "CERTIFICATE_REVOKED", "TLS")
		if _, v := p.IdentifySeal(t.Context(), org.ID, catalog.Sandbox, set.QSeal.Header, d.Now()); !v.Passed() {
			t.Errorf("the seal ended as well: %s", v.Text)
		}
	})
}

func TestAKeyIsTakenOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, other, own := newOrganisation(t, d, "Example Oy"), newOrganisation(t, d, "Other Oy"), ownPair()
		_, err := p.issueOwn(t, org, "first", own[0], own[1])
		must(t, err)
		_, private := p.generate(t, other, "")
		block, _ := pem.Decode([]byte(private.QSeal().Reveal()))
		made, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		must(t, err)

		for name, seal := range map[string]crypto.Signer{"her own former one": own[1], "as QWAC's": own[0], "one that was made here": made.(crypto.Signer)} {
			if _, err := p.issueOwn(t, org, "again "+name, own[2], seal); !errors.Is(err, certs.ErrRequests) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := p.issueOwn(t, other, "same for both", own[2], own[2]); !errors.Is(err, certs.ErrRequests) {
			t.Errorf("the same key for both: %v", err)
		}
		ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		if _, err := p.issueOwn(t, other, "an EC seal", own[2], ec); !errors.Is(err, certs.ErrRequests) {
			t.Errorf("an EC seal: %v", err)
		}
		if _, err := p.issueOwn(t, other, "an EC QWAC", ec, own[3]); err != nil {
			t.Errorf("an EC QWAC: %v", err)
		}
	})
}

func TestOfTwoFormsWithOneKeyOneIsIssued(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, own := newOrganisation(t, d, "Example Oy"), ownPair()
		r := requestOf(org, "")
		x, err := p.Examine(t.Context(), org, r, certs.CSRs{QWAC: csr(t, own[0]), QSeal: csr(t, own[1])})
		must(t, err)
		first, err := p.PrepareOwn(t.Context(), r, x, certs.ByBrowser)
		must(t, err)
		second, err := p.PrepareOwn(t.Context(), r, x, certs.ByBrowser)
		must(t, err)
		generate := func(keys certs.Keys, once string) error {
			return d.InTx(t.Context(), func(tx db.Tx) error {
				_, _, err := p.Generate(t.Context(), tx, org, "per_tester", keys, once)
				return err
			})
		}

		must(t, generate(first, "a"))
		must(t, generate(first, "a"))
		if _, err := p.issueOwn(t, org, "a", own[0], own[1]); err != nil {
			t.Errorf("the form sent twice: %v", err)
		}
		_, err = p.issueOwn(t, org, "a", own[2], own[3])
		wantFault(t, err, fault.Conflict, "certificates_made")

		wantFault(t, generate(second, "b"), fault.Conflict, "key_used")
	})
}

func TestWhatIsSentInsteadOfARequestIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	org, own := newOrganisation(t, p.db, "Example Oy"), ownPair()
	der, err := x509.MarshalPKCS8PrivateKey(own[0])
	must(t, err)
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})

	_, none := p.Examine(t.Context(), org, requestOf(org, ""), certs.CSRs{QWAC: csr(t, own[0])})
	_, sent := p.Examine(t.Context(), org, requestOf(org, ""), certs.CSRs{QWAC: csr(t, own[0]), QSeal: key})
	_, roles := p.Examine(t.Context(), org, certs.Request{}, certs.CSRs{})

	if f := fault.Of(none); len(f.Fields) != 1 || f.Fields[0].Name != certs.FieldQSeal || errors.Is(none, certs.ErrKeySent) {
		t.Errorf("%+v", f)
	}
	if f := fault.Of(sent); !errors.Is(sent, certs.ErrKeySent) || len(f.Fields) != 1 || !strings.Contains(f.Fields[0].Message, "private key") || strings.Trim(string(key), "\x00") != "" {
		t.Errorf("%+v, key wiped: %t", f, strings.Trim(string(key), "\x00") == "")
	}
	if f := fault.Of(roles); len(f.Fields) != 1 || f.Fields[0].Name != "roles" {
		t.Errorf("%+v", f)
	}
}

func TestTheArchiveOfOwnKeysHoldsNoneAndSaysWhereTheyGo(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	org, own := newOrganisation(t, p.db, "Example Oy"), ownPair()
	_, err := p.issueOwn(t, org, "first", own[0], own[1])
	must(t, err)

	packed, err := p.BundleOf(t.Context(), org.ID, catalog.Sandbox, "per_tester", environment)
	must(t, err)

	dir := unpack(t, packed)
	files, err := os.ReadDir(dir)
	must(t, err)
	text := string(read(t, dir, "README"))
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".key") || strings.HasSuffix(f.Name(), ".p12") {
			t.Errorf("%s is in the archive", f.Name())
		}
		if !strings.Contains(text, "\n  "+f.Name()+" ") {
			t.Errorf("the README does not explain %s", f.Name())
		}
	}
	for _, word := range []string{"not in this archive", "qwac.key       its private key, which you put here", "openssl pkcs12 -export -in qwac.pem -inkey qwac.key"} {
		if !strings.Contains(text, word) {
			t.Errorf("the README does not say %q:\n%s", word, text)
		}
	}
	if strings.Contains(text, "Password of both") {
		t.Error("it names a password for files that are not there")
	}
}

func TestOfTwoOrganisationsThatSendOneKeyAtOnceOneGetsCertificates(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p, own := newProcess(t, d), ownPair()
		prepared, orgs := [2]certs.Keys{}, [2]certs.Organisation{newOrganisation(t, d, "Example Oy"), newOrganisation(t, d, "Other Oy")}
		for i, org := range orgs { // each with the other's keys turned round
			x, err := p.Examine(t.Context(), org, requestOf(org, "first"), certs.CSRs{QWAC: csr(t, own[i]), QSeal: csr(t, own[1-i])})
			must(t, err)
			prepared[i], err = p.PrepareOwn(t.Context(), requestOf(org, "first"), x, certs.ByRequest)
			must(t, err)
		}
		var both sync.WaitGroup
		var failed [2]error
		start := make(chan struct{})
		for i, org := range orgs {
			both.Go(func() {
				<-start
				failed[i] = d.InTx(t.Context(), func(tx db.Tx) error {
					_, _, err := p.Generate(t.Context(), tx, org, "per_tester", prepared[i], "first")
					return err
				})
			})
		}

		close(start)
		both.Wait()

		if (failed[0] == nil) == (failed[1] == nil) || fault.Of(errors.Join(failed[:]...)).Code != "key_used" {
			t.Errorf("one key twice: %v, %v", failed[0], failed[1])
		}
	})
}
