package xs2a

import (
	"fairway/internal/bank"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	"fairway/internal/upstream"
)

// Face answers the operations of the bank's interface.
type Face struct {
	consents *consents.Consents
	bank     bank.Bank
	live     Live
	lists    *listCache
	pages    pages
}

// Live is what reads in Live are handed on by.
type Live struct {
	Upstream *upstream.Upstream
	Catalog  *catalog.Catalog
	// Issuer names us to the brands.
	Issuer string
}

// New makes the face. The bank answers in the sandbox, the brands' own systems in Live. The ring seals the links from page to
// page.
func New(c *consents.Consents, b bank.Bank, live Live, ring *secret.Ring) *Face {
	return &Face{consents: c, bank: b, live: live, lists: newListCache(), pages: pages{ring}}
}

// Mount lists the operations. Their paths are the patterns of catalog.Operations.
func (f *Face) Mount(r httpkit.Routes) {
	r.Post("/consent/v1/consents", f.createConsent)
	r.Get("/consent/v1/consents/:consentId", f.readConsent)
	r.Get("/consent/v1/consents/:consentId/status", f.consentStatus)
	r.Delete("/consent/v1/consents/:consentId", f.deleteConsent)
	r.Get("/card-account/v1/card-accounts", f.listCards)
	r.Get("/card-account/v1/card-accounts/:account-id", f.readCard)
	r.Get("/card-account/v1/card-accounts/:account-id/balances", f.readBalances)
	r.Get("/card-account/v1/card-accounts/:account-id/transactions", f.readTransactions)
}
