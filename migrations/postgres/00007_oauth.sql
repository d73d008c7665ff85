-- Authorisations at the bank, the codes they end in and the tokens of both grants. Codes and tokens stand here as hashes;
-- what is spent is marked by the statement that spends it; a family dies as a whole when a code or refresh token is reused.
-- The outcome of an authorisation says why it ended without a yes, and revoked_for why a token died before its time.
-- +goose Up
CREATE TABLE authorisations (
  id              TEXT PRIMARY KEY,
  environment     TEXT NOT NULL,
  brand_id        TEXT NOT NULL,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  app_id          TEXT NOT NULL,
  consent_id      TEXT NOT NULL,
  redirect_uri    TEXT NOT NULL,
  state           TEXT NOT NULL,
  scope           TEXT NOT NULL,
  code_challenge  TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('started', 'identified', 'selected', 'approved', 'denied', 'failed')),
  psu_id          TEXT NOT NULL DEFAULT '',
  accounts        TEXT NOT NULL DEFAULT '',
  attempts        BIGINT NOT NULL DEFAULT 0,
  outcome         TEXT NOT NULL DEFAULT '',
  secret_hash     TEXT NOT NULL,
  created_at      TIMESTAMPTZ NOT NULL,
  expires_at      TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX authorisations_secret_hash ON authorisations (secret_hash);
CREATE INDEX authorisations_expires ON authorisations (expires_at);
CREATE INDEX authorisations_consent ON authorisations (consent_id);

CREATE TABLE codes (
  hash             TEXT PRIMARY KEY,
  authorisation_id TEXT NOT NULL REFERENCES authorisations (id) ON DELETE CASCADE,
  family           TEXT NOT NULL,
  created_at       TIMESTAMPTZ NOT NULL,
  expires_at       TIMESTAMPTZ NOT NULL,
  used_at          TIMESTAMPTZ
);
CREATE INDEX codes_authorisation ON codes (authorisation_id);

CREATE TABLE tokens (
  hash            TEXT PRIMARY KEY,
  kind            TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  grant_type      TEXT NOT NULL CHECK (grant_type IN ('client_credentials', 'authorization_code')),
  family          TEXT NOT NULL,
  environment     TEXT NOT NULL,
  brand_id        TEXT NOT NULL,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  app_id          TEXT NOT NULL,
  consent_id      TEXT NOT NULL DEFAULT '',
  psu_id          TEXT NOT NULL DEFAULT '',
  scope           TEXT NOT NULL,
  thumbprint      TEXT NOT NULL,
  created_at      TIMESTAMPTZ NOT NULL,
  expires_at      TIMESTAMPTZ NOT NULL,
  used_at         TIMESTAMPTZ,
  revoked_at      TIMESTAMPTZ,
  revoked_for     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX tokens_family ON tokens (family);
CREATE INDEX tokens_consent ON tokens (consent_id);
CREATE INDEX tokens_app ON tokens (app_id);
CREATE INDEX tokens_expires ON tokens (expires_at);

-- +goose Down
DROP TABLE tokens;
DROP TABLE codes;
DROP TABLE authorisations;
