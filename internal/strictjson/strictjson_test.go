package strictjson_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"fairway/internal/strictjson"
)

func TestADocumentOfTheRightFormIsRead(t *testing.T) {
	t.Parallel()
	o, err := strictjson.Parse([]byte(`{"a":{"list":[{"x":"1"},{}],"none":null},"yes":true,"n":4,"t":"text"}`))
	if err != nil {
		t.Fatal(err)
	}

	list := o.Object("a").Objects("list")
	yes, n, text := o.Bool("yes"), o.Int("n"), o.String("t")

	if len(list) != 2 || list[0].Text("x") != "1" || list[1].Text("x") != "" || !yes || n != 4 || text != "text" || o.Fault() != nil {
		t.Fatalf("%v %v %v %v %v", list, yes, n, text, o.Fault())
	}
}

func TestAFaultOfFormIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, path, word string }{
		"empty":             {"", "", "empty"},
		"cut off":           {`{"a":`, "", "ends too early"},
		"a list":            {`[]`, "", "not an object"},
		"text after":        {`{} x`, "", "more follows"},
		"a second document": {`{}{}`, "", "more follows"},
		"twice":             {`{"a":{"b":1,"b":2}}`, "a.b", "twice"},
		"escaped twice":     {`{"a":1,"\u0061":2}`, "a", "twice"},
		"a comment":         {"{/*x*/}", "", "not JSON"},
		"not a number":      {`{"a":NaN}`, "", "not JSON"},
		"a misplaced quote": {`{ "test:" true }`, "", "not JSON"},
		"a byte order mark": {"\ufeff{}", "", "byte order mark"},
		"not UTF-8":         {"{\"a\":\"\xff\"}", "", "UTF-8"},
		"a lone surrogate":  {`{"a":"\ud800"}`, "", "half a character"},
		"one at the end":    {`{"a":"x\uDC00"}`, "", "half a character"},
		"two high ones":     {`{"a":"\ud83d\ud83d"}`, "", "half a character"},
		"one in a name":     {`{"\ud800":1,"\ufffd":2}`, "", "half a character"},
		"in the wrong turn": {`{"a":"\udcb3\ud83d"}`, "", "half a character"},
		"too deep":          {strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), strings.TrimSuffix(strings.Repeat("a.", 33), "."), "deeper"},
		"too many":          {`{"a":[` + strings.Repeat("1,", 30000) + `1]}`, "", "more than"},
	} {
		_, err := strictjson.Parse([]byte(c.body))

		var f *strictjson.Fault
		if !errors.As(err, &f) || f.Path != c.path || !strings.Contains(f.Text, c.word) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMemberOfTheWrongTypeIsNamedWithWhatWasSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		read func(strictjson.Object)
		text string
	}{
		"a quoted boolean": {func(o strictjson.Object) { o.Bool("quoted") }, `quoted is the text "true". Send true or false, without quotes.`},
		"a missing one":    {func(o strictjson.Object) { o.Bool("none") }, "none is missing. Send true or false."},
		"a quoted number":  {func(o strictjson.Object) { o.Int("quoted") }, `quoted is the text "true". Send a whole number, without quotes.`},
		"a fraction":       {func(o strictjson.Object) { o.Int("half") }, "half is the number 0.5. Send a whole number, without quotes."},
		"too large":        {func(o strictjson.Object) { o.Int("large") }, "large is the number 99999999999. Send a whole number, without quotes."},
		"null for text":    {func(o strictjson.Object) { o.Text("null") }, "null is null. Send text in quotes."},
		"text in a list":   {func(o strictjson.Object) { o.Objects("list") }, "list[0] is the text \"x\". Send an object in braces."},
		"a list as object": {func(o strictjson.Object) { o.Object("list").Text("x") }, "list is a list. Send an object in braces."},
		"letter case":      {func(o strictjson.Object) { o.Only("quoted", "half", "large", "null", "list", "cased") }, "Cased is not a member of this object. Names are written exactly as in the reference, in their letter case."},
	} {
		o, err := strictjson.Parse([]byte(`{"quoted":"true","half":0.5,"large":99999999999,"null":null,"list":["x"],"Cased":1}`))
		if err != nil {
			t.Fatal(err)
		}

		c.read(o)

		if o.Fault() == nil || o.Fault().Error() != c.text {
			t.Errorf("%s: %v", name, o.Fault())
		}
	}
}

func TestAPairOfSurrogatesIsACharacter(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"a":"\ud83d\udcb3"}`: "💳", `{"a":"\\ud800"}`: `\ud800`, `{"a":"\\\\ud800 \ufffd"}`: "\\\\ud800 \ufffd", `{"a":"\u00e4"}`: "ä", `{"\\":1,"a":"\uD83D\uDCB3"}`: "💳",
	} {
		o, err := strictjson.Parse([]byte(body))
		if err != nil || o.Text("a") != want {
			t.Errorf("%s: %q, %v", body, o.Text("a"), err)
		}
	}
}

func TestWhatIsWrongIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	for range 50 {
		o, err := strictjson.Parse([]byte(`{"z":1,"y":2,"b":3,"known":4,"x":5}`))
		if err != nil {
			t.Fatal(err)
		}

		o.Only("known")

		if got := o.Fault().Error(); !strings.HasPrefix(got, "b is not a member") {
			t.Fatal(got)
		}
	}
}

func TestALongNameIsCutBetweenItsLetters(t *testing.T) {
	t.Parallel()
	o, err := strictjson.Parse([]byte(`{"a` + strings.Repeat("ä", 100) + `":1}`))
	if err != nil {
		t.Fatal(err)
	}

	o.Only("known")

	var f *strictjson.Fault
	if !errors.As(o.Fault(), &f) || !utf8.ValidString(f.Path) || !utf8.ValidString(f.Text) || len(f.Path) > 70 {
		t.Errorf("%q", f.Path)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"a":[1,2,{"b":null}]}`, `{"a":1,"a":2}`, "[[[[", `{"a":"\ud800"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := strictjson.Parse(data)
		if err != nil {
			if err.Error() == "" {
				t.Error("a fault without a sentence")
			}
			return
		}
		o.Bool("a")
		o.Objects("a")
		o.Object("a").Text("b")
		if f := o.Fault(); f != nil && len(f.Error()) > 500 {
			t.Errorf("a sentence of %d bytes", len(f.Error()))
		}
	})
}
