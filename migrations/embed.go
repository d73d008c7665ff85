// Package migrations holds the schema's steps for both databases, embedded.
package migrations

import "embed"

// FS has the folders sqlite and postgres with the same file names.
//
//go:embed sqlite/*.sql postgres/*.sql
var FS embed.FS
