-- What a payment service user allowed, to whom, until when, and how often it was used. The request id and digest of the
-- creating POST make a repeat answer the same and a different body under the same id refused.
-- +goose Up
CREATE TABLE consents (
  id                TEXT PRIMARY KEY,
  environment       TEXT NOT NULL,
  brand_id          TEXT NOT NULL,
  organisation_id   TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  app_id            TEXT NOT NULL,
  status            TEXT NOT NULL CHECK (status IN ('received', 'rejected', 'partiallyAuthorised', 'valid', 'revokedByPsu', 'expired', 'terminatedByTpp')),
  access            TEXT NOT NULL,
  granted           TEXT NOT NULL DEFAULT '',
  recurring         BOOLEAN NOT NULL,
  combined_service  BOOLEAN NOT NULL,
  frequency_per_day BIGINT NOT NULL,
  valid_until       TEXT NOT NULL,
  psu_id            TEXT NOT NULL DEFAULT '',
  redirect_uri      TEXT NOT NULL DEFAULT '',
  request_id        TEXT NOT NULL,
  request_digest    TEXT NOT NULL,
  created_at        TIMESTAMPTZ NOT NULL,
  authorised_at     TIMESTAMPTZ,
  status_at         TIMESTAMPTZ NOT NULL,
  superseded_by     TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX consents_app_id_request_id ON consents (app_id, request_id);
CREATE INDEX consents_organisation ON consents (organisation_id, environment, brand_id, psu_id);
CREATE INDEX consents_status ON consents (status, valid_until);

CREATE TABLE consent_uses (
  consent_id TEXT NOT NULL REFERENCES consents (id) ON DELETE CASCADE,
  day        TEXT NOT NULL,
  account_id TEXT NOT NULL,
  class      TEXT NOT NULL,
  n          BIGINT NOT NULL,
  PRIMARY KEY (consent_id, day, account_id, class)
);

-- +goose Down
DROP TABLE consent_uses;
DROP TABLE consents;
