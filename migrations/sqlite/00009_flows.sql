-- The playground's example flows: how far each has come and the values that it carries forward. Tokens, the verifier and
-- the state are sealed; what was sent and answered is shown from here.
-- +goose Up
CREATE TABLE flows (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  person_id       TEXT NOT NULL,
  app_id          TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  brand_id        TEXT NOT NULL,
  step            TEXT NOT NULL,
  consent_id      TEXT NOT NULL DEFAULT '',
  state_hash      TEXT NOT NULL DEFAULT '',
  sealed          TEXT NOT NULL DEFAULT '',
  exchanges       TEXT NOT NULL DEFAULT '[]',
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL
);
CREATE INDEX flows_organisation ON flows (organisation_id, created_at);
CREATE INDEX flows_state ON flows (state_hash);

-- +goose Down
DROP TABLE flows;
