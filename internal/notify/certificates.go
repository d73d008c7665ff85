package notify

import (
	"context"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/certs"
	"fairway/web/templates/letters"
)

// certificatesReplaced writes to everybody in the organisation whose former set has ended.
func (n *Notify) certificatesReplaced(ctx context.Context, f certs.Generated) error {
	if f.Replaced == "" {
		return nil
	}
	set, err := n.Certs.Notice(ctx, f.SetID)
	if err != nil {
		return err
	}
	about := note{id: f.SetID, kind: f.Kind(), subject: f.SetID}
	return n.toMembers(ctx, set.OrganisationID, about, func(member accounts.Person, _ time.Time) letters.Letter {
		return letters.CertificatesReplaced(letters.CertificatesView{
			Home: n.Home, Support: n.Support, Organisation: member.OrganisationName, When: when(set.CreatedAt), QWAC: set.QWACSerial, Seal: set.SealSerial,
		})
	})
}
