package ui

// FlashView is what the last act came to, shown once on the page that follows it.
type FlashView struct {
	Tone               Tone
	Text               string
	LinkText, LinkHref string
}

// EmptyView says what will stand here one day, and offers the one thing to do about it.
type EmptyView struct {
	Icon, Title, Text string
	Minor             bool // its heading is one level deeper (h3)
	ActionText        string
	ActionHref        string
}

func (v EmptyView) icon() string { return or(v.Icon, "inbox") }
