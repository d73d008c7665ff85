package certs

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"fairway/internal/db"
	"fairway/internal/qcert"
)

// sandboxDomain is where the DNS names of organisations lie; none of them can resolve (RFC 2606).
const sandboxDomain = ".tpp.sandbox." + qcert.SandboxDomain

const (
	upperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// ensureIdentity is under which identifier and DNS name the organisation appears in the sandbox. It is written down once and
// stays, so that a new set is the same organisation to everybody. The row is locked until the transaction ends.
func ensureIdentity(tx db.Tx, org Organisation) (identityRow, error) {
	if err := insertIdentity(tx, ownIdentity(org)); err != nil {
		return identityRow{}, err
	}
	held, err := lockIdentity(tx, org.ID)
	if err != nil {
		return identityRow{}, fmt.Errorf("read the sandbox identity: %w", err)
	}
	return held, nil
}

// identityOf is the same without writing: before the first set it is what ensureIdentity will write down.
func identityOf(tx db.Tx, org Organisation) (identityRow, error) {
	held, err := findIdentity(tx, org.ID)
	if errors.Is(err, db.ErrNotFound) {
		return ownIdentity(org), nil
	}
	if err != nil {
		return identityRow{}, fmt.Errorf("read the sandbox identity: %w", err)
	}
	return held, nil
}

// ownIdentity is drawn from the organisation's id, which was drawn at random: whoever asks gets the same.
func ownIdentity(org Organisation) identityRow {
	sum := sha256.Sum256([]byte("sandbox identity of " + org.ID))
	return identityRow{
		OrganisationID:         org.ID,
		OrganizationIdentifier: qcert.SandboxIdentifier(spell(upperAlphanumeric, sum[:16], 10)),
		DNSName:                slug(org.Name) + "-" + spell(lowerAlphanumeric, sum[16:], drawnEnd) + sandboxDomain,
	}
}

// spell writes a number with n characters of an alphabet.
func spell(alphabet string, number []byte, n int) string {
	left, size, at := new(big.Int).SetBytes(number), big.NewInt(int64(len(alphabet))), new(big.Int)
	out := make([]byte, n)
	for i := range out {
		left.DivMod(left, size, at)
		out[i] = alphabet[at.Int64()]
	}
	return string(out)
}

// draw picks n characters at random, each as likely as the others.
func draw(alphabet string, n int) string {
	size := big.NewInt(int64(len(alphabet)))
	out := make([]byte, n)
	for i := range out {
		k, _ := rand.Int(rand.Reader, size) // never fails: crypto/rand ends the program instead
		out[i] = alphabet[k.Int64()]
	}
	return string(out)
}

const (
	// drawnEnd is how many characters are drawn for the end of a name.
	drawnEnd = 4
	// maxSlug leaves room for the drawn end and the domain: the name is the QWAC's common name too, of at most 64 characters.
	maxSlug = 64 - len("-") - drawnEnd - len(sandboxDomain)
)

// slug makes the beginning of a DNS label of a name: lower-case letters, digits and single hyphens, "tpp" if nothing
// is left.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if plain, ok := plainLetter[r]; ok {
			b.WriteString(plain)
			continue
		}
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	s := b.String()
	s = strings.Trim(s[:min(len(s), maxSlug)], "-")
	if s == "" {
		return "tpp"
	}
	return s
}

// plainLetter writes the letters of our neighbours without their marks.
var plainLetter = map[rune]string{
	'å': "a", 'ä': "a", 'á': "a", 'à': "a", 'â': "a", 'ã': "a", 'æ': "ae", 'ç': "c", 'č': "c", 'ð': "d", 'é': "e", 'è': "e", 'ê': "e", 'ë': "e",
	'í': "i", 'ì': "i", 'î': "i", 'ï': "i", 'ł': "l", 'ñ': "n", 'ö': "o", 'ø': "o", 'ó': "o", 'ò': "o", 'ô': "o", 'õ': "o", 'œ': "oe",
	'š': "s", 'ß': "ss", 'þ': "th", 'ü': "u", 'ú': "u", 'ù': "u", 'û': "u", 'ý': "y", 'ž': "z",
}

// sealName is the common name of a seal: at most 64 characters, and it always says SANDBOX.
func sealName(name string) string {
	const end = " eSeal"
	letters := []rune(name)
	if limit := 64 - len(end) - len(qcert.SandboxWord) - 1; len(letters) > limit {
		letters = letters[:limit]
	}
	return qcert.SandboxName(string(letters)) + end
}
