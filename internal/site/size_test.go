package site_test

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// maxPage is what a page may weigh compressed, in bytes.
const maxPage = 30 << 10

func TestNoPageIsTooHeavy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range publicPages() {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write([]byte(w.page(path)))
		_ = z.Close()
		if packed.Len() > maxPage {
			t.Errorf("%s has %d bytes compressed, %d is the end", path, packed.Len(), maxPage)
		}
	}
}
