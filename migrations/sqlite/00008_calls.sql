-- The request log, read newest first by keyset (owner, id): the id grows with time. Requests of today by app, so that a
-- quota survives a restart. The detail is packed by the program; it is most of a row.
-- +goose Up
CREATE TABLE calls (
  id              INTEGER PRIMARY KEY,
  at              DATETIME NOT NULL,
  environment     TEXT NOT NULL,
  brand_id        TEXT NOT NULL,
  organisation_id TEXT NOT NULL,
  app_id          TEXT NOT NULL,
  request_id      TEXT NOT NULL,
  operation       TEXT NOT NULL,
  method          TEXT NOT NULL,
  path            TEXT NOT NULL,
  status          BIGINT NOT NULL,
  code            TEXT NOT NULL,
  duration_us     BIGINT NOT NULL,
  detail          BLOB NOT NULL
);
-- A search by request id reads the index of its organisation: an index of ids that come at random would cost more than all
-- the rest of writing a row.
CREATE INDEX calls_organisation ON calls (organisation_id, id, request_id);
CREATE INDEX calls_app ON calls (app_id, id);

CREATE TABLE quota_days (
  app_id      TEXT NOT NULL,
  environment TEXT NOT NULL,
  day         TEXT NOT NULL,
  n           BIGINT NOT NULL,
  PRIMARY KEY (app_id, environment, day)
);

-- +goose Down
DROP TABLE quota_days;
DROP TABLE calls;
