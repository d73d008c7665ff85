package bankclient

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"fairway/internal/httpsig"
)

// addDate adds the header that a mistake signs too many. A request that waits for its signature is composed twice, so the
// date is the same for an hour.
func (m *message) addDate(r Request, now time.Time) {
	if r.Mistake == DateSigned {
		m.add("Date", now.UTC().Truncate(time.Hour).Format(http.TimeFormat), ByPlayground)
	}
}

// signWrongly signs a message that was signed rightly once more, with one thing done differently. It returns the text that
// was signed.
func (m *message) signWrongly(id Identity, r Request, right string) (text string, err error) {
	wrong, _ := MistakeOf(string(r.Mistake))
	names := namesIn(right)
	if wrong.list != nil {
		names = wrong.list(names)
	}
	if wrong.digest != nil {
		m.header.Set("Digest", wrong.digest(m.body))
	}
	if text, err = httpsig.SigningString(m.header, names); err != nil {
		return "", err
	}
	if wrong.text != nil {
		text = wrong.text(text)
	}
	signature, err := signature(id, r, text)
	if err != nil {
		return "", err
	}
	keyID := httpsig.KeyID(id.Seal)
	if r.Mistake == OtherSerial {
		keyID = strings.Replace(keyID, "SN=", "SN=1", 1)
	}
	m.header.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="rsa-sha256",headers="%s",signature="%s"`,
		keyID, strings.Join(names, " "), base64.StdEncoding.EncodeToString(signature)))
	if r.Mistake == BodyChanged {
		m.body += "\n"
		m.exchange.Body = m.body
	}
	return text, nil
}

// namesIn are the names of the lines of a signing string.
func namesIn(text string) []string {
	var names []string
	for line := range strings.SplitSeq(text, "\n") {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	return names
}

// signature signs a text with the key, and in the way, that the mistake says.
func signature(id Identity, r Request, text string) ([]byte, error) {
	var key any = r.signer(id)
	if r.Mistake == QWACKey {
		key = id.QWAC.PrivateKey
	}
	signer, ok := key.(crypto.Signer)
	if !ok || signer == nil {
		return nil, errors.New("there is no key to sign with")
	}
	var how crypto.SignerOpts = crypto.SHA256
	if r.Mistake == PSS {
		how = pss
	}
	sum := sha256.Sum256([]byte(text))
	made, err := signer.Sign(rand.Reader, sum[:], how)
	if err != nil {
		return nil, fmt.Errorf("sign the request wrongly: %w", err)
	}
	return made, nil
}

// pss is how the mistake of that name signs, here and in a browser.
var pss = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}

// madeOver reports whether a signature was made over a text with the key of the seal, whatever is wrong with the text.
func madeOver(id Identity, text string, signature []byte, byPSS bool) bool {
	public, ok := id.Seal.PublicKey.(*rsa.PublicKey)
	if !ok {
		return false
	}
	sum := sha256.Sum256([]byte(text))
	if byPSS {
		return rsa.VerifyPSS(public, crypto.SHA256, sum[:], signature, pss) == nil
	}
	return rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil
}
