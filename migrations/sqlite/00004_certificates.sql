-- The sandbox's own certification authorities and what they issue. Private keys are sealed at rest; an organisation has
-- at most one active set an environment, and at most one for each rendered form (once); the keys of a replaced set are
-- wiped. A thumbprint belongs to one certificate.
-- +goose Up
CREATE TABLE authorities (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('root', 'tpp', 'server')),
  der        BLOB NOT NULL,
  sealed_key TEXT NOT NULL,
  crl_number BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX authorities_kind ON authorities (kind);

CREATE TABLE sandbox_identities (
  organisation_id         TEXT PRIMARY KEY REFERENCES organisations (id) ON DELETE CASCADE,
  organization_identifier TEXT NOT NULL,
  dns_name                TEXT NOT NULL
);
CREATE UNIQUE INDEX sandbox_identities_organization_identifier ON sandbox_identities (organization_identifier);

CREATE TABLE certificate_sets (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  environment     TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('active', 'replaced')),
  roles           TEXT NOT NULL,
  key_bits        BIGINT NOT NULL,
  once            TEXT NOT NULL DEFAULT '',
  created_by      TEXT NOT NULL,
  created_at      DATETIME NOT NULL,
  replaced_at     DATETIME
);
CREATE UNIQUE INDEX certificate_sets_organisation_id_environment ON certificate_sets (organisation_id, environment) WHERE status = 'active';
CREATE UNIQUE INDEX certificate_sets_organisation_id_once ON certificate_sets (organisation_id, once) WHERE once <> '';
CREATE INDEX certificate_sets_organisation ON certificate_sets (organisation_id, created_at);

CREATE TABLE certificates (
  id              TEXT PRIMARY KEY,
  set_id          TEXT NOT NULL REFERENCES certificate_sets (id) ON DELETE CASCADE,
  organisation_id TEXT NOT NULL,
  environment     TEXT NOT NULL,
  kind            TEXT NOT NULL CHECK (kind IN ('qwac', 'qseal')),
  thumbprint      TEXT NOT NULL,
  serial          TEXT NOT NULL,
  der             BLOB NOT NULL,
  sealed_key      TEXT NOT NULL,
  not_before      DATETIME NOT NULL,
  not_after       DATETIME NOT NULL,
  revoked_at      DATETIME,
  revocation_reason BIGINT NOT NULL DEFAULT 0,
  created_at      DATETIME NOT NULL
);
CREATE UNIQUE INDEX certificates_thumbprint ON certificates (thumbprint);
CREATE UNIQUE INDEX certificates_serial ON certificates (serial);
CREATE INDEX certificates_set ON certificates (set_id);
CREATE INDEX certificates_revoked ON certificates (revoked_at);

-- +goose Down
DROP TABLE certificates;
DROP TABLE certificate_sets;
DROP TABLE sandbox_identities;
DROP TABLE authorities;
