package notebook

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

const (
	maxName = 80
	maxNote = 500
	// MostSaved is how many requests an organisation saves in an environment.
	MostSaved = 200
)

var (
	// ErrNotSaved is a saved request that does not exist, or not for this organisation.
	ErrNotSaved = fault.New(fault.NotFound, "saved_unknown", "Your organisation has no such saved request. Somebody may have deleted it.")
	// ErrFull is one saved request too many.
	ErrFull = fault.Form(fault.Field{Name: "name", Message: "Your organisation has saved 200 requests, which is the most. Delete one that nobody needs, then save again."})
	// ErrLarge is a request whose fields and body are too large to be saved.
	ErrLarge  = fault.Form(fault.Field{Name: "name", Message: "The request is larger than 96 kB, which is the most that can be saved."})
	errNamed  = fault.Form(fault.Field{Name: "name", Message: "Your organisation has saved a request under this name. Choose another one."})
	errNoName = fault.Field{Name: "name", Message: "Enter a name of at most 80 characters on one line."}
	errNote   = fault.Field{Name: "note", Message: "Shorten the note to 500 characters of plain text."}
)

// Label is what people write on a saved request: a name, unique in the organisation whatever its letter case, and a note.
type Label struct {
	Name string `form:"name"`
	Note string `form:"note"`
}

// Saved is a request that an organisation keeps under a name, for everybody in it.
type Saved struct {
	ID string
	Label
	Brand, Operation string
	Form             Form
	// By is the person who saved it or gave it its name, At when.
	By string
	At time.Time
}

// Checked is the label without blanks around it. The fault is that of a form, at name and note.
func (l Label) Checked() (Label, error) {
	l.Name, l.Note = strings.TrimSpace(l.Name), strings.TrimSpace(strings.ReplaceAll(l.Note, "\r\n", "\n"))
	var wrong []fault.Field
	if l.Name == "" || utf8.RuneCountInString(l.Name) > maxName || !plain(l.Name, "") {
		wrong = append(wrong, errNoName)
	}
	if utf8.RuneCountInString(l.Note) > maxNote || !plain(l.Note, "\n") {
		wrong = append(wrong, errNote)
	}
	if len(wrong) > 0 {
		return l, fault.Form(wrong...)
	}
	return l, nil
}

// plain reports whether a text can be shown as it is: no control characters but the given ones.
func plain(text, allowed string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) && !strings.ContainsRune(allowed, r)
	})
}

func (l Label) key() string { return strings.ToLower(l.Name) }

// Save keeps a request under a name; id, person and time are set here. Faults: that of a form at name and note, ErrFull,
// ErrLarge, accounts.ErrSuspended.
func (n *Notebook) Save(ctx context.Context, o Owner, s Saved) (Saved, error) {
	var err error
	if s.Label, err = s.Checked(); err != nil {
		return s, err
	}
	form, err := json.Marshal(s.Form)
	if err != nil {
		return s, fmt.Errorf("encode a saved request: %w", err)
	}
	if len(form) > maxSavedForm {
		return s, ErrLarge
	}
	s.ID, s.By = secret.ID("saved"), o.PersonID
	return s, n.db.InTx(ctx, func(tx db.Tx) error {
		if err := accounts.Standing(tx, o.OrganisationID); err != nil {
			return err
		}
		s.At = tx.Now
		saved, err := countSaved(tx, o)
		if err != nil {
			return err
		}
		if saved >= MostSaved {
			return ErrFull
		}
		done, err := insertSaved(tx, o, s, string(form))
		if err == nil && !done {
			return errNamed
		}
		return err
	})
}

// Rename gives a saved request another name and note. Faults: that of a form at name and note, ErrNotSaved,
// accounts.ErrSuspended.
func (n *Notebook) Rename(ctx context.Context, o Owner, id string, l Label) error {
	l, err := l.Checked()
	if err != nil {
		return err
	}
	return n.db.InTx(ctx, func(tx db.Tx) error {
		if err := accounts.Standing(tx, o.OrganisationID); err != nil {
			return err
		}
		if _, err := savedByID(tx, o, id); err != nil {
			return err
		}
		if taken, err := nameTaken(tx, o, id, l.key()); err != nil || taken {
			return orNamed(err)
		}
		return renameSaved(tx, o, id, l)
	})
}

func orNamed(err error) error {
	if err != nil {
		return err
	}
	return errNamed
}

// Delete removes a saved request. Fault: ErrNotSaved.
func (n *Notebook) Delete(ctx context.Context, o Owner, id string) error {
	return n.db.InTx(ctx, func(tx db.Tx) error {
		done, err := deleteSaved(tx, o, id)
		if err == nil && !done {
			return ErrNotSaved
		}
		return err
	})
}

// Saved lists the saved requests of the organisation by their names.
func (n *Notebook) Saved(ctx context.Context, o Owner) ([]Saved, error) {
	list, err := savedOf(n.db.Reader(ctx), o)
	return list, n.db.Fault(ctx, err)
}

// SavedByID is one of them, else ErrNotSaved.
func (n *Notebook) SavedByID(ctx context.Context, o Owner, id string) (Saved, error) {
	s, err := savedByID(n.db.Reader(ctx), o, id)
	return s, n.db.Fault(ctx, err)
}
