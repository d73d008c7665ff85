-- Brands, their APIs and the versions with their dates. Brands are data: adding one needs no code. The colours of the
-- bank's pages are checked for contrast when they are served.
-- +goose Up
CREATE TABLE brands (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  former_name   TEXT NOT NULL DEFAULT '',
  support_email TEXT NOT NULL,
  colours       TEXT NOT NULL,
  position      BIGINT NOT NULL
);

CREATE TABLE apis (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  summary  TEXT NOT NULL,
  role     TEXT NOT NULL,
  scope    TEXT NOT NULL,
  position BIGINT NOT NULL
);

CREATE TABLE api_versions (
  api_id        TEXT NOT NULL REFERENCES apis (id),
  brand_id      TEXT NOT NULL REFERENCES brands (id),
  version       TEXT NOT NULL,
  sandbox_from  DATETIME NOT NULL,
  released_at   DATETIME,
  deprecated_at DATETIME,
  removed_at    DATETIME,
  PRIMARY KEY (api_id, brand_id, version)
);

INSERT INTO brands (id, name, former_name, support_email, colours, position) VALUES
  ('rocker', 'Rocker', '', 'openbanking@rocker.example', '{"light":{"accent":"#1d4ed8","accent_hover":"#173fae","accent_subtle":"#e6edfd","on_accent":"#ffffff","link":"#1d4ed8"},"dark":{"accent":"#9bb8ff","accent_hover":"#bccfff","accent_subtle":"#162447","on_accent":"#0a1433","link":"#a9c1ff"}}', 1),
  ('st1', 'ST1 Finance', '', 'openbanking@st1finance.example', '{"light":{"accent":"#0f6a3c","accent_hover":"#0b5330","accent_subtle":"#e3f4ea","on_accent":"#ffffff","link":"#0f6a3c"},"dark":{"accent":"#67d69a","accent_hover":"#92e5b8","accent_subtle":"#0f2f1f","on_accent":"#04210f","link":"#7cdeaa"}}', 2),
  ('alisa', 'Alisa Bank', 'Fellow Bank', 'openbanking@alisabank.example', '{"light":{"accent":"#8a1f6a","accent_hover":"#6d1854","accent_subtle":"#fae7f4","on_accent":"#ffffff","link":"#8a1f6a"},"dark":{"accent":"#f29ad6","accent_hover":"#f7bce4","accent_subtle":"#3a1230","on_accent":"#2a0a20","link":"#f4abdd"}}', 3);

INSERT INTO apis (id, name, summary, role, scope, position) VALUES
  ('card-account', 'Card accounts', 'The cards of a customer who consented: card accounts, balances and transactions, with the consents that open them.', 'PSP_AI', 'AIS', 1);

INSERT INTO api_versions (api_id, brand_id, version, sandbox_from, released_at) VALUES
  ('card-account', 'rocker', 'v1', '2026-02-01 00:00:00+00:00', '2026-06-01 00:00:00+00:00'),
  ('card-account', 'st1', 'v1', '2026-02-01 00:00:00+00:00', '2026-06-01 00:00:00+00:00'),
  ('card-account', 'alisa', 'v1', '2026-02-01 00:00:00+00:00', '2026-06-01 00:00:00+00:00');

-- +goose Down
DROP TABLE api_versions;
DROP TABLE apis;
DROP TABLE brands;
