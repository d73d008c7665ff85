package script

import (
	"fmt"
	"strings"

	"fairway/internal/qcert"
)

// Keys writes the script that makes the two private keys of a set and their certificate signing requests, filled with what
// the certificates will say. The keys stay in the folder where it runs. Bits is the size of both RSA keys.
func Keys(qwac, seal qcert.Profile, bits int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `#!/bin/sh
# Private keys and certificate signing requests of %s.
# It runs on your own machine and needs sh and openssl. The keys stay in this folder; send the two .csr files.
set -eu
umask 077
for file in qwac.key qseal.key; do
  if [ -e "$file" ]; then echo "$file is here already; a new set needs new keys. Go to an empty folder." >&2; exit 1; fi
done
`, comment(qwac.Organization))
	for _, one := range []struct {
		name    string
		profile qcert.Profile
	}{{"qwac", qwac}, {"qseal", seal}} {
		fmt.Fprintf(&b, "\ncat > %s.cnf <<'END'\n%sEND\n", one.name, requestConfig(one.profile))
		fmt.Fprintf(&b, "openssl req -new -sha256 -newkey rsa:%d -nodes -keyout %s.key -out %s.csr -config %s.cnf\n", bits, one.name, one.name, one.name)
	}
	b.WriteString("\n# What is in them:\nopenssl req -in qwac.csr -noout -verify -subject\nopenssl req -in qseal.csr -noout -verify -subject\n")
	return b.String()
}

const webUsages = `keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:%s
`

const sealUsages = `keyUsage = critical, digitalSignature, nonRepudiation
`

// requestConfig is OpenSSL's configuration of a request: the subject by EN 319 412-3, its identifier behind a number that
// OpenSSL skips because not every version knows it by name; the statements by EN 319 412-5 and
// TS 119 495 §5.1.
func requestConfig(p qcert.Profile) string {
	usages, kind := sealUsages, "0.4.0.1862.1.6.2"
	if p.Kind == qcert.QWAC {
		usages, kind = fmt.Sprintf(webUsages, configText(p.CommonName)), "0.4.0.1862.1.6.3"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = subject
req_extensions = wanted
[subject]
countryName = %s
organizationName = %s
0.2.5.4.97 = %s
commonName = %s
[wanted]
%s1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:statements
[statements]
type = SEQUENCE:type
psd2 = SEQUENCE:psd2
[type]
id = OID:0.4.0.1862.1.6
value = SEQUENCE:types
[types]
type = OID:%s
[psd2]
id = OID:0.4.0.19495.2
value = SEQUENCE:provider
[provider]
roles = SEQUENCE:roles
ncaName = UTF8:%s
ncaId = UTF8:%s
[roles]
`, configText(p.Country), configText(p.Organization), configText(p.OrganizationIdentifier), configText(p.CommonName), usages, kind, configText(p.NCAName), configText(p.NCAID))
	for n := range p.Roles {
		fmt.Fprintf(&b, "role%d = SEQUENCE:role%d\n", n+1, n+1)
	}
	for n, role := range p.Roles {
		fmt.Fprintf(&b, "[role%d]\nid = OID:%s\nname = UTF8:%s\n", n+1, role.OID(), role)
	}
	return b.String()
}

// configText is any text as a value of OpenSSL's configuration, where some characters have a meaning.
func configText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `$`, `\$`, `#`, `\#`, `"`, `\"`, `'`, `\'`, "`", "\\`", "\n", " ", "\r", " ").Replace(comment(s))
}
