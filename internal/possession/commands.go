package possession

import (
	"regexp"
	"strings"
)

// The names of the files that the page hands out and the commands write.
const (
	ChallengeFile = "challenge.txt"
	SignatureFile = "challenge.sig"
)

// KeyKind is the kind of key that a command is for.
type KeyKind string

// The kinds of keys.
const (
	AnyKey KeyKind = "any"
	RSAKey KeyKind = "RSA"
	ECKey  KeyKind = "EC"
)

// Shell is where a command is typed.
type Shell string

// The shells. Commands for POSIX also run in the Command Prompt of Windows, as long as the names need no quoting.
const (
	POSIX      Shell = "sh"
	PowerShell Shell = "PowerShell 7"
)

// Purpose is what a command does with the signature.
type Purpose string

// The purposes, in the order in which they are needed.
const (
	Sign   Purpose = "sign"
	Encode Purpose = "encode"
	Check  Purpose = "check"
)

// Files are the names of the caller's files; of those that are empty the usual name is taken.
type Files struct {
	Key         string // the eSeal's private key in PEM: qseal.key
	Certificate string // the eSeal in PEM: qseal.pem
	Challenge   string // the text: ChallengeFile
	Signature   string // SignatureFile
	Public      string // where the public key for the check goes: qseal.pub
}

// Command is one thing to type. Text may have several lines.
type Command struct {
	ID      string // stable, for links and tests
	Title   string
	Purpose Purpose
	Key     KeyKind
	Shell   Shell
	Text    string
}

// Fits tells whether the command is for a key of this kind.
func (c Command) Fits(kind KeyKind) bool { return c.Key == AnyKey || c.Key == kind }

// Commands are the ways to sign a challenge, to encode the signature for pasting, and to check it before it is sent.
// Every name is quoted for its shell where that is needed.
func Commands(f Files) []Command {
	f = f.orUsual()
	sh := f.each(quotePOSIX)
	return []Command{
		{"openssl", "OpenSSL", Sign, AnyKey, POSIX, sh.fill("openssl dgst -sha256 -sign {key} -out {sig} {text}")},
		{"openssl-sha512", "OpenSSL, with SHA-512", Sign, AnyKey, POSIX, sh.fill("openssl dgst -sha512 -sign {key} -out {sig} {text}")},
		{"openssl-pkeyutl", "OpenSSL 3, with pkeyutl", Sign, AnyKey, POSIX, sh.fill("openssl pkeyutl -sign -inkey {key} -rawin -digest sha256 -in {text} -out {sig}")},
		{"openssl-pss", "OpenSSL, with RSA-PSS", Sign, RSAKey, POSIX, sh.fill("openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sign {key} -out {sig} {text}")},
		{"pkcs11", "Smart card or HSM (PKCS #11)", Sign, RSAKey, POSIX, sh.fill("pkcs11-tool --login --id 01 --sign --mechanism SHA256-RSA-PKCS --input-file {text} --output-file {sig}")},
		{"pkcs11-ec", "Smart card or HSM (PKCS #11)", Sign, ECKey, POSIX, sh.fill("pkcs11-tool --login --id 01 --sign --mechanism ECDSA-SHA256 --signature-format openssl --input-file {text} --output-file {sig}")},
		{"powershell", "PowerShell", Sign, RSAKey, PowerShell, f.powerShell("RSA", ", [Security.Cryptography.RSASignaturePadding]::Pkcs1")},
		{"powershell-ec", "PowerShell", Sign, ECKey, PowerShell, f.powerShell("ECDsa", "")},
		{"encode", "Encode the signature for pasting", Encode, AnyKey, POSIX, sh.fill("openssl base64 -A -in {sig}")},
		{"check", "Check the signature yourself", Check, AnyKey, POSIX, sh.fill("openssl x509 -in {cert} -pubkey -noout > {pub}\nopenssl dgst -sha256 -verify {pub} -signature {sig} {text}")},
		{"check-pss", "Check a signature of RSA-PSS", Check, RSAKey, POSIX, sh.fill("openssl x509 -in {cert} -pubkey -noout > {pub}\nopenssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify {pub} -signature {sig} {text}")},
	}
}

// powerShell needs no file in between: it prints the signature in base64.
func (f Files) powerShell(class, padding string) string {
	return f.each(quotePowerShell).fill("$key = [Security.Cryptography." + class + "]::Create()\n" +
		"$key.ImportFromPem((Get-Content -Raw -LiteralPath {key}))\n" +
		"$text = [IO.File]::ReadAllBytes((Resolve-Path -LiteralPath {text}).Path)\n" +
		"$sig = $key.SignData($text, [Security.Cryptography.HashAlgorithmName]::SHA256" + padding + ")\n" +
		"[Convert]::ToBase64String($sig)")
}

func (f Files) orUsual() Files {
	for name, usual := range map[*string]string{
		&f.Key: "qseal.key", &f.Certificate: "qseal.pem", &f.Challenge: ChallengeFile, &f.Signature: SignatureFile, &f.Public: "qseal.pub",
	} {
		if *name == "" {
			*name = usual
		}
	}
	return f
}

// each quotes all names.
func (f Files) each(quote func(string) string) Files {
	return Files{quote(f.Key), quote(f.Certificate), quote(f.Challenge), quote(f.Signature), quote(f.Public)}
}

// fill puts the names into a line.
func (f Files) fill(line string) string {
	return strings.NewReplacer("{key}", f.Key, "{cert}", f.Certificate, "{text}", f.Challenge, "{sig}", f.Signature, "{pub}", f.Public).Replace(line)
}

// harmless are names that no shell and no program takes for something else.
var harmless = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)

// quotePOSIX also keeps a name that begins with a hyphen from being an option.
func quotePOSIX(name string) string {
	if harmless.MatchString(name) {
		return name
	}
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	return `'` + strings.ReplaceAll(name, `'`, `'\''`) + `'`
}

func quotePowerShell(name string) string {
	return `'` + strings.ReplaceAll(name, `'`, `''`) + `'`
}
