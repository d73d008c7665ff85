package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// line is one figure with its gate.
type line struct {
	ID   string `json:"id"`
	What string `json:"what"`
	// Database is empty where the figure has nothing to do with one.
	Database string  `json:"database,omitempty"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Gate     string  `json:"gate,omitempty"`
	Met      bool    `json:"met"`
	Detail   string  `json:"detail,omitempty"`
}

// report is all that was measured.
type report struct {
	Processors int       `json:"processors"`
	Go         string    `json:"go"`
	Rounds     int       `json:"rounds"`
	Seconds    float64   `json:"seconds"`
	Requests   int       `json:"different_requests"`
	Lines      []line    `json:"lines"`
	Sums       []summary `json:"measurements"`
}

func newReport(o options) report {
	return report{Processors: runtime.NumCPU(), Go: runtime.Version(), Rounds: o.rounds, Seconds: o.length.Seconds(), Requests: o.requests}
}

func (r *report) add(l line) { r.Lines = append(r.Lines, l) }

// atLeast and atMost are figures with their gates; a gate of zero is none.
func atLeast(id, what string, value float64, unit string, gate float64) line {
	l := line{ID: id, What: what, Value: value, Unit: unit, Met: value >= gate}
	if gate > 0 {
		l.Gate = fmt.Sprintf("≥ %g", gate)
	}
	return l
}

func atMost(id, what string, value float64, unit string, gate float64) line {
	l := line{ID: id, What: what, Value: value, Unit: unit, Met: gate <= 0 || value <= gate}
	if gate > 0 {
		l.Gate = fmt.Sprintf("≤ %g", gate)
	}
	return l
}

func mebibytes(id, what string, bytes int64, gate float64) line {
	return atMost(id, what, float64(bytes)/(1<<20), "MiB", gate)
}

func milliseconds(id, what string, d time.Duration, gate float64) line {
	return atMost(id, what, micros(d)/1000, "ms", gate)
}

// ratio is a / b, and nothing of nothing.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// print writes the report as two tables in Markdown, which read well in a terminal too.
func (r report) print(w io.Writer) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) } // the terminal is gone: nobody to tell
	say("%d processors, %s, %d rounds of %g s, %d different requests\n", r.Processors, r.Go, r.Rounds, r.Seconds, r.Requests)
	rows := [][]string{{"#", "figure", "database", "value", "gate", "", "detail"}}
	for _, l := range r.Lines {
		met := "met"
		switch {
		case l.Gate == "":
			met = ""
		case !l.Met:
			met = "**missed**"
		}
		rows = append(rows, []string{l.ID, l.What, l.Database, number(l.Value) + " " + l.Unit, l.Gate, met, l.Detail})
	}
	say("%s", table(rows))
	rows = [][]string{{"measurement", "requests/s", "CPU µs", "client µs", "p50 µs", "p95 µs", "p99 µs", "others"}}
	for _, s := range r.Sums {
		rows = append(rows, []string{s.Name, fmt.Sprintf("%.0f", s.Rate), number(s.CPU), number(s.Client), fmt.Sprintf("%.0f", s.P50),
			fmt.Sprintf("%.0f", s.P95), fmt.Sprintf("%.0f", s.P99), fmt.Sprintf("%.0f %%", 100*s.Others)})
	}
	say("%s", table(rows))
}

// number writes small values with two places, larger ones with one.
func number(v float64) string {
	switch {
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// table pads cells so that columns stand below each other.
func table(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, cell := range row {
			b.WriteString("| " + cell + strings.Repeat(" ", widths[i]-len([]rune(cell))) + " ")
		}
		b.WriteString("|\n")
		if n > 0 {
			continue
		}
		for _, width := range widths {
			b.WriteString("|" + strings.Repeat("-", width+2))
		}
		b.WriteString("|\n")
	}
	return b.String()
}
