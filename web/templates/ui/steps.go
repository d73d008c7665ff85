package ui

// TaskView is one step of a task list. Its action follows as children.
type TaskView struct {
	State       State
	Title, Text string
	Href        string // where a finished step can be looked at again
	Status      string // the word of a step that is not Now: "Completed", "Cannot start yet"
}

// ProgressView is how much of something is done. Text says it in words: "3 of 6 steps done".
type ProgressView struct {
	ID, Text   string
	Value, Max int
	Tone       Tone // Warn when a limit is near
}

// StepView is one step of a Stepper.
type StepView struct {
	State State
	Text  string
	Href  string
}

// EventView is one point of a Timeline. More may follow as children.
type EventView struct {
	State         State
	Title, Text   string
	TimeISO, Time string
}

func (v TaskView) status() string {
	if v.Status != "" {
		return v.Status
	}
	switch v.State {
	case Done:
		return "Completed"
	case Locked:
		return "Cannot start yet"
	case Failed:
		return "Failed"
	}
	return ""
}

func (v TaskView) tone() Tone {
	switch v.State {
	case Failed:
		return Bad
	case Done:
		return OK
	}
	return Plain
}

func stepSpoken(s State) string {
	switch s {
	case Done:
		return "Completed: "
	case Failed:
		return "Failed: "
	}
	return ""
}

func current(s State) string { return when(s == Now, "step") }
