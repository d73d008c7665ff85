-- What an approval rests on. A role that the register did not grant is a person's, and the register cannot take it back; the
-- first of two approvals names its roles, so that the second confirms the same. What casts doubt on an approval is kept with
-- the time since when, and so is when the sources were last fetched. New challenges are counted, because each costs a search.
-- +goose Up
ALTER TABLE enrolments ADD COLUMN beside_register TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolments ADD COLUMN challenges BIGINT NOT NULL DEFAULT 0;
ALTER TABLE enrolments ADD COLUMN challenges_since TIMESTAMPTZ;
ALTER TABLE first_approvals ADD COLUMN rights TEXT NOT NULL DEFAULT '';
CREATE TABLE doubts (
  enrolment_id TEXT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  code         TEXT NOT NULL,
  sentence     TEXT NOT NULL,
  since        TIMESTAMPTZ NOT NULL,
  told_at      TIMESTAMPTZ,
  PRIMARY KEY (enrolment_id, code)
);
CREATE TABLE refreshes (
  source     TEXT PRIMARY KEY,
  tried_at   TIMESTAMPTZ NOT NULL,
  fetched_at TIMESTAMPTZ,
  fault      TEXT NOT NULL DEFAULT ''
);

-- +goose Down
DROP TABLE refreshes;
DROP TABLE doubts;
ALTER TABLE first_approvals DROP COLUMN rights;
ALTER TABLE enrolments DROP COLUMN challenges_since;
ALTER TABLE enrolments DROP COLUMN challenges;
ALTER TABLE enrolments DROP COLUMN beside_register;
