-- What the sources said about an enrolment, each time that they were asked for it, and the first of two approvals where four
-- eyes decide. A decision names the examination that it rests on by its fingerprint.
-- +goose Up
CREATE TABLE examinations (
  id           TEXT PRIMARY KEY,
  enrolment_id TEXT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  version      BIGINT NOT NULL,
  fingerprint  TEXT NOT NULL,
  body         TEXT NOT NULL,
  created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX examinations_enrolment ON examinations (enrolment_id, created_at, id);

CREATE TABLE first_approvals (
  enrolment_id TEXT PRIMARY KEY REFERENCES enrolments (id) ON DELETE CASCADE,
  version      BIGINT NOT NULL,
  approved_by  TEXT NOT NULL,
  reason       TEXT NOT NULL,
  created_at   TIMESTAMPTZ NOT NULL
);

-- +goose Down
DROP TABLE first_approvals;
DROP TABLE examinations;
