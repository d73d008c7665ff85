// Package proc reads what Linux tells about processes in /proc: processor time, memory, and how busy the machine is.
package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of processor times in /proc: Linux shows a hundredth of a second to programs on every architecture
// that Go knows.
const tick = 10 * time.Millisecond

// Usage is the processor time that a process and its children that ended have had.
type Usage struct {
	Parent  int
	Own     time.Duration
	Waited  time.Duration // of children that ended
	Command string
}

// Read finds the usage of one process.
func Read(pid int) (Usage, error) {
	text, err := os.ReadFile(file(pid, "stat"))
	if err != nil {
		return Usage{}, err
	}
	return parseStat(text)
}

// parseStat reads a line of /proc/PID/stat. The command stands in brackets and may hold blanks and brackets itself, so
// the numbers begin behind the last one (proc(5)).
func parseStat(text []byte) (Usage, error) {
	open, shut := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || shut < open {
		return Usage{}, errors.New("read /proc stat: no command in brackets")
	}
	fields := strings.Fields(string(text[shut+1:]))
	const parent, userTime, count = 1, 11, 15
	if len(fields) < count {
		return Usage{}, fmt.Errorf("read /proc stat: %d fields behind the command", len(fields))
	}
	u := Usage{Command: string(text[open+1 : shut])}
	var err error
	if u.Parent, err = strconv.Atoi(fields[parent]); err != nil {
		return Usage{}, fmt.Errorf("read /proc stat: %w", err)
	}
	var times [4]int64
	for i := range times {
		if times[i], err = strconv.ParseInt(fields[userTime+i], 10, 64); err != nil {
			return Usage{}, fmt.Errorf("read /proc stat: %w", err)
		}
	}
	u.Own, u.Waited = time.Duration(times[0]+times[1])*tick, time.Duration(times[2]+times[3])*tick
	return u, nil
}

// Time is the processor time of a process alone.
func Time(pid int) (time.Duration, error) {
	u, err := Read(pid)
	return u.Own, err
}

// TreeTime is the processor time of a process with its children, those that ended included. It is for servers such as
// PostgreSQL, whose children have no children.
func TreeTime(pid int) (time.Duration, error) {
	u, err := Read(pid)
	if err != nil {
		return 0, err
	}
	sum := u.Own + u.Waited
	folders, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, name := range folders {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it ended since the list was made
		}
		if child, err := parseStat(text); err == nil && child.Parent == pid {
			sum += child.Own
		}
	}
	return sum, nil
}

// Memory is what a process holds of the machine's memory, in bytes.
type Memory struct {
	// Now and Most are the resident set and the largest that it was.
	Now, Most int64
}

// MemoryOf finds the memory of one process.
func MemoryOf(pid int) (Memory, error) {
	text, err := os.ReadFile(file(pid, "status"))
	if err != nil {
		return Memory{}, err
	}
	return parseStatus(string(text))
}

func parseStatus(text string) (Memory, error) {
	var m Memory
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		var to *int64
		switch name {
		case "VmRSS":
			to = &m.Now
		case "VmHWM":
			to = &m.Most
		default:
			continue
		}
		kib, unit, _ := strings.Cut(strings.TrimSpace(value), " ")
		n, err := strconv.ParseInt(kib, 10, 64)
		if err != nil || unit != "kB" {
			return Memory{}, fmt.Errorf("read /proc status: %q is no amount of memory", strings.TrimSpace(line))
		}
		*to = n << 10
	}
	if m.Now == 0 {
		return Memory{}, errors.New("read /proc status: the process holds no memory")
	}
	return m, nil
}

// Machine is the processor time of the whole machine since it started.
type Machine struct {
	Busy, Total time.Duration
}

// ReadMachine reads the times of all processors.
func ReadMachine() (Machine, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return Machine{}, err
	}
	return parseMachine(string(text))
}

// parseMachine reads the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; what follows
// is counted in user and nice already.
func parseMachine(text string) (Machine, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	const idle, iowait, counted = 3, 4, 8
	if len(fields) < counted+1 || fields[0] != "cpu" {
		return Machine{}, errors.New("read /proc/stat: it does not begin with the times of all processors")
	}
	var m Machine
	for i := range counted {
		n, err := strconv.ParseInt(fields[i+1], 10, 64)
		if err != nil {
			return Machine{}, fmt.Errorf("read /proc/stat: %w", err)
		}
		m.Total += time.Duration(n) * tick
		if i != idle && i != iowait {
			m.Busy += time.Duration(n) * tick
		}
	}
	return m, nil
}

func file(pid int, name string) string { return "/proc/" + strconv.Itoa(pid) + "/" + name }
