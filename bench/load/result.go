package load

import (
	"math"
	"slices"
	"time"
)

// Result is what one measurement saw.
type Result struct {
	Elapsed time.Duration
	// Status counts the answers by their status.
	Status map[int]int

	took []time.Duration // sorted once it is joined
}

func join(parts []Result, elapsed time.Duration) Result {
	r := Result{Elapsed: elapsed, Status: map[int]int{}}
	for _, p := range parts {
		for status, n := range p.Status {
			r.Status[status] += n
		}
		r.took = append(r.took, p.took...)
	}
	slices.Sort(r.took)
	return r
}

// Answers is how many answers came.
func (r Result) Answers() int { return len(r.took) }

// Rate is the answers a second.
func (r Result) Rate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(len(r.took)) / r.Elapsed.Seconds()
}

// Share is the part of the answers that had a status, from 0 to 1.
func (r Result) Share(status int) float64 {
	if len(r.took) == 0 {
		return 0
	}
	return float64(r.Status[status]) / float64(len(r.took))
}

// Percentile is the time that p percent of the answers took at most (the nearest rank); zero without answers.
func (r Result) Percentile(p float64) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(r.took))))
	return r.took[min(max(rank, 1), len(r.took))-1]
}

// Median is the middle of some values, the mean of the two middle ones where there is no single one, and zero of none.
func Median[N ~int64 | ~float64](values []N) N {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
