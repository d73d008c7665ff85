-- What the support desk looks up by: organisations by the beginning of their name, letters by whom they went to, and refused
-- requests by their X-Request-ID. An index of all ids would cost more than the rest of writing a call (see 00008), and
-- support is asked about what was refused. The key is generated, so that processes of the version before fill it too.
-- +goose Up
ALTER TABLE organisations ADD COLUMN name_key TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;
CREATE INDEX organisations_name_key ON organisations (name_key, id);
CREATE INDEX letters_recipient ON letters (recipient, created_at);
CREATE INDEX calls_refused ON calls (request_id) WHERE status >= 400;

-- +goose Down
DROP INDEX calls_refused;
DROP INDEX letters_recipient;
DROP INDEX organisations_name_key;
ALTER TABLE organisations DROP COLUMN name_key;
