package notify

import (
	"context"
	"errors"
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
	set, err := n.certs.Notice(ctx, f.SetID)
	if err != nil {
		return err
	}
	members, err := n.accounts.Members(ctx, set.OrganisationID)
	if err != nil {
		return err
	}
	for _, member := range members {
		err = errors.Join(err, n.toMember(ctx, f, set, member))
	}
	return err
}

func (n *Notify) toMember(ctx context.Context, f certs.Generated, set certs.Notice, member accounts.Person) error {
	letter := note{id: f.SetID + "." + member.ID, kind: f.Kind(), subject: f.SetID, to: member.Email}
	return n.send(ctx, letter, func(time.Time) (letters.Letter, error) {
		return letters.CertificatesReplaced(letters.CertificatesView{
			Home: n.home, Organisation: member.OrganisationName, When: when(set.CreatedAt), QWAC: set.QWACSerial, Seal: set.SealSerial,
		}), nil
	})
}
