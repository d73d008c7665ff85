-- Limits that staff set: for an environment, or in it for one organisation and then with an end. They stand before those of
-- the configuration. There is one row for each, with what holds or held last; the audit trail has the rest.
-- +goose Up
CREATE TABLE quota_limits (
  environment     TEXT NOT NULL,
  organisation_id TEXT NOT NULL DEFAULT '',
  per_second      BIGINT NOT NULL,
  per_day         BIGINT NOT NULL,
  ends_at         DATETIME,
  reason          TEXT NOT NULL,
  created_by      TEXT NOT NULL,
  created_at      DATETIME NOT NULL,
  PRIMARY KEY (environment, organisation_id),
  CHECK (organisation_id = '' OR ends_at IS NOT NULL)
);

-- +goose Down
DROP TABLE quota_limits;
