package notify

import (
	"context"
	"time"

	"fairway/internal/accounts"
	"fairway/web/templates/letters"
)

func (n *Notify) factorEnrolled(ctx context.Context, f accounts.FactorEnrolled) error {
	return n.aboutFactor(ctx, f.ID, f.Kind(), f.PersonID, letters.FactorEnrolled)
}

func (n *Notify) factorReset(ctx context.Context, f accounts.FactorReset) error {
	return n.aboutFactor(ctx, f.ID, f.Kind(), f.PersonID, letters.FactorReset)
}

func (n *Notify) recoveryCodeUsed(ctx context.Context, f accounts.RecoveryCodeUsed) error {
	return n.aboutFactor(ctx, f.ID, f.Kind(), f.PersonID, letters.RecoveryCodeUsed)
}

func (n *Notify) recoveryCodesReplaced(ctx context.Context, f accounts.RecoveryCodesReplaced) error {
	return n.aboutFactor(ctx, f.ID, f.Kind(), f.PersonID, letters.RecoveryCodesReplaced)
}

func (n *Notify) staffEntered(ctx context.Context, f accounts.StaffEntered) error {
	return n.aboutFactor(ctx, f.ID, f.Kind(), f.PersonID, letters.NewDevice)
}

// aboutFactor tells a person what happened to her second factor or was done with it, so that she hears of what she did
// not do.
func (n *Notify) aboutFactor(ctx context.Context, id, kind, personID string, write func(letters.AccountView) letters.Letter) error {
	person, ok, err := n.reader(ctx, personID)
	if err != nil || !ok {
		return err
	}
	return n.send(ctx, note{id, kind, person.ID, person.Email}, func(begun time.Time) (letters.Letter, error) {
		return write(letters.AccountView{Home: n.Home, Support: n.Support, When: when(begun)}), nil
	})
}
