// Package audit owns the append-only trail of who did what to which object, written in the transaction of
// the deed: without its row there is no deed.
package audit

import (
	"encoding/json"
	"fmt"
	"regexp"

	"fairway/internal/db"
)

// Entry is one deed. Detail holds names and ids, never secrets or personal data.
type Entry struct {
	// Actor is the id of the person, or "system", or "command" for the command line.
	Actor string
	// Organisation is the id of the organisation it concerns; empty where it concerns none.
	Organisation string
	// Act is past tense and names its package, as in "apps.created".
	Act string
	// Object is the id of what was acted upon.
	Object string
	// Detail are a few facts worth keeping.
	Detail map[string]string
}

var actForm = regexp.MustCompile(`^[a-z]+\.[A-Za-z_]+$`)

// Write adds the entry to the trail in the caller's transaction. An entry that does not say who did what to which is
// refused, and with it the deed.
func Write(tx db.Tx, e Entry) error {
	if e.Actor == "" || e.Object == "" || !actForm.MatchString(e.Act) {
		return fmt.Errorf("write the audit trail: the entry %q by %q on %q says too little", e.Act, e.Actor, e.Object)
	}
	detail := []byte("{}")
	if len(e.Detail) > 0 {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("encode audit detail: %w", err)
		}
	}
	return insert(tx, e, string(detail))
}
