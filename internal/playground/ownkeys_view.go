package playground

import (
	"slices"
	"time"

	"fairway/internal/certs"
	"fairway/internal/certview"
	"fairway/internal/qcert"
	"fairway/internal/script"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const requestFiles = ".csr,.pem,.req,.der,.txt"

func ownKeysView(f ownForm, x *certs.Examined, found problems, replaces bool) page.OwnRequestsView {
	v := page.OwnRequestsView{
		Head: ui.HeadView{Title: "Use your own requests", Lead: "Your private keys stay where you made them. Send a certificate signing request for each, and get certificates for them.",
			Crumbs: []ui.Crumb{{Text: "Certificates", Href: certificatesPath}, {Text: "Own requests"}}},
		FormTitle: "The two requests", Once: f.Once, Roles: rolesView(f.Roles, found), CheckLook: ui.Primary,
		QWAC:      ui.FieldView{Name: certs.FieldQWAC, Label: "Request of the QWAC", Value: f.QWAC, Error: found.at(certs.FieldQWAC), Rows: 8, Mono: true},
		QWACFile:  ui.FieldView{Name: certs.FieldQWAC + "_file", Label: "Or choose its file, qwac.csr", Accept: requestFiles},
		QSeal:     ui.FieldView{Name: certs.FieldQSeal, Label: "Request of the QC eSeal", Value: f.QSeal, Error: found.at(certs.FieldQSeal), Rows: 8, Mono: true},
		QSealFile: ui.FieldView{Name: certs.FieldQSeal + "_file", Label: "Or choose its file, qseal.csr", Accept: requestFiles},
	}
	v.Action, v.Problems = ownKeysPath, found.summary()
	if x != nil && len(x.QWAC) > 0 {
		v.FormTitle, v.Checked = "Check others", checkedView(f, *x, replaces)
		if v.Checked.Button != "" {
			v.CheckLook = ui.Default
		}
	}
	return v
}

// rolesView is the question for the roles of a set.
func rolesView(chosen []string, found problems) ui.ChoiceView {
	v := ui.ChoiceView{Name: "roles", Legend: "Roles: what your company may do", Error: found.at("roles")}
	hints := map[qcert.Role]string{qcert.RoleAI: "Opens card accounts.", qcert.RolePI: "For payments.", qcert.RoleIC: "For confirming that funds are there."}
	for _, r := range certs.OfferedRoles() {
		v.Options = append(v.Options, ui.Option{Value: string(r), Text: certview.Role(r), Hint: hints[r], Selected: slices.Contains(chosen, string(r))})
	}
	return v
}

// checkedView shows how two requests stand, and the button that goes on where nothing stands against it.
func checkedView(f ownForm, x certs.Examined, replaces bool) *page.CheckedRequestsView {
	v := &page.CheckedRequestsView{Action: ownKeysPath, Repairs: x.Repairs, Requests: []page.CheckedRequest{checkedRequest("qwac-checks", "Request of the QWAC", x.QWAC), checkedRequest("qseal-checks", "Request of the QC eSeal", x.QSeal)}}
	v.Tone, v.Verdict = certview.Summary(x.QWAC, x.QSeal)
	if !x.Passed() {
		v.Advice = "Nothing is issued for them as they are. Each line says what is asked for and what to do."
		return v
	}
	v.Advice = "Certificates can be issued for them. What they say is the sandbox’s profile with your keys; where a request says something else, the line tells what it is replaced by."
	v.Button, v.ButtonLook = "Issue the certificates", ui.Primary
	if replaces {
		v.Button, v.ButtonLook = "Issue, and end the current set", ui.Danger
	}
	v.Fields = []ui.Hidden{{Name: "once", Value: f.Once}, {Name: "act", Value: "issue"}, {Name: certs.FieldQWAC, Value: x.QWACText}, {Name: certs.FieldQSeal, Value: x.QSealText}}
	for _, role := range f.Roles {
		v.Fields = append(v.Fields, ui.Hidden{Name: "roles", Value: role})
	}
	return v
}

func checkedRequest(id, title string, lines []qcert.Check) page.CheckedRequest {
	r := page.CheckedRequest{Card: ui.CardView{Title: title}, Rules: certview.Checks(id, lines)}
	r.Card.Tone, r.Card.Status = certview.Summary(lines)
	return r
}

func commandsView(qwac, seal qcert.Profile) ui.CodeView {
	return ui.CodeView{ID: "make-keys", Title: "POSIX shell", Text: script.Keys(qwac, seal, certs.DefaultKeyBits), Tall: true}
}

// addOwnKeys says of a set whose keys are not here where they are, and shows the QWAC that the playground has instead.
func addOwnKeys(view *page.CertificatesView, set certs.Set, now time.Time) {
	if set.Playground == nil {
		return
	}
	own := &page.OwnKeysView{Title: "Your keys are with you", Seal: sealKeyView(set.QSeal), Playground: certificateView("playground", *set.Playground, now),
		Text: "Nothing private of this set was ever here. The playground signs in your browser, where it has the key of the seal."}
	if set.Origin == certs.ByBrowser {
		own.Title = "Your keys were made in a browser"
	}
	own.Playground.Card.Title = "Playground"
	own.Playground.Card.Lead = "A QWAC of your organisation for the playground’s own connections: yours has its key with you. It ends with the set."
	view.Own = own
}
