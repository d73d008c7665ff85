-- What people sent from the playground, so that they find it again, compare it and send it once more, and the requests that an
-- organisation saved under a name. A row names the call of the request log and has the fields of the form; tokens and keys are
-- in neither. Of a person the newest hundred stay, for thirty days.
-- +goose Up
CREATE TABLE sent_requests (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  environment     TEXT NOT NULL,
  person_id       TEXT NOT NULL,
  call_id         BIGINT NOT NULL,
  request_id      TEXT NOT NULL,
  brand_id        TEXT NOT NULL,
  operation       TEXT NOT NULL,
  form            TEXT NOT NULL,
  status          INTEGER NOT NULL,
  code            TEXT NOT NULL,
  duration_us     BIGINT NOT NULL,
  sent_at         DATETIME NOT NULL
);
CREATE INDEX sent_requests_person ON sent_requests (organisation_id, person_id, sent_at);
CREATE INDEX sent_requests_sent ON sent_requests (sent_at);

CREATE TABLE saved_requests (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  environment     TEXT NOT NULL,
  name            TEXT NOT NULL,
  name_key        TEXT NOT NULL,
  note            TEXT NOT NULL,
  brand_id        TEXT NOT NULL,
  operation       TEXT NOT NULL,
  form            TEXT NOT NULL,
  saved_by        TEXT NOT NULL,
  saved_at        DATETIME NOT NULL,
  UNIQUE (organisation_id, environment, name_key)
);

-- +goose Down
DROP TABLE saved_requests;
DROP TABLE sent_requests;
