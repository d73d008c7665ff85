package catalog

import (
	"encoding/json"
	"fmt"
)

// Brand is a bank whose interface we run.
type Brand struct {
	// ID is its name in hosts, paths and rows, as in "alisa".
	ID   string
	Name string
	// FormerName is the name it had before, empty where it had none.
	FormerName   string
	SupportEmail string
	// SupportHours says when letters to it are answered, empty where the brand does not say.
	SupportHours string
	// Position orders the brands in lists, from 1.
	Position int
	Colours  Colours
	// Live is how its own system is reached.
	Live Backend
}

// Backend is how the door reaches a brand's own system; docs/live-upstream.md is the contract.
type Backend struct {
	// Upstream is the https address below which the brand answers the operations of its APIs.
	Upstream string
	// Authorise is the brand's https page to which its customers are sent for a consent.
	Authorise string
	// Roots are the authorities in PEM that vouch for both; empty where those of the operating system do.
	Roots string
	// Callers are the SHA-256 of the client certificates, in hex, with which the brand tells us what its customers decided.
	Callers []string
}

// Open tells whether all is there that a call in Live needs.
func (b Backend) Open() bool { return b.Upstream != "" && b.Authorise != "" && len(b.Callers) > 0 }

// Colours are what a brand replaces in our style sheet, for light and for dark screens. They come from a row, so
// whoever writes them into a style sheet checks their form and their contrast first.
type Colours struct {
	Light Palette `json:"light"`
	Dark  Palette `json:"dark"`
}

// Palette is one set of colours, each written #rrggbb.
type Palette struct {
	Accent       string `json:"accent"`
	AccentHover  string `json:"accent_hover"`
	AccentSubtle string `json:"accent_subtle"`
	OnAccent     string `json:"on_accent"`
	Link         string `json:"link"`
}

func parseColours(text string) (Colours, error) {
	var c Colours
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Colours{}, fmt.Errorf("read colours: %w", err)
	}
	return c, nil
}
