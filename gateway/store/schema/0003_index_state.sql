-- What the index rows follow from: one row, or none as long as it is not known.
CREATE TABLE index_state (
  one         INTEGER PRIMARY KEY,  -- 1
  fingerprint TEXT NOT NULL,        -- of the definitions, the packages and the rules of indexing
  whole       INTEGER NOT NULL,     -- 0: only the rows of resources up to `reached`
  reached     BIGINT NOT NULL       -- a rid
);
