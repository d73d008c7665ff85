-- Each row of the audit trail gets a number without gaps, the hash of the row before and its own hash, so that a row that
-- was changed, removed or slipped in shows. The head is the last row's number and hash. A row is written without them and
-- linked at the end of its transaction; that is the one change the triggers let through. Rows of earlier versions, and of
-- processes that still run one, are linked by the program. Acts sort by their bytes, so that an index finds a beginning.
-- +goose Up
ALTER TABLE audit_log ADD COLUMN seq BIGINT;
ALTER TABLE audit_log ADD COLUMN prev_hash TEXT;
ALTER TABLE audit_log ADD COLUMN hash TEXT;
ALTER TABLE audit_log ALTER COLUMN act TYPE TEXT COLLATE "C";
DROP INDEX audit_log_organisation;
CREATE UNIQUE INDEX audit_log_seq ON audit_log (seq);
CREATE INDEX audit_log_organisation ON audit_log (organisation_id, seq);
CREATE INDEX audit_log_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_object ON audit_log (object, seq);
CREATE INDEX audit_log_act ON audit_log (act, seq);
CREATE INDEX audit_log_at ON audit_log (at);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.hash IS NOT NULL
      AND (NEW.id, NEW.at, NEW.actor, NEW.organisation_id, NEW.act, NEW.object, NEW.detail)
        = (OLD.id, OLD.at, OLD.actor, OLD.organisation_id, OLD.act, OLD.object, OLD.detail) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = '2F002';
END
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

CREATE TABLE audit_head (
  id   BIGINT PRIMARY KEY CHECK (id = 1),
  seq  BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
-- +goose StatementBegin
CREATE FUNCTION audit_head_moves_forward() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.seq > OLD.seq THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = '2F002';
END
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER audit_head_forward BEFORE UPDATE OR DELETE ON audit_head
  FOR EACH ROW EXECUTE FUNCTION audit_head_moves_forward();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION audit_head_moves_forward();

-- +goose Down
DROP TABLE audit_head;
DROP FUNCTION audit_head_moves_forward();
DROP TRIGGER audit_log_no_truncate ON audit_log;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only';
END
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
DROP INDEX audit_log_at;
DROP INDEX audit_log_act;
DROP INDEX audit_log_object;
DROP INDEX audit_log_actor;
DROP INDEX audit_log_organisation;
DROP INDEX audit_log_seq;
ALTER TABLE audit_log ALTER COLUMN act TYPE TEXT COLLATE "default";
ALTER TABLE audit_log DROP COLUMN hash;
ALTER TABLE audit_log DROP COLUMN prev_hash;
ALTER TABLE audit_log DROP COLUMN seq;
CREATE INDEX audit_log_organisation ON audit_log (organisation_id, id);
