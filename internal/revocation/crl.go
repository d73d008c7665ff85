package revocation

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// readCRL judges a list for one certificate (RFC 5280 §6.3.3): signed by the certificate's own issuer, complete for it, and
// of this time.
func readCRL(der []byte, cert, issuer *x509.Certificate, now time.Time) (Result, error) {
	list, entries, err := openCRL(der)
	if err != nil {
		return Result{}, err
	}
	if !bytes.Equal(list.RawIssuer, issuer.RawSubject) {
		return Result{}, errOtherList
	}
	if issuer.KeyUsage != 0 && issuer.KeyUsage&x509.KeyUsageCRLSign == 0 {
		return Result{}, errNotCRLSigner
	}
	if !strong(list.SignatureAlgorithm) {
		return Result{}, errWeak
	}
	if issuer.CheckSignature(list.SignatureAlgorithm, list.RawTBSRevocationList, list.Signature) != nil {
		return Result{}, errSignature
	}
	if err := covers(list, cert); err != nil {
		return Result{}, err
	}
	// A list that promises no other one is out of date at once.
	if err := inTime(list.ThisUpdate, list.NextUpdate, now); err != nil {
		return Result{}, err
	}
	r, err := lookUp(entries, cert.SerialNumber.Bytes())
	if err != nil {
		return Result{}, err
	}
	r.Responder, r.ThisUpdate, r.NextUpdate = nameOf(issuer), list.ThisUpdate.UTC(), list.NextUpdate.UTC()
	return r, nil
}

// openCRL reads a list without its entries by the standard library, and gives the entries as they are: the library would
// make several objects of each of half a million. The raw and the signature of what comes back are those of the whole list.
func openCRL(der []byte) (*x509.RevocationList, cryptobyte.String, error) {
	if len(der) > maxCRL {
		return nil, nil, errUnreadable
	}
	in := cryptobyte.String(der)
	var list, signed, tbs cryptobyte.String
	if !in.ReadASN1(&list, tags.SEQUENCE) || !in.Empty() || !list.ReadASN1Element(&signed, tags.SEQUENCE) {
		return nil, nil, errUnreadable
	}
	whole := signed
	if !signed.ReadASN1(&tbs, tags.SEQUENCE) {
		return nil, nil, errUnreadable
	}
	head, entries, tail, ok := split(tbs)
	if !ok {
		return nil, nil, errUnreadable
	}
	var b cryptobyte.Builder
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(head)
			b.AddBytes(tail)
		})
		b.AddBytes(list)
	})
	short, err := b.Bytes()
	if err != nil {
		return nil, nil, errUnreadable
	}
	parsed, err := x509.ParseRevocationList(short)
	if err != nil {
		return nil, nil, errUnreadable
	}
	parsed.RawTBSRevocationList = whole
	return parsed, entries, nil
}

// split cuts the signed part of a list (RFC 5280 §5.1.2) before and behind its entries, which it may lack.
func split(tbs cryptobyte.String) (head, entries, tail cryptobyte.String, ok bool) {
	all := tbs
	var element cryptobyte.String
	var tag tags.Tag
	if !tbs.SkipOptionalASN1(tags.INTEGER) || !tbs.SkipASN1(tags.SEQUENCE) || !tbs.SkipASN1(tags.SEQUENCE) {
		return nil, nil, nil, false
	}
	for n := 0; tbs.PeekASN1Tag(tags.UTCTime) || tbs.PeekASN1Tag(tags.GeneralizedTime); n++ {
		if n == 2 || !tbs.ReadAnyASN1Element(&element, &tag) {
			return nil, nil, nil, false
		}
	}
	head = all[:len(all)-len(tbs)]
	var present bool
	if !tbs.ReadOptionalASN1(&entries, &present, tags.SEQUENCE) {
		return nil, nil, nil, false
	}
	tail = tbs
	return head, entries, tail, tbs.SkipOptionalASN1(tags.Tag(0).Constructed().ContextSpecific()) && tbs.Empty()
}

var (
	deltaIndicator    = asn1.ObjectIdentifier{2, 5, 29, 27}
	distributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
)

// covers tells whether the list is one of all certificates of the issuer, or at least of those like ours.
func covers(list *x509.RevocationList, cert *x509.Certificate) error {
	for _, e := range list.Extensions {
		switch {
		case e.Id.Equal(deltaIndicator):
			return errDelta
		case e.Id.Equal(distributionPoint):
			if err := coversPoint(e, cert); err != nil {
				return err
			}
		case e.Critical:
			return errCritical
		}
	}
	return nil
}

