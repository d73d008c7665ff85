package httpsig

import (
	"crypto"
	"strconv"
	"strings"
	"testing"
)

func TestAKeyIDInAnotherFormIsTakenAndNoted(t *testing.T) {
	t.Parallel()
	seal, other := newSeal(t, 2048), newSeal(t, 2049)
	reversed := func(keyID string) string {
		serial, issuer, _ := strings.Cut(keyID, ",CA=")
		parts := strings.Split(issuer, ",")
		for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
			parts[i], parts[j] = parts[j], parts[i]
		}
		return serial + ",CA=" + strings.Join(parts, ",")
	}
	const order, blanks = "the parts of the issuer in another order", "blanks that are not written as %20"
	for name, c := range map[string]struct {
		edit func(string) string
		says []string
	}{
		"a leading zero":  {func(id string) string { return strings.Replace(id, "SN=", "SN=0", 1) }, nil},
		"raw blanks":      {func(id string) string { return strings.ReplaceAll(id, "%20", " ") }, []string{blanks}},
		"another order":   {reversed, []string{order}},
		"both of the two": {func(id string) string { return strings.ReplaceAll(reversed(id), "%20", " ") }, []string{order, blanks}},
	} {
		s := newScene(t, seal, other, true)
		id := KeyID(seal.cert)
		s.header.Set("Signature", strings.Replace(s.header.Get("Signature"), id, c.edit(id), 1))

		r, err := Verify(s.header, seal.cert)
		d := s.request().Diagnose(seal.cert, diagnosed)

		if err != nil || len(r.Notes) != 1 || !d.Valid || len(d.Findings) != 1 || d.Findings[0].Code != OtherBanks || d.Findings[0].Text != r.Notes[0] {
			t.Fatalf("%s: %v, %q, %+v", name, err, r.Notes, d.Findings)
		}
		for _, way := range []string{order, blanks, "letter by letter"} {
			want := way == "letter by letter"
			for _, said := range c.says {
				want = want || way == said
			}
			if strings.Contains(r.Notes[0], way) != want {
				t.Errorf("%s: %s", name, r.Notes[0])
			}
		}
	}
}

func TestABodyThatIsNotAllHereIsNamedBeforeItsDigestIsJudged(t *testing.T) {
	t.Parallel()
	seal, other := newSeal(t, 2048), newSeal(t, 2049)
	for name, c := range map[string]struct {
		edit    func(*scene)
		verdict Verdict
		says    string
	}{
		"nothing of it":          {func(s *scene) { s.body = nil }, Undecided, "The body is missing"},
		"half of it":             {func(s *scene) { s.body = s.body[:len(s.body)/2] }, Undecided, "A part of the body is missing"},
		"more than was sent":     {func(s *scene) { s.body = append(s.body, " and more"...) }, Undecided, "More is here"},
		"a form that was hashed": {func(s *scene) { s.body = append(s.body, '\n') }, Failed, "More is here"},
	} {
		s := newScene(t, seal, other, true)
		s.header.Set("Content-Length", strconv.Itoa(len(s.body)))
		mustSign(s.t, s.header, s.body, s.seal, crypto.SHA256)
		c.edit(s)

		d := s.request().Diagnose(seal.cert, diagnosed)

		wantDiagnosis(t, &d)
		if d.Step(StepDigest).Verdict != c.verdict || d.Step(StepSignature).Verdict != Passed || d.Valid || d.Findings[0].Code != BodyLength || !strings.Contains(d.Findings[0].Text, c.says) {
			t.Errorf("%s: %+v, %+v", name, d.Step(StepDigest), d.Findings)
		}
	}
}

func TestADigestIsExplainedByItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		digest, says string
		found        bool
	}{
		"of another form": {Digest("SHA-256", []byte("{\r\n}")), "the body with CR LF in place of LF", true},
		"of other bytes":  {Digest("SHA-256", []byte("x")), "Hash the exact bytes", false},
		"that is right":   {Digest("SHA-256", []byte("{\n}")), "", false},
	} {
		h := newRequest()
		h.Set("Digest", c.digest)

		e := ExplainDigest(h, []byte("{\n}"))

		if e.Found != c.found || !strings.Contains(e.Text, c.says) || e.Path != "Digest" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
