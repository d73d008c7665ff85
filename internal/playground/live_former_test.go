package playground_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/audit"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// renewed is a member whose former pair goes on beside the approved one, and the address that ends it.
func renewed(t *testing.T) (m *member, former string) {
	t.Helper()
	m = newDesk(t).member("Revontuli Oy")
	first := m.approved()
	m.clock.Advance(time.Minute)
	m.granted(qcert.RoleAI)
	return m, live + "/former/" + first.ID + "/end"
}

func (m *member) pairs() int {
	m.t.Helper()
	return len(must(m.enrolments.AdmittedOf(m.t.Context(), m.org))(m.t))
}

func TestAFormerPairGoesOnUntilItIsEnded(t *testing.T) {
	t.Parallel()
	m, former := renewed(t)
	stranger := m.member("Other Oy")

	page := m.mustGet(live)
	ask := m.mustGet(former)
	foreign, forced := stranger.get(former), stranger.post(former)
	before := m.pairs()
	done := m.post(former)
	after := m.mustGet(live)
	twice, asked := m.post(former), m.get(former)

	if !page.says("go on beside the approved ones until 21 Dec 2026") || !page.says("End the former pair now") || !ask.says("There is no way back.") {
		t.Error("the page does not say until when the former pair goes on")
	}
	if foreign.status != http.StatusNotFound || forced.status != http.StatusNotFound || before != 2 {
		t.Errorf("another organisation: %d and %d, %d pairs", foreign.status, forced.status, before)
	}
	if done.to() != live || m.pairs() != 1 || after.says("End the former pair now") || !after.says("The former pair has ended.") {
		t.Errorf("%d to %s, %d pairs", done.status, done.to(), m.pairs())
	}
	if twice.to() != live || asked.to() != live || !m.mustGet(live).says("That pair had ended already.") {
		t.Errorf("ended twice: %d to %s", twice.status, twice.to())
	}
	trail := must(audit.New(m.db, testkit.Log(t)).List(t.Context(), audit.Filter{Organisation: m.org, Act: "enrolments.overlap_ended"}))(t)
	if len(trail.Lines) != 1 || trail.Lines[0].Actor != m.person || !strings.Contains(trail.Lines[0].Detail["reason"], "The organisation ended it") {
		t.Errorf("the trail has %+v", trail)
	}
}

func TestAFormerPairThatHasEndedIsNotOffered(t *testing.T) {
	t.Parallel()
	m, former := renewed(t)
	m.mustGet(live)

	m.clock.Advance(31 * 24 * time.Hour)
	m.again()

	if page := m.mustGet(live); page.says("End the former pair now") {
		t.Error("a pair that is over can be ended")
	}
	if a := m.get(former); a.to() != live {
		t.Errorf("%d", a.status)
	}
}
