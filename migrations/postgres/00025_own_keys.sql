-- Keys that never leave: a set can be issued for keys of the organisation's own, made in its browser or with its own tools.
-- For such a set the playground has a QWAC to itself, the set's third certificate, which ends with it. By the hash of its key
-- a certificate tells that the key was used before. A request that waits for the signature of such a key is held until it is
-- sent, once, or its minutes are over.
-- +goose Up
ALTER TABLE certificate_sets ADD COLUMN origin TEXT NOT NULL DEFAULT 'server';
ALTER TABLE certificates ADD COLUMN playground BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE certificates ADD COLUMN key_hash TEXT NOT NULL DEFAULT '';
CREATE INDEX certificates_key_hash ON certificates (key_hash) WHERE key_hash <> '';

CREATE TABLE held_requests (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  environment     TEXT NOT NULL,
  person_id       TEXT NOT NULL,
  sealed          TEXT NOT NULL,
  expires_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX held_requests_organisation ON held_requests (organisation_id);
CREATE INDEX held_requests_expires ON held_requests (expires_at);

-- +goose Down
DROP TABLE held_requests;
DROP INDEX certificates_key_hash;
ALTER TABLE certificates DROP COLUMN key_hash;
ALTER TABLE certificates DROP COLUMN playground;
ALTER TABLE certificate_sets DROP COLUMN origin;
