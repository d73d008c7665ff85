package load

import (
	"testing"
	"time"
)

func newResult(micros ...int) Result {
	part := Result{Status: map[int]int{200: len(micros)}}
	for _, m := range micros {
		part.took = append(part.took, time.Duration(m)*time.Microsecond)
	}
	return join([]Result{part, {Status: map[int]int{}}}, 2*time.Second)
}

func TestPercentilesAreTheNearestRank(t *testing.T) {
	t.Parallel()
	ten := newResult(100, 20, 30, 40, 50, 60, 70, 80, 90, 10)
	for p, want := range map[float64]int{0: 10, 10: 10, 50: 50, 90: 90, 91: 100, 99: 100, 100: 100} {
		if got := ten.Percentile(p); got != time.Duration(want)*time.Microsecond {
			t.Errorf("p%g of 10…100 µs is %v, want %d µs", p, got, want)
		}
	}
	if got := newResult(7).Percentile(99); got != 7*time.Microsecond {
		t.Errorf("p99 of one answer is %v", got)
	}
	if got := newResult().Percentile(50); got != 0 {
		t.Errorf("p50 of nothing is %v", got)
	}
}

func TestRateAndSharesCountAnswers(t *testing.T) {
	t.Parallel()
	r := newResult(1, 2, 3, 4)
	r.Status = map[int]int{200: 3, 429: 1}

	if r.Answers() != 4 || r.Rate() != 2 || r.Share(429) != 0.25 || (Result{}).Rate() != 0 || (Result{}).Share(200) != 0 {
		t.Errorf("answers %d, rate %g, share %g", r.Answers(), r.Rate(), r.Share(429))
	}
}

func TestMediansDoNotSortWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	values := []float64{5, 1, 3}
	if m := Median(values); m != 3 || values[0] != 5 {
		t.Errorf("median %g, values %v", m, values)
	}
	if m := Median([]float64{4, 1, 2, 3}); m != 2.5 {
		t.Errorf("median of four is %g", m)
	}
	if m := Median([]time.Duration(nil)); m != 0 {
		t.Errorf("median of nothing is %v", m)
	}
}

func TestHeadsOfAnswersAreRead(t *testing.T) {
	t.Parallel()
	for head, want := range map[string][2]int{
		"HTTP/1.1 200 OK\r\nDate: x\r\ncontent-LENGTH: 12\r\n":    {200, 12},
		"HTTP/1.1 204 No Content\r\nDate: x\r\n":                  {204, 0},
		"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n": {429, 0},
	} {
		status, length, err := parseHead([]byte(head))
		if err != nil || status != want[0] || length != want[1] {
			t.Errorf("%q: %d, %d, %v", head, status, length, err)
		}
	}
	for _, head := range []string{"", "HTTP/1.0 200 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 200 OK\r\nDate: x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n"} {
		if _, _, err := parseHead([]byte(head)); err == nil {
			t.Errorf("%q has no error", head)
		}
	}
}
