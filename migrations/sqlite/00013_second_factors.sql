-- The second factor: people who decide, or who see what belongs to others, prove a code of their authenticator app beside
-- the password. The app's key is sealed; the last step that was used is spent by the statement that checks it. Recovery
-- codes stand here as hashes. A session knows when it last proved the factor; without that, staff is not signed in.
-- +goose Up
CREATE TABLE second_factors (
  id         TEXT PRIMARY KEY,
  person_id  TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  sealed     TEXT NOT NULL,
  last_step  BIGINT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX second_factors_person ON second_factors (person_id);

CREATE TABLE recovery_codes (
  person_id  TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  hash       TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  used_at    DATETIME,
  PRIMARY KEY (person_id, hash)
);

ALTER TABLE sessions ADD COLUMN factor_at DATETIME;

-- +goose Down
ALTER TABLE sessions DROP COLUMN factor_at;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
