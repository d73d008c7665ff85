-- Staff can suspend an organisation: its people still read, its programs are refused. Who did it and why stands beside it. An
-- enrolment that was suspended along with its organisation says so, since only that one comes back with it.
-- +goose Up
ALTER TABLE organisations ADD COLUMN suspended_at DATETIME;
ALTER TABLE organisations ADD COLUMN suspended_by TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN suspended_for TEXT NOT NULL DEFAULT '';
CREATE INDEX organisations_suspended ON organisations (suspended_at) WHERE suspended_at IS NOT NULL;
ALTER TABLE enrolments ADD COLUMN with_organisation BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE enrolments DROP COLUMN with_organisation;
DROP INDEX organisations_suspended;
ALTER TABLE organisations DROP COLUMN suspended_for;
ALTER TABLE organisations DROP COLUMN suspended_by;
ALTER TABLE organisations DROP COLUMN suspended_at;
