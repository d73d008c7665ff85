-- Refused and failed calls of an organisation, to be listed and grouped by their code: they are few among the good ones,
-- which pay nothing for this index. Links by which support sees one call without an account; a link is kept as its hash, and
-- its row goes when it is over or revoked: the audit trail has what was done.
-- +goose Up
CREATE INDEX calls_failed ON calls (organisation_id, id, code, operation, status) WHERE status >= 400;
CREATE TABLE call_shares (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  call_id         BIGINT NOT NULL,
  token_hash      TEXT NOT NULL UNIQUE,
  created_by      TEXT NOT NULL,
  created_at      TIMESTAMPTZ NOT NULL,
  expires_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX call_shares_call ON call_shares (call_id);

-- +goose Down
DROP TABLE call_shares;
DROP INDEX calls_failed;
