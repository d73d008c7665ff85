-- Applications with their redirect URIs, credentials (hashes; the playground's own pair is sealed) and the APIs that
-- they are connected to. A name is unique by its folded form; once is the unique value of the form that made the app,
-- so that a form that is sent twice makes one app.
-- +goose Up
CREATE TABLE apps (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  environment     TEXT NOT NULL,
  name            TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  name_key        TEXT NOT NULL,
  client_id       TEXT NOT NULL,
  once            TEXT NOT NULL DEFAULT '',
  created_by      TEXT NOT NULL,
  created_at      DATETIME NOT NULL
);
CREATE UNIQUE INDEX apps_client_id ON apps (client_id);
CREATE UNIQUE INDEX apps_organisation_id_environment_name_key ON apps (organisation_id, environment, name_key);
CREATE UNIQUE INDEX apps_organisation_id_once ON apps (organisation_id, once) WHERE once <> '';

CREATE TABLE app_redirect_uris (
  app_id   TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  uri      TEXT NOT NULL CHECK (length(uri) BETWEEN 1 AND 512),
  owner    TEXT NOT NULL CHECK (owner IN ('tpp', 'playground')),
  position BIGINT NOT NULL,
  PRIMARY KEY (app_id, uri)
);

CREATE TABLE app_credentials (
  id           TEXT PRIMARY KEY,
  app_id       TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  kind         TEXT NOT NULL CHECK (kind IN ('client_secret', 'api_key')),
  owner        TEXT NOT NULL CHECK (owner IN ('tpp', 'playground')),
  hash         TEXT NOT NULL,
  hint         TEXT NOT NULL,
  sealed       TEXT NOT NULL DEFAULT '',
  created_by   TEXT NOT NULL,
  created_at   DATETIME NOT NULL,
  expires_at   DATETIME,
  last_used_at DATETIME
);
CREATE UNIQUE INDEX app_credentials_hash ON app_credentials (hash);
CREATE INDEX app_credentials_app ON app_credentials (app_id);

CREATE TABLE connections (
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  brand_id   TEXT NOT NULL,
  api_id     TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (app_id, brand_id, api_id)
);

-- +goose Down
DROP TABLE connections;
DROP TABLE app_credentials;
DROP TABLE app_redirect_uris;
DROP TABLE apps;
