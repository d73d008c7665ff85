-- The records beneath the domains: the audit trail (append-only, held by triggers), letters and the development
-- outbox, and the changes that tell other processes to forget what they remember (SQLite; PostgreSQL notifies).
-- +goose Up
CREATE TABLE audit_log (
  id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at              TIMESTAMPTZ NOT NULL,
  actor           TEXT NOT NULL,
  organisation_id TEXT NOT NULL DEFAULT '',
  act             TEXT NOT NULL,
  object          TEXT NOT NULL,
  detail          TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_organisation ON audit_log (organisation_id, id);
-- +goose StatementBegin
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only';
END
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();

CREATE TABLE letters (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  sent_at    TIMESTAMPTZ
);

CREATE TABLE outbox (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  subject    TEXT NOT NULL,
  text       TEXT NOT NULL,
  html       TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX outbox_message_id ON outbox (message_id);

CREATE TABLE changes (
  id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  origin  TEXT NOT NULL,
  topic   TEXT NOT NULL,
  key     TEXT NOT NULL,
  told_at TIMESTAMPTZ NOT NULL
);

-- +goose Down
DROP TABLE changes;
DROP TABLE outbox;
DROP TABLE letters;
DROP TABLE audit_log;
DROP FUNCTION audit_log_is_append_only();
