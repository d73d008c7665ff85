package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/bench/load"
)

func TestGatesSayWhetherTheyAreMet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line line
		gate string
		met  bool
	}{
		"enough":     {atLeast("P1", "", 0.5, "", 0.5), "≥ 0.5", true},
		"too little": {atLeast("P1", "", 0.49, "", 0.5), "≥ 0.5", false},
		"few":        {atMost("P2", "", 2, "", 2), "≤ 2", true},
		"too much":   {mebibytes("P18", "", 51<<20, 50), "≤ 50", false},
		"no gate":    {milliseconds("P16", "", time.Hour, 0), "", true},
	} {
		if c.line.Gate != c.gate || c.line.Met != c.met {
			t.Errorf("%s: gate %q, met %v; want %q, %v", name, c.line.Gate, c.line.Met, c.gate, c.met)
		}
	}
}

func TestTheReportIsATableOfEqualColumns(t *testing.T) {
	t.Parallel()
	r := newReport(options{rounds: 5, length: 3 * time.Second, requests: 100})
	r.add(atLeast("P1", "rate ÷ bare", 0.6666, "", 0.5))
	r.add(atMost("P5", "p99 ÷ bare", 4, "", 3))
	r.Sums = []summary{{Name: "SQLite, bare: x", Rate: 12345.6, CPU: 65.43, Others: 0.031}}

	var b strings.Builder
	r.print(&b)

	for _, want := range []string{"| 0.67 ", "| ≥ 0.5 | met ", "**missed**", "| 12346 ", "| 65.4 ", "3 %"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, b.String())
		}
	}
	width := 0
	for text := range strings.Lines(b.String()) {
		n := len([]rune(text))
		if !strings.HasPrefix(text, "|") {
			width = 0
		} else if width == 0 {
			width = n
		} else if n != width {
			t.Errorf("%d columns instead of %d: %s", n, width, text)
		}
	}
}

func TestASumIsTheMediansAndAllAnswers(t *testing.T) {
	t.Parallel()
	samples := []sample{
		{CPU: 100 * time.Microsecond, Others: 0.01, Result: load.Result{Status: map[int]int{200: 5}}},
		{CPU: 300 * time.Microsecond, Others: 0.09, Result: load.Result{Status: map[int]int{200: 7, 401: 1}}},
		{CPU: 110 * time.Microsecond, Others: 0.02, Result: load.Result{Status: map[int]int{200: 6}}},
	}

	s := sum("ours", samples)

	if s.CPU != 110 || s.Others != 0.09 || s.Rounds != 3 || s.Status[200] != 18 || s.Status[401] != 1 {
		t.Errorf("the sum is %+v", s)
	}
	if s.all(http.StatusOK) == nil || s.all(http.StatusOK, http.StatusUnauthorized) != nil {
		t.Error("other answers are not told apart")
	}
}

func TestARoundIsDisturbedByWhatOthersDidInAnyOfItsMeasurements(t *testing.T) {
	t.Parallel()
	if !disturbed([]sample{{Others: 0.01}, {Others: 0.5}}) || disturbed([]sample{{Others: 0.05}, {Others: 0.1}}) {
		t.Error("the limit is a tenth of the machine")
	}
}

func TestFlagsAreChecked(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-db", "sqlite", "-rounds", "2", "-seconds", "0.5", "-requests", "400"})
	if err != nil || o.length != 500*time.Millisecond || o.database != "sqlite" || o.rounds != 2 {
		t.Errorf("parse = %+v, %v", o, err)
	}
	for _, args := range [][]string{{"-db", "mysql"}, {"-rounds", "0"}, {"-seconds", "0"}, {"-requests", "10"}, {"extra"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("parse(%q) has no error", args)
		}
	}
}

func TestTheEndOfWhatAProgramWroteIsKept(t *testing.T) {
	t.Parallel()
	var kept tail
	for range 100 {
		if n, err := kept.Write([]byte(strings.Repeat("x", 99) + "\n")); n != 100 || err != nil {
			t.Fatal(n, err)
		}
	}
	_, _ = kept.Write([]byte("the end"))

	if s := kept.String(); len(s) != tailSize || !strings.HasSuffix(s, "the end") {
		t.Errorf("%d bytes are kept, ending in %q", len(s), s[max(0, len(s)-20):])
	}
}
