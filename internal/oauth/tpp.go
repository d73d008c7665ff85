package oauth

import (
	"context"
	"strings"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

// FromCertificates tells who an organisation is by its active certificates; it suits Config.TPP. An organisation
// without any is nobody, and its app's name is shown instead.
func FromCertificates(c *certs.Certs) func(context.Context, string, catalog.Environment) (TPP, error) {
	return func(ctx context.Context, organisationID string, env catalog.Environment) (TPP, error) {
		set, err := c.Active(ctx, organisationID, env)
		if fault.Is(err, fault.NotFound) {
			return TPP{}, nil
		}
		if err != nil {
			return TPP{}, err
		}
		info := set.QWAC.Info
		return TPP{Name: strings.TrimSuffix(info.Organization, " "+qcert.SandboxWord), Identifier: info.OrganizationIdentifier}, nil
	}
}
