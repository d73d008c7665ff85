-- The records beneath the domains: the audit trail (append-only, held by triggers), letters and the development
-- outbox, and the changes that tell other processes to forget what they remember (SQLite; PostgreSQL notifies).
-- +goose Up
CREATE TABLE audit_log (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  at              DATETIME NOT NULL,
  actor           TEXT NOT NULL,
  organisation_id TEXT NOT NULL DEFAULT '',
  act             TEXT NOT NULL,
  object          TEXT NOT NULL,
  detail          TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_organisation ON audit_log (organisation_id, id);
-- +goose StatementBegin
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd

CREATE TABLE letters (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  sent_at    DATETIME
);

CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  subject    TEXT NOT NULL,
  text       TEXT NOT NULL,
  html       TEXT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX outbox_message_id ON outbox (message_id);

CREATE TABLE changes (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  origin  TEXT NOT NULL,
  topic   TEXT NOT NULL,
  key     TEXT NOT NULL,
  told_at DATETIME NOT NULL
);

-- +goose Down
DROP TABLE changes;
DROP TABLE outbox;
DROP TABLE letters;
DROP TABLE audit_log;
