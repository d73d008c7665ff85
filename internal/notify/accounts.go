package notify

import (
	"context"
	"time"

	"fairway/internal/accounts"
	"fairway/web/templates/letters"
)

func (n *Notify) confirmAddress(ctx context.Context, f accounts.SignedUp) error {
	person, ok, err := n.reader(ctx, f.PersonID)
	if err != nil || !ok || person.Verified {
		return err
	}
	return n.send(ctx, note{f.ID, f.Kind(), person.ID, person.Email}, func(time.Time) (letters.Letter, error) {
		token, err := n.Accounts.Mint(ctx, accounts.ForVerify, person.ID, f.LinkID)
		return letters.ConfirmAddress(letters.AccountView{Home: n.Home, Support: n.Support, Href: n.Home + "/verify/" + token.Reveal()}), err
	})
}

func (n *Notify) addressTaken(ctx context.Context, f accounts.SignedUpAgain) error {
	person, ok, err := n.reader(ctx, f.PersonID)
	if err != nil || !ok {
		return err
	}
	return n.send(ctx, note{f.ID, f.Kind(), person.ID, person.Email}, func(time.Time) (letters.Letter, error) {
		return letters.AddressTaken(letters.AccountView{Home: n.Home, Support: n.Support}), nil
	})
}

func (n *Notify) newPassword(ctx context.Context, f accounts.ResetRequested) error {
	person, ok, err := n.reader(ctx, f.PersonID)
	if err != nil || !ok {
		return err
	}
	return n.send(ctx, note{f.ID, f.Kind(), person.ID, person.Email}, func(time.Time) (letters.Letter, error) {
		token, err := n.Accounts.Mint(ctx, accounts.ForReset, person.ID, f.LinkID)
		return letters.NewPassword(letters.AccountView{Home: n.Home, Support: n.Support, Href: n.Home + "/reset/" + token.Reveal()}), err
	})
}

func (n *Notify) passwordChanged(ctx context.Context, f accounts.PasswordChanged) error {
	person, ok, err := n.reader(ctx, f.PersonID)
	if err != nil || !ok {
		return err
	}
	return n.send(ctx, note{f.ID, f.Kind(), person.ID, person.Email}, func(begun time.Time) (letters.Letter, error) {
		return letters.PasswordChanged(letters.AccountView{Home: n.Home, Support: n.Support, When: when(begun)}), nil
	})
}
