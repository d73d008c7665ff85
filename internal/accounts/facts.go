package accounts

// The facts that this package tells. Each carries an id of its own, by which a letter that is written twice is
// recognised, and never an address: who reads one looks the person up.

// SignedUp is told when an address waits to be confirmed, after a sign-up or when the letter is asked for again.
type SignedUp struct{ ID, PersonID, LinkID string }

// Kind names the fact.
func (SignedUp) Kind() string { return "accounts.signed_up" }

// SignedUpAgain is told when somebody signs up with an address that has an account.
type SignedUpAgain struct{ ID, PersonID string }

// Kind names the fact.
func (SignedUpAgain) Kind() string { return "accounts.signed_up_again" }

// ResetRequested is told when a new password is asked for. The person may be unknown; then nothing follows.
type ResetRequested struct{ ID, PersonID, LinkID string }

// Kind names the fact.
func (ResetRequested) Kind() string { return "accounts.reset_requested" }

// PasswordChanged is told when a password was replaced.
type PasswordChanged struct{ ID, PersonID string }

// Kind names the fact.
func (PasswordChanged) Kind() string { return "accounts.password_changed" }
