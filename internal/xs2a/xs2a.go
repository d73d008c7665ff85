package xs2a

import (
	"fairway/internal/bank"
	"fairway/internal/consents"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
)

// Face answers the operations of the bank's interface.
type Face struct {
	consents *consents.Consents
	bank     bank.Bank
	lists    *listCache
	pages    pages
}

// New makes the face. The ring seals the links from page to page.
func New(c *consents.Consents, b bank.Bank, ring *secret.Ring) *Face {
	return &Face{consents: c, bank: b, lists: newListCache(), pages: pages{ring}}
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
