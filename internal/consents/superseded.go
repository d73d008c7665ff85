package consents

import "context"

// Superseded lists the consents that ended because the customer authorised this one (6.3.1.1), oldest first. A consent
// that the owner does not have has superseded none.
func (c *Consents) Superseded(ctx context.Context, owner Owner, id string) ([]*Consent, error) {
	former, err := supersededBy(c.db.Reader(ctx), owner, id)
	return former, c.db.Fault(ctx, err)
}
