-- The current version of each resource. `compartment` is whose record it belongs to ("Patient/x"): every table carries
-- it, so that a distributed engine can keep a person's rows together.
CREATE TABLE resource (
  rid          @identity@,
  type         TEXT NOT NULL,
  id           TEXT NOT NULL,
  compartment  TEXT NOT NULL,
  version      BIGINT NOT NULL,
  last_updated BIGINT NOT NULL,   -- microseconds since 1970, UTC; whole milliseconds
  deleted      INTEGER NOT NULL,
  content      @bytes@ NOT NULL,  -- SHA-256 of the body without version and time
  body         @bytes@ NOT NULL
);
CREATE UNIQUE INDEX resource_key ON resource (type, id);
CREATE INDEX resource_page ON resource (type, deleted, rid);
CREATE INDEX resource_time ON resource (type, last_updated);

-- The versions before the current one.
CREATE TABLE resource_past (
  rid          BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  compartment  TEXT NOT NULL,
  last_updated BIGINT NOT NULL,
  deleted      INTEGER NOT NULL,
  content      @bytes@ NOT NULL,
  body         @bytes@ NOT NULL,
  PRIMARY KEY (rid, version)
);

-- Numbers for (resource type, code of a search parameter), so that index rows are small.
CREATE TABLE search_parameter (
  parameter @identity@,
  type      TEXT NOT NULL,
  code      TEXT NOT NULL
);
CREATE UNIQUE INDEX search_parameter_key ON search_parameter (type, code);

-- What searches look at: a table for each kind of value, rows of current versions only.
CREATE TABLE index_token (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, folded @ordered@ NOT NULL, system @ordered@ NOT NULL,
  implied INTEGER NOT NULL, compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, folded, system, implied)
) @clustered@;
CREATE INDEX index_token_find ON index_token (parameter, folded, system, rid);

CREATE TABLE index_reference (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, target_id TEXT NOT NULL, target_type TEXT NOT NULL,
  url @ordered@ NOT NULL, version TEXT NOT NULL, compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, target_id, target_type, url, version)
) @clustered@;
CREATE INDEX index_reference_find ON index_reference (parameter, target_id, url, target_type, rid);

CREATE TABLE index_date (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL,
  compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, start_at, end_at)
) @clustered@;
CREATE INDEX index_date_find ON index_date (parameter, start_at, end_at, rid);

CREATE TABLE index_string (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, folded @ordered@ NOT NULL, value @ordered@ NOT NULL,
  compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, folded, value)
) @clustered@;
CREATE INDEX index_string_find ON index_string (parameter, folded, rid);

CREATE TABLE index_uri (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, value @ordered@ NOT NULL, compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, value)
) @clustered@;
CREATE INDEX index_uri_find ON index_uri (parameter, value, rid);

CREATE TABLE index_number (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, low @ordered@ NOT NULL, high @ordered@ NOT NULL,
  compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, low, high)
) @clustered@;
CREATE INDEX index_number_find ON index_number (parameter, low, rid);

CREATE TABLE index_quantity (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, low @ordered@ NOT NULL, high @ordered@ NOT NULL,
  system @ordered@ NOT NULL, code @ordered@ NOT NULL, unit @ordered@ NOT NULL, compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, low, high, system, code, unit)
) @clustered@;
CREATE INDEX index_quantity_find ON index_quantity (parameter, low, rid);

-- Local records as they came in.
CREATE TABLE inbox (
  entry       @identity@,
  record      TEXT NOT NULL,
  map         TEXT NOT NULL,
  map_version TEXT NOT NULL,
  client      TEXT NOT NULL,
  state       INTEGER NOT NULL,  -- 0 accepted, 1 quarantined
  received    BIGINT NOT NULL,
  keep_until  BIGINT NOT NULL,
  blanked     INTEGER NOT NULL,
  compartment TEXT NOT NULL,
  envelope    TEXT NOT NULL,
  issues      TEXT NOT NULL,
  ledger      TEXT NOT NULL,
  bytes       @bytes@ NOT NULL
);
CREATE INDEX inbox_record ON inbox (map, record, entry);
CREATE INDEX inbox_state ON inbox (state, entry);
CREATE INDEX inbox_compartment ON inbox (compartment, entry);
CREATE INDEX inbox_keep ON inbox (blanked, keep_until);

CREATE TABLE inbox_resource (
  entry BIGINT NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
  version BIGINT NOT NULL, compartment TEXT NOT NULL,
  PRIMARY KEY (entry, place)
) @clustered@;
CREATE INDEX inbox_resource_find ON inbox_resource (type, id, entry);

-- What stood around the records of a file; several entries share one.
CREATE TABLE inbox_envelope (
  envelope    TEXT PRIMARY KEY,  -- SHA-256 of map and bytes
  map         TEXT NOT NULL,
  compartment TEXT NOT NULL,
  bytes       @bytes@ NOT NULL
);
CREATE INDEX inbox_envelope_use ON inbox (envelope, blanked);

-- The audit: rows are added and never changed.
CREATE TABLE audit (
  sequence    @identity@,
  compartment TEXT NOT NULL,    -- when all that was shown belongs to one
  recorded    BIGINT NOT NULL,
  entry       TEXT NOT NULL,    -- canonical JSON, its sequence in it
  hash        @bytes@ NOT NULL  -- SHA-256 of the hash before and the entry
);
CREATE INDEX audit_compartment ON audit (compartment, sequence);
