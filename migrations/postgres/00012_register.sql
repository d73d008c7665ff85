-- The EBA's register of payment and e-money institutions, one snapshot for each imported file. A file is written beside the
-- current snapshot and takes its place in one short transaction, so that decisions never see half of it. The institutions of
-- older snapshots are deleted; their own rows stay, because decisions name them. Agents are never kept: most are people.
-- +goose Up
CREATE TABLE register_snapshots (
  id           TEXT PRIMARY KEY,
  state        TEXT NOT NULL CHECK (state IN ('loading', 'current', 'former', 'removed', 'failed')),
  dated_at     TIMESTAMPTZ,
  started_at   TIMESTAMPTZ NOT NULL,
  imported_at  TIMESTAMPTZ,
  imported_by  TEXT NOT NULL,
  institutions BIGINT NOT NULL DEFAULT 0,
  entries      BIGINT NOT NULL DEFAULT 0,
  digest       TEXT NOT NULL DEFAULT '',
  reason       TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX register_snapshots_state ON register_snapshots (state) WHERE state = 'current';

CREATE TABLE register_institutions (
  snapshot_id TEXT NOT NULL REFERENCES register_snapshots (id),
  n           BIGINT NOT NULL,
  owner_id    TEXT NOT NULL,
  reference   TEXT NOT NULL,
  entity      TEXT NOT NULL,
  PRIMARY KEY (snapshot_id, n)
);
CREATE INDEX register_institutions_reference ON register_institutions (snapshot_id, owner_id, reference);

-- +goose Down
DROP TABLE register_institutions;
DROP TABLE register_snapshots;
