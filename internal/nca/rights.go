package nca

import (
	"slices"

	"fairway/internal/enrolments"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/revocation"
	"fairway/internal/trustlist"
)

// Offer is a role that an approval can give.
type Offer struct {
	Role qcert.Role
	// Registered says that the register grants it; Sentence is what it says about the role.
	Registered bool
	Sentence   string
}

// Offers are the roles that an approval of the case can give, in the order of the certificates: those that both name.
func (c *Case) Offers() []Offer {
	var list []Offer
	for _, r := range providerRoles(c.Enrolment) {
		o := Offer{Role: r, Registered: c.registered(r)}
		if a, ok := c.answer(r); ok {
			o.Sentence = a.Sentence
		}
		list = append(list, o)
	}
	return list
}

// Gives are the roles that an approval with this choice gives, and those among them that the register does not grant. Nil
// chooses what it grants.
func (c *Case) Gives(chosen []qcert.Role) (rights, beside []qcert.Role) {
	for _, r := range providerRoles(c.Enrolment) {
		switch registered := c.registered(r); {
		case chosen != nil && !slices.Contains(chosen, r) || chosen == nil && !registered:
			continue
		case !registered:
			beside = append(beside, r)
		}
		rights = append(rights, r)
	}
	return rights, beside
}

func (c *Case) registered(r qcert.Role) bool {
	return c.Examination != nil && slices.Contains(c.Examination.Register.Granted, r)
}

func (c *Case) answer(r qcert.Role) (register.Answer, bool) {
	if c.Examination == nil {
		return register.Answer{}, false
	}
	return answerFor(c.Examination, r)
}

func answerFor(x *Examination, r qcert.Role) (register.Answer, bool) {
	i := slices.IndexFunc(x.Register.Answers, func(a register.Answer) bool { return a.Role == r })
	if i < 0 {
		return register.Answer{}, false
	}
	return x.Register.Answers[i], true
}

// Approvable tells why a person cannot approve on this evidence: ErrStands, ErrUnreached, ErrNoIssuer, ErrUnasked; nil where
// she can. What a person may weigh is the register, a name, a list past its date and conditions on it. That an issuer is a
// qualified provider is what the lists alone say (Regulation (EU) 910/2014, Article 22), and whether a certificate was
// revoked its issuer alone: no statement of a reviewer can stand for either.
func (x *Examination) Approvable() error {
	answered := func(r *revocation.Result) bool { return r != nil && r.Allows() }
	switch {
	case x.Worst() == qcert.LevelError:
		return ErrStands
	case x.Unreachable:
		return ErrUnreached
	case x.QWACIssuer.Verdict == trustlist.Unknown || x.QSealIssuer.Verdict == trustlist.Unknown:
		return ErrNoIssuer
	case !answered(x.QWACStatus) || !answered(x.QSealStatus):
		return ErrUnasked
	}
	return nil
}

// takenBack are the roles that rest on the register and that it does not grant any more, with what it says. Where no
// register is held it says nothing. What a person gave beside the register is hers to take back.
func takenBack(e *enrolments.Enrolment, x *Examination) (lost []qcert.Role, sentences []string) {
	for _, r := range e.Rights {
		a, asked := answerFor(x, r)
		if !asked || a.Verdict == register.Authorised || a.Cause == register.NoRegister || slices.Contains(e.Beside, r) {
			continue
		}
		lost = append(lost, r)
		sentences = append(sentences, "The register of your authority no longer grants "+string(r)+": "+a.Sentence)
	}
	return lost, sentences
}
