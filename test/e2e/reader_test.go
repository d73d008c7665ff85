package e2e

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// says fails where a page lacks one of the texts.
func (b *browser) says(wanted ...string) {
	b.t.Helper()
	words := squeezed(b.page.words())
	for _, want := range wanted {
		if !strings.Contains(words, squeezed(want)) {
			b.t.Errorf("%s does not say %q: %.600s", b.page.url, want, words)
		}
	}
}

func TestAStrangerFindsHerWayThroughTheDocumentation(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	b := sv.browser(t)

	lost := b.open("/docs/rate-limit")
	if lost.status != http.StatusNotFound || !slices.Contains(lost.links(), sv.portal+"/docs/limits") {
		t.Errorf("a wrong address leads to %d, %v", lost.status, lost.links())
	}
	b.open("/search?q=TPP-Signature-Certificate")
	if links := b.page.links(); !slices.Contains(links, sv.portal+"/docs/signing#certificate") {
		t.Errorf("the search leads to %v", links)
	}
	b.open("/docs/terms?q=seal")
	b.says("QC eSeal", "ETSI TS 119 495")
	if feed := b.open("/docs/changelog.atom"); feed.status != http.StatusOK || !strings.Contains(feed.body, "<id>tag:") {
		t.Errorf("the feed: %s", feed)
	}
}

func TestTheDocumentationKnowsItsReader(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	b := sv.browser(t)
	b.signUp(t, "reader-"+randomHex(4)+"@acme.example")
	b.open("/docs/start")
	b.says("Next: step 2")
	dir, _ := sv.unpack(t, b.setUp(t))
	b.open("/docs/start")
	b.says("Next: step 5")
	p := sv.unpacked(t, dir)
	g := p.granted(t, allAccounts)
	if res := p.send(t, p.read(cardsPath, g).sign(t)); res.status != http.StatusOK {
		t.Fatal(res)
	}
	unsigned := p.read(cardsPath, g).sign(t)
	unsigned.header.Del("Signature")
	refused := p.send(t, unsigned)

	_, rid, _ := strings.Cut(regexp.MustCompile(`http://\S+$`).FindString(jsonMessage(t, refused)), "rid=")
	b.open("/docs/start")
	b.says("All six steps are done")
	b.open("/docs/limits")
	b.says("Sandbox: 3 of")
	b.open("/docs/versions")
	b.says("Card accounts v1: 2 calls")
	b.open("/docs/contact?rid=" + rid)
	b.says("Its trace id: "+rid, "401 SIGNATURE_MISSING")
}
