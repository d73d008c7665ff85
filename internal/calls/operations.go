package calls

import (
	"context"
	"time"
)

// MostCounted is how many calls of an organisation are counted at most.
const MostCounted = 10_000

// ByOperation is how many calls of an organisation each operation had since an instant, in both environments. Of more than
// MostCounted calls the newest are counted.
func (l *Log) ByOperation(ctx context.Context, organisationID string, since time.Time) (map[string]int, error) {
	counts, err := countByOperation(l.db.Reader(ctx), organisationID, since.UnixMicro()<<idBits, MostCounted)
	return counts, l.db.Fault(ctx, err)
}
