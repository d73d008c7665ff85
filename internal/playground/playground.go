// Package playground owns the signed-in workbench: dashboard, certificates, apps, APIs, the example flow and the
// request log of an organisation, and its way to Live.
package playground

import (
	"fairway/internal/accounts"
	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/bank"
	"fairway/internal/bankclient"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/nca"
	"fairway/internal/notebook"
	"fairway/internal/quota"
	"fairway/internal/rehearsals"
	"fairway/internal/workdays"
)

// env is the environment that this workbench works in.
const env = catalog.Sandbox

// CallbackPath is where the banks send the customers of the example flow back to, below the portal's address. Apps
// registers it for every sandbox app.
const CallbackPath = "/playground/callback"

// Addresses are where an app finds the doors.
type Addresses struct {
	// Portal is the portal's own address, Auth the one below which the token endpoint lies. Neither ends with a slash.
	Portal, Auth string
	// API and Bank are the bank APIs and the pages of the banks for their customers.
	API, Bank address.Template
}

// Deps are what the workbench is made of.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Accounts *accounts.Accounts
	Apps     *apps.Apps
	Certs    *certs.Certs
	Catalog  *catalog.Catalog
	Consents *consents.Consents
	Flows    *flows.Flows
	Calls    *calls.Log
	Quota    *quota.Quota
	Bank     bank.Bank
	// Rehearsals are the answers that are ordered for the next calls of an app.
	Rehearsals *rehearsals.Rehearsals
	// Notebook has what people sent from here, and what they saved.
	Notebook *notebook.Notebook
	// Enrolments and NCA are the way to Live; LiveDays are the working days that count there.
	Enrolments *enrolments.Enrolments
	NCA        *nca.NCA
	LiveDays   workdays.Calendar
	// Automatic says that evidence decides about Live where every check passed.
	Automatic bool
	Addresses Addresses
	// Debugger is the path of the page that looks into the signature of a logged request; empty where there is none.
	Debugger string
}

// Playground draws the workbench's pages and does what their forms ask for.
type Playground struct {
	Deps
	turns  turns
	client *bankclient.Client
}

// New makes the workbench.
func New(d Deps) *Playground { return &Playground{Deps: d, client: newClient(d)} }

// Mount mounts its routes.
func (p *Playground) Mount(m httpkit.Mounts) {
	p.mountDashboard(m)
	p.mountCertificates(m)
	p.mountSections(m)
	p.mountPKI(m)
	p.mountFlow(m)
	p.mountRequest(m)
	p.mountHistory(m)
	p.mountRequests(m)
	p.mountRehearsals(m)
	p.mountLive(m)
	p.mountShell(m)
}