// coversPoint reads an IssuingDistributionPoint (RFC 5280 §5.2.5). A list of a part of the certificates counts where the
// certificate names that part's address; lists of authorities, of attributes, of some reasons and of other issuers do not.
func coversPoint(e pkix.Extension, cert *x509.Certificate) error {
	var point struct {
		Point      asn1.RawValue  `asn1:"optional,tag:0"`
		Users      bool           `asn1:"optional,tag:1"`
		CAs        bool           `asn1:"optional,tag:2"`
		Reasons    asn1.BitString `asn1:"optional,tag:3"`
		Indirect   bool           `asn1:"optional,tag:4"`
		Attributes bool           `asn1:"optional,tag:5"`
	}
	if rest, err := asn1.Unmarshal(e.Value, &point); err != nil || len(rest) > 0 {
		return errUnreadable
	}
	if point.Indirect {
		return errIndirect
	}
	if point.CAs && !cert.IsCA || point.Users && cert.IsCA || point.Attributes || point.Reasons.BitLength > 0 {
		return errPartial
	}
	if len(point.Point.FullBytes) == 0 {
		return nil
	}
	var names cryptobyte.String
	in := cryptobyte.String(point.Point.Bytes)
	if !in.ReadASN1(&names, tags.Tag(0).Constructed().ContextSpecific()) || !in.Empty() {
		return errPartial
	}
	for !names.Empty() {
		var name cryptobyte.String
		var tag tags.Tag
		if !names.ReadAnyASN1(&name, &tag) {
			return errUnreadable
		}
		if tag == tags.Tag(6).ContextSpecific() && slices.Contains(cert.CRLDistributionPoints, string(name)) {
			return nil
		}
	}
	return errPartial
}

// reasonCode is 2.5.29.21.
const reasonCode = "\x55\x1d\x15"

// lookUp walks through the entries. One that was on hold and is not any more is removed (RFC 5280 §5.3.1). A critical extension of any entry spoils the list: it may say that what follows is
// about another issuer's certificates (RFC 5280 §5.3).
func lookUp(entries cryptobyte.String, serial []byte) (Result, error) {
	r := Result{State: Good}
	for !entries.Empty() {
		var entry, number cryptobyte.String
		if !entries.ReadASN1(&entry, tags.SEQUENCE) || !entry.ReadASN1(&number, tags.INTEGER) {
			return Result{}, errUnreadable
		}
		at, ok := readTime(&entry)
		if !ok {
			return Result{}, errUnreadable
		}
		reason, err := readReason(entry)
		if err != nil {
			return Result{}, err
		}
		if reason != ocsp.RemoveFromCRL && bytes.Equal(bytes.TrimLeft(number, "\x00"), serial) {
			r.State, r.RevokedAt, r.Reason = Revoked, at.UTC(), reasons[reason]
		}
	}
	return r, nil
}

func readTime(in *cryptobyte.String) (at time.Time, ok bool) {
	if in.PeekASN1Tag(tags.UTCTime) {
		return at, in.ReadASN1UTCTime(&at)
	}
	return at, in.ReadASN1GeneralizedTime(&at)
}

// readReason reads the extensions of an entry; 0 is "unspecified".
func readReason(in cryptobyte.String) (reason int, err error) {
	if in.Empty() {
		return 0, nil
	}
	var all cryptobyte.String
	if !in.ReadASN1(&all, tags.SEQUENCE) || !in.Empty() {
		return 0, errUnreadable
	}
	for !all.Empty() {
		var extension, id, value cryptobyte.String
		var critical bool
		if !all.ReadASN1(&extension, tags.SEQUENCE) || !extension.ReadASN1(&id, tags.OBJECT_IDENTIFIER) ||
			extension.PeekASN1Tag(tags.BOOLEAN) && !extension.ReadASN1Boolean(&critical) || !extension.ReadASN1(&value, tags.OCTET_STRING) {
			return 0, errUnreadable
		}
		switch {
		case string(id) == reasonCode:
			if !value.ReadASN1Enum(&reason) || !value.Empty() {
				return 0, errUnreadable
			}
		case critical:
			return 0, errCritical
		}
	}
	return reason, nil
}
