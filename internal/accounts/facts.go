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

// FactorEnrolled is told when an authenticator app was set up, in the place of a former one or not.
type FactorEnrolled struct{ ID, PersonID string }

// Kind names the fact.
func (FactorEnrolled) Kind() string { return "accounts.factor_enrolled" }

// FactorReset is told when the operator took the second factor from somebody who lost it.
type FactorReset struct{ ID, PersonID string }

// Kind names the fact.
func (FactorReset) Kind() string { return "accounts.factor_reset" }

// RecoveryCodeUsed is told when somebody proved the second factor with a recovery code.
type RecoveryCodeUsed struct{ ID, PersonID string }

// Kind names the fact.
func (RecoveryCodeUsed) Kind() string { return "accounts.recovery_code_used" }

// StaffEntered is told when somebody of the staff signed in with a device that she did not use before.
type StaffEntered struct{ ID, PersonID string }

// Kind names the fact.
func (StaffEntered) Kind() string { return "accounts.staff_entered" }

// RecoveryCodesReplaced is told when new recovery codes took the place of the old ones.
type RecoveryCodesReplaced struct{ ID, PersonID string }

// Kind names the fact.
func (RecoveryCodesReplaced) Kind() string { return "accounts.recovery_codes_replaced" }

// PasswordChanged is told when a password was replaced.
type PasswordChanged struct{ ID, PersonID string }

// Kind names the fact.
func (PasswordChanged) Kind() string { return "accounts.password_changed" }

// OrganisationSuspended is told when staff suspended an organisation. The reason stands beside it.
type OrganisationSuspended struct{ ID, OrganisationID string }

// Kind names the fact.
func (OrganisationSuspended) Kind() string { return "accounts.organisation_suspended" }

// OrganisationRestored is told when staff let a suspended organisation go on.
type OrganisationRestored struct{ ID, OrganisationID string }

// Kind names the fact.
func (OrganisationRestored) Kind() string { return "accounts.organisation_restored" }
