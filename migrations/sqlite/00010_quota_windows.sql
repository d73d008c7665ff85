-- Where several processes serve one database, an app's requests are counted in a row of its own by one statement. The last
-- instants stand side by side, 16 digits of microseconds each, oldest first: as many as a second may hold.
-- +goose Up
CREATE TABLE quota_windows (
  app_id      TEXT NOT NULL,
  environment TEXT NOT NULL,
  day         TEXT NOT NULL,
  n           BIGINT NOT NULL,
  recent      TEXT NOT NULL,
  PRIMARY KEY (app_id, environment)
);

-- +goose Down
DROP TABLE quota_windows;
