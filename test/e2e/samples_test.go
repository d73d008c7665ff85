package e2e

import (
	"testing"

	"fairway/internal/site"
)

func TestTheDocumentationHasSamples(t *testing.T) {
	t.Parallel()
	samples, err := site.Samples()
	if err != nil || len(samples) == 0 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
}
