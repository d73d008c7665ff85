package site

import "testing"

func TestEveryAddressThatPeopleAskForIsThere(t *testing.T) {
	t.Parallel()
	list, err := chapters()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{"/reference": true}
	for _, c := range list {
		for _, e := range entriesOf(c) {
			there[e.Href] = true
		}
	}
	for at := range askedFor {
		if !there[at] {
			t.Errorf("%s is no part of the documentation", at)
		}
	}
}
