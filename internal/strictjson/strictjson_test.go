package strictjson_test

import (
	"errors"
	"strings"
	"testing"

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
		"a byte order mark": {"\ufeff{}", "", "not JSON"},
		"not UTF-8":         {"{\"a\":\"\xff\"}", "", "UTF-8"},
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
