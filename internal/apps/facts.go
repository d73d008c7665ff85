package apps

import "fairway/internal/catalog"

// Created is told when an app was made.
type Created struct {
	AppID          string              `json:"app_id"`
	OrganisationID string              `json:"organisation_id"`
	Environment    catalog.Environment `json:"environment"`
}

// Kind is the fact's stable name.
func (Created) Kind() string { return "apps.created" }

// Connected is told when an app was connected to an API.
type Connected struct {
	AppID          string `json:"app_id"`
	OrganisationID string `json:"organisation_id"`
	Brand          string `json:"brand"`
	API            string `json:"api"`
}

// Kind is the fact's stable name.
func (Connected) Kind() string { return "apps.connected" }

// Deleted is told when an app was deleted, with its credentials and connections.
type Deleted struct {
	AppID          string              `json:"app_id"`
	OrganisationID string              `json:"organisation_id"`
	Environment    catalog.Environment `json:"environment"`
}

// Kind is the fact's stable name.
func (Deleted) Kind() string { return "apps.deleted" }
