package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"fairway/bench/load"
	"fairway/bench/proc"
)

// maxOthers is the share of the machine that others may use while a round is measured; above it the round is repeated.
const maxOthers = 0.10

// subject is a server under measurement.
type subject struct {
	name  string
	pid   int
	trees []int // processes that work for it, with their children: the database
}

// time is the processor time that the subject has had.
func (s subject) time() (time.Duration, error) {
	sum, err := proc.Time(s.pid)
	for _, pid := range s.trees {
		more, treeErr := proc.TreeTime(pid)
		sum, err = sum+more, errors.Join(err, treeErr)
	}
	return sum, err
}

// sample is one measurement of one subject.
type sample struct {
	load.Result
	// CPU is the subject's processor time for one answer; Client is ours.
	CPU, Client time.Duration
	// Others is the share of the machine that neither the subject nor we used.
	Others float64
}

// watch measures what run costs the subject.
func (s subject) watch(run func() (load.Result, error)) (sample, error) {
	before, err := s.readings()
	if err != nil {
		return sample{}, err
	}
	result, err := run()
	if err != nil {
		return sample{}, fmt.Errorf("measure %s: %w", s.name, err)
	}
	after, err := s.readings()
	if err != nil {
		return sample{}, err
	}
	out := sample{Result: result}
	server, client := after.server-before.server, after.client-before.client
	if n := time.Duration(result.Answers()); n > 0 {
		out.CPU, out.Client = server/n, client/n
	}
	if total := after.machine.Total - before.machine.Total; total > 0 {
		others := after.machine.Busy - before.machine.Busy - server - client
		out.Others = max(0, float64(others)/float64(total))
	}
	return out, nil
}

type readings struct {
	server, client time.Duration
	machine        proc.Machine
}

func (s subject) readings() (r readings, err error) {
	if r.server, err = s.time(); err != nil {
		return r, err
	}
	if r.client, err = proc.Time(os.Getpid()); err != nil {
		return r, err
	}
	r.machine, err = proc.ReadMachine()
	return r, err
}

// contender is a subject and what is done to it in each round.
type contender struct {
	subject
	run func() (load.Result, error)
}

// interleave measures contenders in turns and sums up each. A round in which others used the machine is repeated, while
// patience lasts.
func interleave(ctx context.Context, rounds, patience int, contenders ...contender) ([]summary, error) {
	taken := make([][]sample, len(contenders))
	for done := 0; done < rounds; {
		round := make([]sample, len(contenders))
		for i, c := range contenders {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			s, err := c.watch(c.run)
			if err != nil {
				return nil, err
			}
			round[i] = s
		}
		if patience > 0 && disturbed(round) {
			patience--
			continue
		}
		for i, s := range round {
			taken[i] = append(taken[i], s)
		}
		done++
	}
	sums := make([]summary, len(contenders))
	for i, c := range contenders {
		sums[i] = sum(c.name, taken[i])
	}
	return sums, nil
}

// disturbed tells whether others used the machine while a round was measured.
func disturbed(round []sample) bool {
	return slices.ContainsFunc(round, func(s sample) bool { return s.Others > maxOthers })
}

// summary is the medians of several samples. Times are in microseconds.
type summary struct {
	Name   string      `json:"name"`
	Rounds int         `json:"rounds"`
	Rate   float64     `json:"requests_per_second"`
	CPU    float64     `json:"cpu_us"`
	Client float64     `json:"client_cpu_us"`
	P50    float64     `json:"p50_us"`
	P95    float64     `json:"p95_us"`
	P99    float64     `json:"p99_us"`
	Others float64     `json:"most_of_the_machine_used_by_others"`
	Status map[int]int `json:"answers_by_status"`
}

func sum(name string, samples []sample) summary {
	s := summary{Name: name, Rounds: len(samples), Status: map[int]int{}}
	pick := func(value func(sample) float64) float64 {
		values := make([]float64, len(samples))
		for i, one := range samples {
			values[i] = value(one)
		}
		return load.Median(values)
	}
	s.Rate = pick(func(x sample) float64 { return x.Rate() })
	s.CPU = pick(func(x sample) float64 { return micros(x.CPU) })
	s.Client = pick(func(x sample) float64 { return micros(x.Client) })
	s.P50 = pick(func(x sample) float64 { return micros(x.Percentile(50)) })
	s.P95 = pick(func(x sample) float64 { return micros(x.Percentile(95)) })
	s.P99 = pick(func(x sample) float64 { return micros(x.Percentile(99)) })
	for _, x := range samples {
		s.Others = max(s.Others, x.Others)
		for status, n := range x.Status {
			s.Status[status] += n
		}
	}
	return s
}

// all reports an error where answers of another status than the given ones came.
func (s summary) all(statuses ...int) error {
	rest := 0
	for _, n := range s.Status {
		rest += n
	}
	for _, status := range statuses {
		rest -= s.Status[status]
	}
	if rest != 0 {
		return fmt.Errorf("%s gave %d other answers: %v", s.Name, rest, s.Status)
	}
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
