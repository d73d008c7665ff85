-- The playground's example flows: how far each has come and what was sent and answered on the way, as it may be shown.
-- Tokens, code, verifier and state are sealed; the state is found by its hash. A lease lets one request at a time take the
-- next step, and ends by itself if its process does.
-- +goose Up
CREATE TABLE flows (
  id              TEXT PRIMARY KEY,
  environment     TEXT NOT NULL,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  person_id       TEXT NOT NULL,
  app_id          TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  brand_id        TEXT NOT NULL,
  access          TEXT NOT NULL,
  request         TEXT NOT NULL,
  step            TEXT NOT NULL CHECK (step IN ('token', 'consent', 'authorise', 'exchange', 'accounts', 'done')),
  problem         TEXT NOT NULL DEFAULT '',
  consent_id      TEXT NOT NULL DEFAULT '',
  state_hash      TEXT NOT NULL DEFAULT '',
  sealed          TEXT NOT NULL DEFAULT '',
  exchanges       TEXT NOT NULL DEFAULT '[]',
  lease           TEXT NOT NULL DEFAULT '',
  leased_until    TIMESTAMPTZ,
  created_at      TIMESTAMPTZ NOT NULL,
  updated_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX flows_organisation ON flows (organisation_id, created_at);
CREATE INDEX flows_state ON flows (state_hash);

-- +goose Down
DROP TABLE flows;
