package playground

import "fairway/web/templates/ui"

// ShellView is the page of scripts for the TPP's own shell.
type ShellView struct {
	Head     ui.HeadView
	Action   string
	Missing  *ui.EmptyView // instead of everything below
	Choose   []ui.SelectView
	Warnings []NoticeView
	Flow     *ui.LinkView // the script of the whole way, as a file

	Method, Path, Summary string
	Script                ui.CodeView
	Headers               []ShellHeader
	Signed                string
}

// ShellHeader is one thing that a script sends, who sets it and what it is for.
type ShellHeader struct{ Name, By, Purpose string }
