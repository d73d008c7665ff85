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
	return Letter{
		Subject:   "An approval for Live was suspended",
		Preview:   "A source ended it; the letter says which.",
		Greeting:  "Hello,",
		Reference: v.Reference,
		Parts: []Part{
			{Text: "An organisation's certificates are suspended from Live, because of what the sources said when they were asked again:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Suspended on", v.Decided}, {"Organisation", v.Organisation}}},
			{Text: "The organisation was told. Nothing has to be done here; the evidence is on the review screen."},
			{Link: Link{Text: "Open the evidence", Href: v.Home + "/admin/reviews/" + v.Reference}},
		},
		Contact: ask(v.Support),
		Why:     "You get this letter because you are an administrator at " + v.Home + ".",
	}
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
