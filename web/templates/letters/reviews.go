package letters

// ReviewsView is what the letter to administrators says about the queue.
type ReviewsView struct {
	Home string
	// Next is the day on which the first decision is due.
	Next    string
	Waiting []string // one line for each submission
	More    string   // what the list leaves out, in a sentence; empty where it is whole
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
		Contact: "Questions? The documentation at " + v.Home + "/docs says whom to ask.",
		Why:     "You get this letter because you are an administrator at " + v.Home + ".",
	}
}
