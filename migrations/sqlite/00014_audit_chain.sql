-- Each row of the audit trail gets a number without gaps, the hash of the row before and its own hash, so that a row that
-- was changed, removed or slipped in shows. The head is the last row's number and hash. A row is written without them and
-- linked at the end of its transaction; that is the one change the triggers let through. Rows of earlier versions, and of
-- processes that still run one, are linked by the program. OR REPLACE removes rows without asking the triggers of removal.
-- +goose Up
ALTER TABLE audit_log ADD COLUMN seq INTEGER CHECK (seq IS NULL OR typeof(seq) = 'integer');
ALTER TABLE audit_log ADD COLUMN prev_hash TEXT;
ALTER TABLE audit_log ADD COLUMN hash TEXT;
DROP INDEX audit_log_organisation;
CREATE UNIQUE INDEX audit_log_seq ON audit_log (seq);
CREATE INDEX audit_log_organisation ON audit_log (organisation_id, seq);
CREATE INDEX audit_log_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_object ON audit_log (object, seq);
CREATE INDEX audit_log_act ON audit_log (act, seq);
CREATE INDEX audit_log_at ON audit_log (at);
DROP TRIGGER audit_log_no_update;
-- +goose StatementBegin
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
WHEN OLD.seq IS NOT NULL OR NEW.seq IS NULL OR NEW.prev_hash IS NULL OR NEW.hash IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor
  OR NEW.organisation_id IS NOT OLD.organisation_id OR NEW.act IS NOT OLD.act OR NEW.object IS NOT OLD.object
  OR NEW.detail IS NOT OLD.detail OR EXISTS (SELECT 1 FROM audit_log WHERE seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_log_no_replacement BEFORE INSERT ON audit_log
WHEN NEW.seq IS NOT NULL OR EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd

CREATE TABLE audit_head (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  INTEGER NOT NULL CHECK (typeof(seq) = 'integer'),
  hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
-- +goose StatementBegin
CREATE TRIGGER audit_head_moves_forward BEFORE UPDATE ON audit_head WHEN NEW.seq <= OLD.seq BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_no_replacement BEFORE INSERT ON audit_head BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit_head;
DROP TRIGGER audit_log_no_replacement;
DROP TRIGGER audit_log_no_update;
-- +goose StatementBegin
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
DROP INDEX audit_log_at;
DROP INDEX audit_log_act;
DROP INDEX audit_log_object;
DROP INDEX audit_log_actor;
DROP INDEX audit_log_organisation;
DROP INDEX audit_log_seq;
ALTER TABLE audit_log DROP COLUMN hash;
ALTER TABLE audit_log DROP COLUMN prev_hash;
ALTER TABLE audit_log DROP COLUMN seq;
CREATE INDEX audit_log_organisation ON audit_log (organisation_id, id);
