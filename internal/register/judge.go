package register

import (
	"fmt"
	"slices"
	"time"

	"fairway/internal/qcert"
)

// service is what a role is in the register: the code of the EBA's data dictionary and its name.
type service struct{ code, name string }

// services map the roles of a certificate to services (Annex I of PSD2, points 5, 7 and 8). Account servicing has none.
var services = map[qcert.Role]service{
	qcert.RoleAI: {"PS_080", "account information"},
	qcert.RolePI: {"PS_070", "payment initiation"},
	qcert.RoleIC: {"PS_05A", "issuing of payment instruments"},
}

// answer judges one role. What is not decided by the register is Unknown, never Authorised.
func (f finding) answer(role qcert.Role, host string, at time.Time) Answer {
	a := Answer{Role: role, Authority: f.authority, Entities: f.entities, Snapshot: f.snapshot}
	if f.doubtful(&a) {
		return a
	}
	var providers []Entity
	for _, e := range f.entities {
		if e.Type.provider() {
			providers = append(providers, e)
		}
	}
	switch len(providers) {
	case 0:
		f.judgeOthers(&a)
	case 1:
		a.Entities = providers
		judge(&a, providers[0], host, at)
	default:
		a.Entities = providers
		a.say(Unknown, Ambiguous, "%s lists more than one entry under %s: a person must choose.", f.authority.Name, shownNumber(f.number))
	}
	return a
}

func (a *Answer) say(v Verdict, c Cause, sentence string, args ...any) {
	a.Verdict, a.Cause, a.Sentence = v, c, fmt.Sprintf(sentence, args...)
}

// doubtful answers where nothing can be looked up.
func (f finding) doubtful(a *Answer) bool {
	_, offered := services[a.Role]
	switch {
	case !f.wellFormed() || !f.authorisation:
		a.say(Unknown, NoNumber, "The certificate carries no authorisation number (PSD…): a person must find the authorisation.")
	case !f.known:
		a.say(Unknown, NoAuthority, "%s is not on the EBA’s list of authorities, which changes now and then: a person must find the authorisation.", f.named)
	case !f.imported:
		a.say(Unknown, NoRegister, "The EBA’s register has not been imported yet: a person must look at the register of %s.", f.authority.Name)
	case !offered:
		a.say(Unknown, NoService, "The register does not say who may act as %s: a person must look at the register of %s.", a.Role, f.authority.Name)
	default:
		return false
	}
	return true
}

// judgeOthers answers where no provider has the number: there is nothing, or what is there is no provider.
func (f finding) judgeOthers(a *Answer) {
	if len(f.entities) == 0 {
		a.say(NotFound, "", "%s has no entry %s in the EBA’s register of %s. Banks are not in it: a person must look at the authority’s own register.",
			f.authority.Name, shownNumber(f.number), day(f.snapshot.Date))
		return
	}
	i := max(0, slices.IndexFunc(f.entities, func(e Entity) bool { return e.Type.exempt() }))
	e := f.entities[i]
	if e.Type.exempt() {
		a.say(NotEntitled, "", "%s is %s: it has no passport and may not offer %s.", e.called(), e.Type, services[a.Role].name)
		return
	}
	a.say(NotAPSP, "", "%s is in the register as %s, which is no authorisation as a payment service provider.", e.called(), e.Type)
}

// judge answers for a provider: first whether its authorisation is in force, then whether it has the service, and where.
func judge(a *Answer, e Entity, host string, at time.Time) {
	asked := services[a.Role]
	switch state, when := standingOf(e.Dates, at); state {
	case undated:
		a.say(Unknown, Undated, "The register’s dates of authorisation of %s are missing or cannot be understood: a person must look at the register of %s.", e.called(), a.Authority.Name)
		return
	case pending:
		a.say(NotYetAuthorised, "", "The authorisation of %s begins on %s.", e.called(), day(when))
		return
	case ended:
		a.say(Withdrawn, "", "The register shows that the authorisation of %s ended on %s.", e.called(), day(when))
		return
	}
	codes, listed := e.Services[host]
	switch {
	case !e.holds(asked.code):
		a.say(NotEntitled, "", "The register does not list %s for %s in any country.", asked.name, e.called())
	case !listed:
		a.say(NotPassported, "", "%s may offer %s, but the register lists no passport to %s.", e.called(), asked.name, countryName(host))
	case !slices.Contains(codes, asked.code):
		a.say(NotEntitled, "", "The register does not list %s for %s in %s.", asked.name, e.called(), countryName(host))
	default:
		a.say(Authorised, "", "%s is %s and may offer %s in %s.", e.called(), e.Type, asked.name, countryName(host))
	}
}

// holds tells whether the institution has the service in any country. An account information service provider can have no
// other (PSD2 Article 33), whatever its entry lists.
func (e Entity) holds(code string) bool {
	if e.Type == AccountInformation && code != services[qcert.RoleAI].code {
		return false
	}
	for _, codes := range e.Services {
		if slices.Contains(codes, code) {
			return true
		}
	}
	return false
}

// standing is how an authorisation stands on a day.
type standing int

const (
	undated standing = iota
	pending
	inForce
	ended
)

// standingOf counts the changes of status up to the day of at: an odd number is in force, an even one withdrawn. when is
// the change that decides. Dates that are missing, are no dates or run backwards decide nothing.
func standingOf(dates []string, at time.Time) (state standing, when time.Time) {
	if len(dates) == 0 {
		return undated, time.Time{}
	}
	var changes []time.Time
	for i, text := range dates {
		change, err := time.Parse(time.DateOnly, text)
		if err != nil || i > 0 && change.Before(changes[i-1]) {
			return undated, time.Time{}
		}
		changes = append(changes, change)
	}
	past := 0
	for past < len(changes) && !changes[past].After(at) {
		past++
	}
	switch {
	case past == 0:
		return pending, changes[0]
	case past%2 == 0:
		return ended, changes[past-1]
	}
	return inForce, changes[past-1]
}

// called is an institution's name in a sentence: the register's texts are foreign.
func (e Entity) called() string { return qcert.DisplayText(e.Name(), 120) }

// shownNumber is a certificate's number in a sentence.
func shownNumber(number string) string { return qcert.DisplayText(number, 60) }
