package samples

// serialNote holds wherever a number is printed in hexadecimal.
const serialNote = "A serial number with an odd number of digits is printed without a leading zero. That is right here, where keyId is compared " +
	"as a number; banks that compare it as text may want the zero."

// Languages lists the six in the order of their tabs.
func Languages() []Language {
	return []Language{
		{ID: "curl", Name: "curl", Lexer: "bash", Needs: "a POSIX shell, curl 7.76 or newer and openssl.", Pitfalls: []string{
			"base64 -w0 does not exist on macOS, and base64 alone breaks its lines; openssl base64 -A does the same everywhere.",
			"echo puts a line feed at the end, which is then signed too; printf '%s’ does not.",
			"--data strips line ends from a file; --data-binary sends the bytes that were hashed.",
		}},
		{ID: "node", Name: "Node", Lexer: "javascript", Needs: "Node 18 or newer, and no package.", Pitfalls: []string{
			"Hash the text that you send. JSON.parse and JSON.stringify change blanks, escapes and numbers: 1.0 becomes 1.",
			"createSign takes RSA-SHA256 with PKCS #1 v1.5; crypto.subtle with RSA-PSS makes a signature that is refused.",
			"X509Certificate prints the issuer’s parts one to a line and in the order of the certificate; keyId has them reversed.",
		}},
		{ID: "python", Name: "Python", Lexer: "python", Needs: "Python 3.8 or newer and its package cryptography.", Pitfalls: []string{
			"Hash the bytes that you send: json.dumps puts blanks behind commas, and the parameter json= of requests writes bytes of its own.",
			"hexdigest is the hash in hexadecimal; the header Digest wants digest, in base64.",
			serialNote,
		}},
		{ID: "go", Name: "Go", Lexer: "go", Needs: "Go 1.21 or newer, and no module.", Pitfalls: []string{
			"Hash the bytes that you send: json.Marshal writes <, > and & as escapes, and json.Encoder adds a line feed.",
			"Issuer.String orders the parts of a name anew; the RDNSequence of RawIssuer keeps their order.",
			serialNote,
		}},
		{ID: "java", Name: "Java", Lexer: "java", Needs: "a JDK 17 or newer, and no library.", Pitfalls: []string{
			"Hash the text that you send: a JSON library may order the fields anew when it writes the object again.",
			"toLowerCase without Locale.ROOT writes ı for I on a Turkish machine, and the signing string differs.",
			"getName of the issuer is RFC 2253, as keyId wants it; toString puts blanks behind the commas.",
			serialNote,
		}},
		{ID: "csharp", Name: "C#", Lexer: "c#", Needs: "the SDK of .NET 8 or newer: dotnet new console makes the project, and this file replaces its Program.cs.", Pitfalls: []string{
			"Windows cannot use a key that was read from PEM: put certificate and key through PKCS #12, as here, or load qwac.p12.",
			"Hash the text that you send: JsonSerializer writes escapes of its own for letters beyond ASCII.",
			"Issuer divides the parts of a name by comma and blank; keyId has the comma alone.",
		}},
	}
}
