-- The way to the banks' own systems. A brand is open in Live once it has an upstream, a page for its customers and a
-- certificate that calls us back. An approval names the roles that it gives, and what it replaced goes on for a while. The
-- keys sign what the door tells a brand about a call.
-- +goose Up
ALTER TABLE brands ADD COLUMN live_upstream TEXT NOT NULL DEFAULT '';
ALTER TABLE brands ADD COLUMN live_authorise TEXT NOT NULL DEFAULT '';
ALTER TABLE brands ADD COLUMN live_roots TEXT NOT NULL DEFAULT '';
ALTER TABLE brands ADD COLUMN live_callers TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolments ADD COLUMN rights TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolments ADD COLUMN overlap_ends DATETIME;
CREATE TABLE assertion_keys (
  id         TEXT PRIMARY KEY,
  position   BIGINT NOT NULL,
  sealed     TEXT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX assertion_keys_position ON assertion_keys (position);

-- +goose Down
DROP TABLE assertion_keys;
ALTER TABLE enrolments DROP COLUMN overlap_ends;
ALTER TABLE enrolments DROP COLUMN rights;
ALTER TABLE brands DROP COLUMN live_callers;
ALTER TABLE brands DROP COLUMN live_roots;
ALTER TABLE brands DROP COLUMN live_authorise;
ALTER TABLE brands DROP COLUMN live_upstream;
