package refresh

import (
	"strings"
	"testing"
)

func FuzzDescription(f *testing.F) {
	const from = "https://eba.example/register/api/filemetadata"
	for _, seed := range []string{
		`{"golden_copy_path_context":"https://eba.example/downloads/","latest_version_relative_zip_path":"today.zip","sha256_hash":"` + strings.Repeat("0a", 32) + `"}`,
		`{"golden_copy_path_context":"https://eba.example@elsewhere.example/","latest_version_relative_zip_path":"a","sha256_hash":"` + strings.Repeat("0a", 32) + `"}`,
		`{"golden_copy_path_context":"https://EBA.example","latest_version_relative_zip_path":"/../a?b#c","sha256_hash":"` + strings.Repeat("0A", 32) + `"}`,
		`{}`, "\xef\xbb\xbf{}", `[`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := readDescription(text, from)
		if err != nil {
			return
		}
		if rest, ok := strings.CutPrefix(strings.ToLower(d.address), "https://eba.example"); !ok || rest != "" && !strings.ContainsAny(rest[:1], "/?#") || len(d.sha256) != 64 {
			t.Errorf("%+v", d)
		}
	})
}
