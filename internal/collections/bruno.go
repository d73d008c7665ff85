package collections

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"time"
)

// file is one file of an archive.
type file struct {
	name string
	text []byte
}

const brunoSigning = `
const value = (name) => bru.getEnvVar(name) || '';
const sent = {};
const own = req.getHeaders();
for (const name in own) sent[name.toLowerCase()] = bru.interpolate(String(own[name]));
if (sent['x-api-key'] !== undefined) {
  const text = req.getMethod() === 'POST' ? req.getBody({ raw: true }) || '' : '';
  const made = fairway.sign(typeof text === 'string' ? text : JSON.stringify(text), sent, value('qseal_key'), value('qseal_certificate'));
  for (const name in made) req.setHeader(name, made[name]);
}
if (req.getUrl().includes('code_challenge=')) {
  const proof = fairway.pkce();
  for (const name in proof) bru.setEnvVar(name, proof[name]);
}`

// brunoLine is for those who run the folders without a window.
const brunoLine = "\n\nThe command line (bru run --env Sandbox --env-var name=value) takes values of one line: write the line ends of qseal.key and qseal.pem as blanks."

// Bruno is the collection as a folder of Bruno, packed. The client certificate is read from the files beside it.
func Bruno(p Place) ([]byte, error) {
	files, err := brunoFiles(p)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		// One fixed time: the same values give the same bytes.
		w, err := z.CreateHeader(&zip.FileHeader{Name: "fairway/" + f.name, Method: zip.Deflate, Modified: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.name, err)
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack the collection: %w", err)
	}
	return b.Bytes(), nil
}

func brunoFiles(p Place) ([]file, error) {
	folders, err := p.way()
	if err != nil {
		return nil, err
	}
	type certificate struct {
		Domain string `json:"domain"`
		Type   string `json:"type"`
		Cert   string `json:"certFilePath"`
		Key    string `json:"keyFilePath"`
		Phrase string `json:"passphrase"`
	}
	var certificates []certificate
	for _, address := range []string{p.APIURL, p.TokenURL} {
		if h := host(address); len(certificates) == 0 || certificates[0].Domain != h {
			certificates = append(certificates, certificate{h, "cert", "qwac.pem", "qwac.key", ""})
		}
	}
	head, err := encode(map[string]any{"version": "1", "name": p.title(), "type": "collection", "ignore": []string{"node_modules", ".git"},
		"clientCertificates": map[string]any{"enabled": true, "certs": certificates}})
	if err != nil {
		return nil, err
	}
	files := []file{
		{"bruno.json", head},
		{"collection.bru", []byte(block("script:pre-request", signing+brunoSigning) + block("docs", p.about()+p.hints()+brunoLine))},
		{"environments/Sandbox.bru", brunoEnvironment(p)},
	}
	for _, f := range folders {
		files = append(files, file{f.name + "/folder.bru", []byte("meta {\n  name: " + f.name + "\n}\n")})
		for i, r := range f.requests {
			files = append(files, file{f.name + "/" + r.name + ".bru", brunoRequest(i+1, r)})
		}
	}
	return files, nil
}

func brunoEnvironment(p Place) []byte {
	var plain, secret strings.Builder
	for _, v := range p.variables() {
		if v.Secret {
			secret.WriteString(",\n  " + v.Name)
		} else {
			plain.WriteString("  " + v.Name + ": " + v.Value + "\n")
		}
	}
	for _, name := range given {
		plain.WriteString("  " + name + ": \n")
	}
	return []byte("vars {\n" + plain.String() + "}\nvars:secret [" + strings.TrimPrefix(secret.String(), ",") + "\n]\n")
}

func brunoRequest(number int, r request) []byte {
	body, auth := "none", "none"
	switch {
	case r.body != "":
		body = "text" // as JSON it would be written anew, with another digest
	case r.form != nil:
		body = "formUrlEncoded"
	}
	if r.basic {
		auth = "basic"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "meta {\n  name: %s\n  type: http\n  seq: %d\n}\n\n", r.name, number)
	fmt.Fprintf(&b, "%s {\n  url: %s\n  body: %s\n  auth: %s\n}\n\n", strings.ToLower(r.method), r.url, body, auth)
	if r.basic {
		b.WriteString("auth:basic {\n  username: {{client_id}}\n  password: {{client_secret}}\n}\n\n")
	}
	b.WriteString(dictionary("headers", r.headers) + dictionary("body:form-urlencoded", r.form))
	if r.body != "" {
		b.WriteString(block("body:text", r.body))
	}
	if keep := brunoKeep(r); keep != "" {
		b.WriteString(block("script:post-response", keep))
	}
	fmt.Fprintf(&b, "assert {\n  res.status: eq %d\n}\n\n", r.status)
	if r.stay {
		b.WriteString("settings {\n  followRedirects: false\n}\n\n")
	}
	b.WriteString(block("docs", r.doc))
	return []byte(b.String())
}

func brunoKeep(r request) string {
	var b strings.Builder
	for _, k := range r.keep {
		fmt.Fprintf(&b, "if (res.getStatus() === %d) bru.setEnvVar('%s', res.getBody()%s);\n", r.status, k[0], access(k[1]))
	}
	return b.String()
}

func dictionary(name string, pairs [][2]string) string {
	if len(pairs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(name + " {\n")
	for _, p := range pairs {
		b.WriteString("  " + p[0] + ": " + p[1] + "\n")
	}
	return b.String() + "}\n\n"
}

// block is a text of several lines. Each is moved in, so that none can end the block.
func block(name, text string) string {
	return name + " {\n  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n}\n\n"
}
