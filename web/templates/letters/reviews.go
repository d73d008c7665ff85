package letters

// ReviewsView is what the letter to administrators says about the queue.
type ReviewsView struct {
	Home    string
	Support string // where to ask
	// Next is the day on which the first decision is due.
	Next    string
	Waiting []string // one line for each submission
	More    string   // what the list leaves out, in a sentence; empty where it is whole
}

// ApprovalSuspended tells administrators that an approval has ended without a person's decision.
func ApprovalSuspended(v LiveView) Letter {
	return v.toAdministrator(Letter{
		Subject: "An approval for Live was suspended",
		Preview: "A source ended it; the letter says which.",
		Parts: []Part{
			{Text: "An organisation’s certificates are suspended from Live, because of what the sources said when they were asked again:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Suspended on", v.Decided}, {"Organisation", v.Organisation}}},
			{Text: "The organisation was told. Nothing has to be done here; the evidence is on the review screen."},
		},
	})
}

// ApprovalNarrowed tells administrators that the register took a role from an approval without a person's decision.
func ApprovalNarrowed(v LiveView) Letter {
	return v.toAdministrator(Letter{
		Subject: "An approval for Live lost a role",
		Preview: "The register took it back; the letter says which.",
		Parts: []Part{
			{Text: "An organisation’s certificates stay approved for Live with fewer roles, because of what the register said when it was asked again:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Since", v.Decided}, {"Roles that are left", v.Roles}, {"Organisation", v.Organisation}}},
			{Text: "The organisation was told. The role does not come back by itself, also where the register lists it again: that takes a decision. The evidence is on the review screen."},
		},
	})
}

// ApprovalDoubted tells administrators that nobody vouches any more for something that an approval rests on.
func ApprovalDoubted(v DoubtView) Letter {
	parts := []Part{
		{Text: v.What},
		{Facts: []Fact{{"Since", v.Decided}, {"Organisation", v.Organisation}}},
	}
	if v.Ends != "" {
		parts = append(parts, Part{Text: "The approval still counts. If it stays so, it is suspended on " + v.Ends + "."})
	} else {
		parts = append(parts, Part{Text: "The approval still counts, until a person decides otherwise."})
	}
	return v.toAdministrator(Letter{
		Subject: "An approval for Live is in doubt",
		Preview: "It still counts; the letter says what to look at.",
		Parts:   append(parts, Part{Text: v.Do + " You are told this once; the evidence is on the review screen."}),
	})
}

// DoubtView is what the letter about a doubt says.
type DoubtView struct {
	LiveView
	// What is the doubt, Do what mends it, each in sentences. Ends is when the approval is suspended; empty where it is not.
	What, Do, Ends string
}

func (v LiveView) toAdministrator(l Letter) Letter {
	l.Greeting, l.Reference = "Hello,", v.Reference
	l.Parts = append(l.Parts, Part{Link: Link{Text: "Open the evidence", Href: v.Home + "/admin/reviews/" + v.Reference}})
	l.Contact = ask(v.Support)
	l.Why = "You get this letter because you are an administrator at " + v.Home + "."
	return l
}

// ReviewsWaiting reminds administrators of what waits for their decision.
func ReviewsWaiting(v ReviewsView) Letter {
	parts := []Part{
		{Text: "These submissions for Live wait for a decision, the ones that are due first at the top:"},
		{List: v.Waiting},
	}
	if v.More != "" {
		parts = append(parts, Part{Text: v.More})
	}
	return Letter{
		Subject:  "Submissions for Live wait for a decision",
		Preview:  "The first is due by the end of " + v.Next + ".",
		Greeting: "Hello,",
		Parts: append(parts,
			Part{Text: "The organisations were told these dates. When a last afternoon begins without a decision, we tell the organisation that it may be late."},
			Part{Link: Link{Text: "Open the review queue", Href: v.Home + "/admin/reviews"}}),
		Contact: ask(v.Support),
		Why:     "You get this letter because you are an administrator at " + v.Home + ".",
	}
}
