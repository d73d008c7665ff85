package calls

import (
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
)

const (
	// maxFound is how many calls with one X-Request-ID the desk is shown.
	maxFound = 20
	// acceptedSearched is how many of the newest calls are searched for one that was accepted: those have no index by
	// X-Request-ID, which would cost every call.
	acceptedSearched = 20_000
)

// errNoCall is a call that nobody made, or that is older than Retention.
var errNoCall = fault.New(fault.NotFound, "call_unknown", "There is no such request in the log. Requests are kept for 30 days.")

// Sent finds calls of all organisations by their X-Request-ID, newest first and without details, for staff: any that was
// refused, and those of the newest twenty thousand that were accepted.
func (l *Log) Sent(tx db.Tx, requestID string) ([]Call, error) {
	if requestID == "" || plain(requestID) != requestID {
		return nil, nil
	}
	refused, err := refusedBy(tx, requestID, maxFound)
	if err != nil || len(refused) > 0 {
		return refused, err
	}
	return newestBy(tx, requestID, acceptedSearched, maxFound)
}

// AnyByID finds one call of whatever organisation with its details, for staff. Fault: NotFound "call_unknown".
func (l *Log) AnyByID(tx db.Tx, id int64) (Call, error) { return anyByID(tx, id) }

// FirstSuccessIn is FirstSuccess in the caller's transaction; zero where it never was.
func (l *Log) FirstSuccessIn(tx db.Tx, organisationID, environment, operation string) (time.Time, error) {
	at, _, err := firstSuccess(tx, organisationID, environment, operation)
	return at, err
}
