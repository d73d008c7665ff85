package qcert

import (
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Layout is how the statements are laid out. All but the first are wrong on purpose, for tests.
type Layout int

// The layouts.
const (
	Standard          Layout = iota // as TS 119 495 and EN 319 412-5 require
	Bare                            // the PSD2 statement alone, without the list around it
	Flattened                       // roles as one sequence of identifiers and names
	WithoutPSD2                     // a qualified certificate without the PSD2 statement
	WithoutCompliance               // a PSD2 certificate that does not declare itself qualified
	Misnamed                        // roles by their identifiers under the names of others
)

var (
	errKind  = errors.New("a certificate is either a QWAC or an eSeal")
	errRoles = errors.New("roles must be between one and nine known ones, each once")
)

// QCStatements builds the non-critical extension: QcCompliance if wanted, QcType, QcPDS where an address is given, and the
// PSD2 statement. It returns an error for anything that ReadQCStatements would object to.
func QCStatements(kind Kind, compliance bool, pdsURL string, roles []Role, ncaName, ncaID string) (pkix.Extension, error) {
	layout := Standard
	if !compliance {
		layout = WithoutCompliance
	}
	return layOut(layout, declaration{kind, false, pdsURL, roles, ncaName, ncaID})
}

// declaration is what the statements are to say.
type declaration struct {
	kind           Kind
	device         bool // QcSSCD
	pdsURL         string
	roles          []Role
	ncaName, ncaID string
}

func layOut(layout Layout, d declaration) (pkix.Extension, error) {
	if err := d.check(); err != nil {
		return pkix.Extension{}, fmt.Errorf("build qualified statements: %w", err)
	}
	var b cryptobyte.Builder
	if layout == Bare {
		addStatement(&b, oidPSD2, func(b *cryptobyte.Builder) { d.addPSD2(b, layout) })
	} else {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { d.addAll(b, layout) })
	}
	value, err := b.Bytes()
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("build qualified statements: %w", err)
	}
	return pkix.Extension{Id: asn1OID(oidQCStatements), Value: value}, nil
}

func (d declaration) check() error {
	if d.kind != QWAC && d.kind != QSealC {
		return errKind
	}
	if err := checkRoles(d.roles); err != nil {
		return err
	}
	if d.pdsURL != "" {
		if u, err := url.Parse(d.pdsURL); err != nil || u.Scheme != "https" || u.Host == "" || len(d.pdsURL) > maxField || !isASCII(d.pdsURL) {
			return errors.New("the disclosure statement's address must be an ASCII https address")
		}
	}
	if n := utf8.RuneCountInString(d.ncaName); n < 1 || n > 256 || suspicious(d.ncaName) {
		return errors.New("the authority's name must have 1 to 256 visible characters")
	}
	if slices.ContainsFunc(d.roles, Role.namesNoAuthority) {
		if d.ncaName != notApplicable || d.ncaID != notApplicable {
			return errors.New("a central bank or public authority has no competent authority: name and identifier are NA")
		}
		return nil
	}
	if !ncaIDPattern.MatchString(d.ncaID) || d.ncaID[:2] != sandboxCountry && !isCountry(d.ncaID[:2]) {
		return errors.New("the authority's identifier must be a country, a hyphen and two to eight capital letters")
	}
	return nil
}

func checkRoles(roles []Role) error {
	if len(roles) == 0 {
		return errRoles
	}
	for n, r := range roles {
		if r.OID() == nil || slices.Contains(roles[:n], r) {
			return errRoles
		}
	}
	return nil
}

func isASCII(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(c byte) bool { return c <= ' ' || c > '~' })
}

func (d declaration) addAll(b *cryptobyte.Builder, layout Layout) {
	if layout != WithoutCompliance {
		addStatement(b, oidCompliance, nil)
	}
	addStatement(b, oidType, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			kind := oidTypeWeb
			if d.kind == QSealC {
				kind = oidTypeESeal
			}
			addOID(b, kind)
		})
	})
	if d.device {
		addStatement(b, oidDevice, nil)
	}
	if d.pdsURL != "" {
		addStatement(b, oidPDS, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addText(b, asn1.IA5String, d.pdsURL)
					addText(b, asn1.PrintableString, "en")
				})
			})
		})
	}
	if layout != WithoutPSD2 {
		addStatement(b, oidPSD2, func(b *cryptobyte.Builder) { d.addPSD2(b, layout) })
	}
}

// addPSD2 writes PSD2QcType.
func (d declaration) addPSD2(b *cryptobyte.Builder, layout Layout) {
	pair := func(r Role) cryptobyte.BuilderContinuation {
		return func(b *cryptobyte.Builder) {
			addOID(b, oidBytes(r.OID()))
			addText(b, asn1.UTF8String, nameFor(r, layout))
		}
	}
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if layout == Flattened {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					for _, r := range d.roles {
						pair(r)(b)
					}
				})
				return
			}
			for _, r := range d.roles {
				b.AddASN1(asn1.SEQUENCE, pair(r))
			}
		})
		addText(b, asn1.UTF8String, d.ncaName)
		addText(b, asn1.UTF8String, d.ncaID)
	})
}

// nameFor is the role's name, or in the misnamed layout another's.
func nameFor(r Role, layout Layout) string {
	switch {
	case layout != Misnamed:
		return string(r)
	case r == RolePI:
		return string(RoleAI)
	}
	return string(RolePI)
}

// addStatement writes QCStatement: the identifier and, where there is one, its value.
func addStatement(b *cryptobyte.Builder, oid string, value cryptobyte.BuilderContinuation) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, oid)
		if value != nil {
			value(b)
		}
	})
}

func addOID(b *cryptobyte.Builder, contents string) { addText(b, asn1.OBJECT_IDENTIFIER, contents) }

func addText(b *cryptobyte.Builder, tag asn1.Tag, s string) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
}
