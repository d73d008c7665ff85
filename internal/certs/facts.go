package certs

// Generated is told when a set was made. Replaced names the set whose end it was; empty for the first one.
type Generated struct {
	SetID    string `json:"set_id"`
	Replaced string `json:"replaced,omitempty"`
}

// Kind is the fact's stable name.
func (Generated) Kind() string { return "certs.generated" }
