// Package backoffice draws the pages of the service provider's own people.
package backoffice

import "fairway/web/templates/ui"

// StartView is where a colleague begins.
type StartView struct {
	Head   ui.HeadView
	Queue  QueueCard
	Person []ui.KV
	Factor []ui.KV
	Few    string // a warning that few recovery codes are left, or ""
}

// QueueCard says how the review queue stands, with a way to each state.
type QueueCard struct {
	Tone   ui.Tone
	Status string
	Counts []ui.KV
	Href   string
}
