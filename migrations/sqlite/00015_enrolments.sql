-- What organisations hand in for Live: the two certificates with their chains, the challenge and its proof, and how far each
-- has come. An organisation has at most one that is open. The version grows with each change, so that nobody decides on what
-- they did not see.
-- +goose Up
CREATE TABLE enrolments (
  id                 TEXT PRIMARY KEY,
  organisation_id    TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  state              TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'question', 'approved', 'rejected', 'withdrawn', 'replaced', 'suspended')),
  version            BIGINT NOT NULL,
  qwac               BLOB NOT NULL,
  qseal              BLOB NOT NULL,
  qwac_sha256        TEXT NOT NULL DEFAULT '',
  qseal_sha256       TEXT NOT NULL DEFAULT '',
  qwac_key           TEXT NOT NULL DEFAULT '',
  qseal_key          TEXT NOT NULL DEFAULT '',
  identifier         TEXT NOT NULL DEFAULT '',
  challenge          TEXT NOT NULL DEFAULT '',
  challenge_ends     DATETIME,
  tries              BIGINT NOT NULL DEFAULT 0,
  earlier            TEXT NOT NULL DEFAULT '',
  proof              TEXT NOT NULL DEFAULT '',
  proved_at          DATETIME,
  created_by         TEXT NOT NULL,
  created_at         DATETIME NOT NULL,
  updated_at         DATETIME NOT NULL,
  submitted_by       TEXT NOT NULL DEFAULT '',
  submitted_at       DATETIME,
  due_at             DATETIME,
  asked_at           DATETIME,
  question           TEXT NOT NULL DEFAULT '',
  answer             TEXT NOT NULL DEFAULT '',
  decided_by         TEXT NOT NULL DEFAULT '',
  decided_at         DATETIME,
  reason             TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX enrolments_organisation_id ON enrolments (organisation_id) WHERE state IN ('draft', 'submitted', 'question');
CREATE INDEX enrolments_organisation ON enrolments (organisation_id, created_at, id);
CREATE INDEX enrolments_state ON enrolments (state, due_at, id);
CREATE INDEX enrolments_qwac ON enrolments (qwac_sha256);
CREATE INDEX enrolments_qseal ON enrolments (qseal_sha256);
CREATE INDEX enrolments_qwac_key ON enrolments (qwac_key);
CREATE INDEX enrolments_qseal_key ON enrolments (qseal_key);
CREATE INDEX enrolments_identifier ON enrolments (identifier);

-- +goose Down
DROP TABLE enrolments;
