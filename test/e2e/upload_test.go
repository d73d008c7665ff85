package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAPrivateKeyThatIsUploadedIsKeptNowhere looks through log, files and tables, now and once more when the server has ended.
func TestAPrivateKeyThatIsUploadedIsKeptNowhere(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	b := sv.browser(t)
	b.signUp(t, "owner@revontuli.example")
	dir := sv.pair(t, "")
	key := read(t, dir, "qwac.key")
	for line := range strings.Lines(key) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			sv.book.hide("a line of the uploaded key", line)
		}
	}
	b.open(livePath + "/upload")
	upload := b.formTo(livePath + "/upload")

	for _, name := range []string{"qwac", "qseal"} {
		started := time.Now()
		refused := b.submit(upload, "qwac", read(t, dir, "qwac.pem"), "qseal", read(t, dir, "qseal.pem"), name, key)
		took := time.Since(started)

		if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.words(), "private key") || !strings.Contains(refused.words(), "Nothing of it was kept") {
			t.Errorf("as %s: %s", name, refused)
		}
		t.Logf("as %s it is refused after %d ms", name, took.Milliseconds())
	}
	found := append(sv.leftovers(), sv.book.leaksIn("the log", sv.out.String())...)
	t.Logf("%d hits in log, files and tables", len(found))
	for _, hit := range found {
		t.Error(hit)
	}
}
