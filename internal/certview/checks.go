package certview

import (
	"fmt"

	"fairway/internal/messagecode"
	"fairway/internal/qcert"
	"fairway/web/templates/ui"
)

// Checks shows a check list: first what failed, then what is worth a look, then what is good to know, then what passed.
func Checks(id string, lines []qcert.Check) ui.RulesView {
	v := ui.RulesView{ID: id}
	for _, level := range []string{qcert.LevelError, qcert.LevelWarning, qcert.LevelNote, qcert.LevelPassed} {
		for _, c := range lines {
			if c.Level != level {
				continue
			}
			if level == qcert.LevelPassed {
				v.Passed = append(v.Passed, line(id, c))
			} else {
				v.Open = append(v.Open, line(id, c))
			}
		}
	}
	return v
}

func line(id string, c qcert.Check) ui.RuleView {
	v := ui.RuleView{ID: id + "-" + c.ID, Tone: Tone(c.Level), Title: c.Title, Rule: c.Rule, Expected: c.Expected, Found: c.Found}
	for _, f := range c.Findings {
		note := ui.RuleNote{Code: f.Code, Text: f.Text}
		if _, ok := messagecode.Find(f.Code); ok {
			note.Href = messagecode.Path(f.Code)
		}
		v.Notes = append(v.Notes, note)
	}
	return v
}

// Tone is the tone of a level.
func Tone(level string) ui.Tone {
	switch level {
	case qcert.LevelError:
		return ui.Bad
	case qcert.LevelWarning:
		return ui.Warn
	case qcert.LevelNote:
		return ui.Note
	}
	return ui.OK
}

// Summary says in a few words how check lists stand: "2 of 18 checks failed, 1 to look at".
func Summary(lists ...[]qcert.Check) (ui.Tone, string) {
	all, failed, warned := 0, 0, 0
	for _, lines := range lists {
		for _, c := range lines {
			all++
			switch c.Level {
			case qcert.LevelError:
				failed++
			case qcert.LevelWarning:
				warned++
			}
		}
	}
	switch {
	case failed > 0 && warned > 0:
		return ui.Bad, fmt.Sprintf("%d of %d checks failed, %d to look at", failed, all, warned)
	case failed > 0:
		return ui.Bad, fmt.Sprintf("%d of %d checks failed", failed, all)
	case warned > 0:
		return ui.Warn, fmt.Sprintf("%d of %d checks to look at", warned, all)
	}
	if all == 1 {
		return ui.OK, "1 check passed"
	}
	return ui.OK, fmt.Sprintf("%d checks passed", all)
}
