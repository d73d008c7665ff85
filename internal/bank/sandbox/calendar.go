package sandbox

import "time"

const secondsPerDay = 24 * 60 * 60

// day counts days since 1 January 1970. The sandbox bank's days begin at midnight UTC.
type day int32

// month counts months since January of the year 0.
type month int32

func dayOf(t time.Time) day {
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= secondsPerDay - 1
	}
	return day(seconds / secondsPerDay)
}

func dayIn(m month, dayOfMonth int) day {
	return dayOf(time.Date(int(m/12), time.Month(m%12)+1, dayOfMonth, 0, 0, 0, 0, time.UTC))
}

func (d day) start() int64    { return int64(d) * secondsPerDay }
func (d day) time() time.Time { return time.Unix(d.start(), 0).UTC() }
func (d day) iso() string     { return d.time().Format(time.DateOnly) }

// weekday is 0 on Mondays.
func (d day) weekday() int64 { return ((int64(d)+3)%7 + 7) % 7 }

// week is the same number from Monday to Sunday.
func (d day) week() int64 { return (int64(d) + 3 - d.weekday()) / 7 }

func (d day) monthAndDay() (month, int) {
	y, m, dom := d.time().Date()
	return month(y*12 + int(m) - 1), dom
}

func (m month) iso() string { return dayIn(m, 1).time().Format("2006-01") }
