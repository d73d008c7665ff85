package quota

import (
	"strconv"
	"time"
)

// Policy is the header RateLimit-Policy of the limits: for each window its quota and its length in seconds
// (draft-ietf-httpapi-ratelimit-headers-08).
func (l Limits) Policy() string {
	return `"second";q=` + strconv.Itoa(l.PerSecond) + `;w=1, "day";q=` + strconv.Itoa(l.PerDay) + `;w=86400`
}

// Header is the header RateLimit of a decision: for each window what remains and in how many seconds a place gets free, rounded
// up.
func (d Decision) Header() string {
	b := make([]byte, 0, 64)
	b = append(b, `"second";r=`...)
	b = strconv.AppendInt(b, int64(d.LeftInSecond), 10)
	b = append(b, ";t="...)
	b = strconv.AppendInt(b, ceilSeconds(d.UntilSecond), 10)
	b = append(b, `, "day";r=`...)
	b = strconv.AppendInt(b, int64(d.LeftInDay), 10)
	b = append(b, ";t="...)
	b = strconv.AppendInt(b, ceilSeconds(d.UntilDay), 10)
	return string(b)
}

func ceilSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
