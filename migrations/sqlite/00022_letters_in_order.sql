-- A letter that is not sent yet holds up the later ones to the same address for as long as it is tried, so that they arrive
-- in their order however long the mail server was away. The fact that it is written for says when nobody tries it any more.
-- +goose Up
ALTER TABLE letters ADD COLUMN tried_at DATETIME;
ALTER TABLE letters ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE INDEX letters_waiting ON letters (recipient, created_at) WHERE sent_at IS NULL;
CREATE INDEX letters_origin ON letters (origin) WHERE sent_at IS NULL;

-- +goose Down
DROP INDEX letters_origin;
DROP INDEX letters_waiting;
ALTER TABLE letters DROP COLUMN origin;
ALTER TABLE letters DROP COLUMN tried_at;
