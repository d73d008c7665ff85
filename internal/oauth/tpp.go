package oauth

import (
	"context"
	"slices"
	"strings"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/enrolments"
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
		return TPP{Name: strings.TrimSuffix(info.Organization, " "+qcert.SandboxWord), Identifier: info.OrganizationIdentifier,
			Authority: info.NCAID, Roles: texts(info.Roles)}, nil
	}
}

// FromApprovals is FromCertificates for Live, where the approved certificates say it.
func FromApprovals(s *enrolments.Enrolments) func(context.Context, string) (TPP, error) {
	return func(ctx context.Context, organisationID string) (TPP, error) {
		pairs, err := s.AdmittedOf(ctx, organisationID)
		if err != nil || len(pairs) == 0 {
			return TPP{}, err
		}
		info := pairs[0].QWAC.Info
		return TPP{Name: info.Organization, Identifier: info.OrganizationIdentifier, Authority: info.NCAID, Roles: texts(pairs[0].Rights)}, nil
	}
}

// roleAIS is the PSD2 role that a consent needs.
const roleAIS = "PSP_AI"

// mayAsk tells whether a customer may be asked in the name of this TPP. In Live that is one whom an approval vouches for.
func (t TPP) mayAsk(env catalog.Environment) bool {
	return env != catalog.Live || t.Identifier != "" && slices.Contains(t.Roles, roleAIS)
}

// checkApproval is ErrNotApproved for an app of Live in whose name no customer may be asked.
func (o *OAuth) checkApproval(ctx context.Context, app apps.App) (*fault.Error, error) {
	if app.Environment != catalog.Live {
		return nil, nil
	}
	who, err := o.tpp(ctx, app)
	if err != nil || who.mayAsk(app.Environment) {
		return nil, err
	}
	return ErrNotApproved, nil
}

func texts(roles []qcert.Role) []string {
	out := make([]string, 0, len(roles))
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}
