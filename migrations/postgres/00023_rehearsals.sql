-- Answers that a TPP ordered for the next calls of a sandbox app, one order an app at most. The row's id tells an order from
-- the one that replaced it, so that a call spends what it has read of and nothing else. Nothing can be ordered in Live.
-- +goose Up
CREATE TABLE rehearsals (
  app_id          TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  environment     TEXT NOT NULL CHECK (environment = 'sandbox'),
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  id              TEXT NOT NULL,
  outcome         TEXT NOT NULL,
  status          INTEGER NOT NULL,
  seconds         INTEGER NOT NULL,
  operation       TEXT NOT NULL DEFAULT '',
  calls           INTEGER NOT NULL,
  calls_left      INTEGER NOT NULL CHECK (calls_left >= 0),
  armed_at        TIMESTAMPTZ NOT NULL,
  ends_at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX rehearsals_organisation ON rehearsals (organisation_id);

-- +goose Down
DROP TABLE rehearsals;
