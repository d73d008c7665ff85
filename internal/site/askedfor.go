package site

import "fairway/internal/search"

// askedFor are words that people type and our pages do not use, by the address of what they look for.
var askedFor = map[string][]string{
	"/docs":                        {"overview", "architecture", "getting help"},
	"/docs#not":                    {"webhook", "callback notification", "push", "polling", "client library", "java library", "npm package", "payment initiation", "funds confirmation"},
	"/docs/start":                  {"quickstart", "tutorial", "hello world", "first call", "how to start", "onboarding"},
	"/docs/start#certificates":     {"private key", "lost key", "client certificate", "download certificate", "csr", "generate certificate"},
	"/docs/start#app":              {"client id", "client secret", "credentials", "lost secret", "env file"},
	"/docs/flow#authorise":         {"login url", "redirect the user", "sca", "strong customer authentication"},
	"/docs/flow#accounts":          {"pagination", "paging", "next page", "page size", "date range", "cards", "iban"},
	"/docs/environments#customers": {"test user", "test user password", "test users", "test data", "test cards", "otp", "one time password", "tan", "sms code", "login password", "demo customer"},
	"/docs/environments#addresses": {"base url", "host", "hosts", "endpoint", "sandbox url", "production url"},
	"/docs/limits":                 {"throttling", "too many requests", "quota exceeded"},
	"/docs/limits#back-off":        {"retry", "exponential backoff"},
	"/docs/auth":                   {"oauth", "oauth2", "bearer token", "login"},
	"/docs/auth#refresh":           {"token expired", "renew token", "offline access", "session expired"},
	"/docs/signing":                {"sign a request", "how to sign a request", "http signature", "hmac", "jws", "sign request"},
	"/docs/signing#mistakes":       {"crlf", "trailing newline", "line endings", "line ends", "newline", "windows line ends", "utf-8 bom", "signature does not match", "signature mismatch"},
	"/docs/connection#trust":       {"self signed certificate", "self-signed certificate in certificate chain", "ssl error", "tls error", "sslerror", "verify failed", "truststore", "trust store"},
	"/docs/connection#key":         {"keystore", "key store", "p12", "pfx", "pkcs12", "windows", "schannel", "bad decrypt", "no start line"},
	"/docs/connection#none":        {"connection refused", "connection reset", "timeout", "handshake failure", "econnrefused"},
	"/docs/connection#name":        {"421", "misdirected request", "hostname mismatch", "enotfound"},
	"/docs/connection#proxy":       {"proxy", "firewall", "cors", "browser", "fetch from javascript", "access-control-allow-origin", "load balancer", "nginx"},
	"/docs/live":                   {"go to production", "production", "go live", "approval", "real accounts", "real bank", "eidas"},
	"/docs/contact#portal":         {"delete account", "close account", "remove account", "gdpr", "invite team member", "colleague", "support e-mail", "phone"},
	"/reference":                   {"swagger", "openapi", "open api", "sdk", "code generator", "yaml", "postman", "insomnia", "bruno", "collection", "endpoints"},
	"/docs/changelog":              {"release notes", "news", "breaking change"},
	"/docs/versions":               {"deprecated", "deprecation", "sunset", "end of life"},
	"/docs/errors":                 {"error codes", "http status", "status codes"},
}

// answering puts those words to the entries of their addresses: the first one of each.
func answering(list []search.Entry) []search.Entry {
	seen := map[string]bool{}
	for i := range list {
		if at := list[i].Href; !seen[at] {
			seen[at], list[i].Also = true, askedFor[at]
		}
	}
	return list
}
