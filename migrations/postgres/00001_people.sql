-- People, organisations and the ways in: who may act for whom, and the single-use links and sessions that prove it.
-- Secrets stand here only as hashes; e-mail addresses are unique by their folded form.
-- +goose Up
CREATE TABLE people (
  id            TEXT PRIMARY KEY,
  email         TEXT NOT NULL,
  email_key     TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role          TEXT NOT NULL CHECK (role IN ('tpp', 'support', 'admin')),
  verified_at   TIMESTAMPTZ,
  disabled_at   TIMESTAMPTZ,
  created_at    TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX people_email_key ON people (email_key);

CREATE TABLE organisations (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  country    TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE memberships (
  person_id       TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  role            TEXT NOT NULL CHECK (role IN ('owner', 'developer', 'reader')),
  created_at      TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (person_id, organisation_id)
);
CREATE INDEX memberships_organisation ON memberships (organisation_id);

-- One-time links of letters: verify an address, reset a password, let staff in. The secret in the link is a MAC over
-- the id, so a letter that is written twice carries the same link.
CREATE TABLE links (
  id         TEXT PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('verify', 'reset', 'staff')),
  person_id  TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at    TIMESTAMPTZ
);
CREATE INDEX links_person ON links (person_id);

CREATE TABLE sessions (
  id          TEXT PRIMARY KEY,
  person_id   TEXT REFERENCES people (id) ON DELETE CASCADE,
  data        TEXT NOT NULL,
  created_at  TIMESTAMPTZ NOT NULL,
  seen_at     TIMESTAMPTZ NOT NULL,
  expires_at  TIMESTAMPTZ NOT NULL,
  auth_at     TIMESTAMPTZ,
  ip          TEXT NOT NULL DEFAULT '',
  user_agent  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Counters that slow down guessing: log-ins, resets, letters. The key is a hash of what is limited.
CREATE TABLE throttles (
  key     TEXT NOT NULL,
  win     BIGINT NOT NULL,
  n       BIGINT NOT NULL,
  ends_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (key, win)
);
CREATE INDEX throttles_ends ON throttles (ends_at);

-- +goose Down
DROP TABLE throttles;
DROP TABLE sessions;
DROP TABLE links;
DROP TABLE memberships;
DROP TABLE organisations;
DROP TABLE people;
