-- The European trusted lists, so that the issuer of a certificate can be looked up without a network: the lists, who may
-- sign them by the list of the lists (territory EU), and the services on them, a row for each certificate of a service. An
-- import writes all rows of its territory anew; what a service was before stands in its history.
-- +goose Up
CREATE TABLE trusted_lists (
  territory     TEXT PRIMARY KEY,
  version       BIGINT NOT NULL,
  sequence      BIGINT NOT NULL,
  issued_at     TIMESTAMPTZ NOT NULL,
  next_update   TIMESTAMPTZ,
  operator      TEXT NOT NULL,
  services      BIGINT NOT NULL,
  signer        TEXT NOT NULL,
  signer_sha256 TEXT NOT NULL,
  sha256        TEXT NOT NULL,
  imported_by   TEXT NOT NULL,
  imported_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE trusted_list_signers (
  territory TEXT NOT NULL,
  location  TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  der       BYTEA NOT NULL,
  PRIMARY KEY (territory, location, sha256)
);

CREATE TABLE trusted_services (
  territory  TEXT NOT NULL REFERENCES trusted_lists (territory) ON DELETE CASCADE,
  position   BIGINT NOT NULL,
  provider   TEXT NOT NULL,
  name       TEXT NOT NULL,
  type       TEXT NOT NULL,
  granted    BOOLEAN NOT NULL,
  since      TIMESTAMPTZ NOT NULL,
  web        BOOLEAN NOT NULL,
  seal       BOOLEAN NOT NULL,
  signature  BOOLEAN NOT NULL,
  qualifiers TEXT NOT NULL,
  history    TEXT NOT NULL,
  subject    TEXT NOT NULL,
  key_id     TEXT NOT NULL,
  sha256     TEXT NOT NULL,
  der        BYTEA NOT NULL,
  PRIMARY KEY (territory, position)
);

-- +goose Down
DROP TABLE trusted_services;
DROP TABLE trusted_list_signers;
DROP TABLE trusted_lists;
