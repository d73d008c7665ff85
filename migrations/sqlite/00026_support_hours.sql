-- When a brand answers its customers and the TPPs, in its own words; empty where it does not say.
-- +goose Up
ALTER TABLE brands ADD COLUMN support_hours TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE brands DROP COLUMN support_hours;
