-- Quantities in UCUM's base units stand beside those that were written.
ALTER TABLE index_quantity RENAME TO index_quantity_before;
DROP INDEX index_quantity_find;
CREATE TABLE index_quantity (
  rid BIGINT NOT NULL, parameter BIGINT NOT NULL, low @ordered@ NOT NULL, high @ordered@ NOT NULL,
  system @ordered@ NOT NULL, code @ordered@ NOT NULL, unit @ordered@ NOT NULL, canonical INTEGER NOT NULL,
  compartment TEXT NOT NULL,
  PRIMARY KEY (rid, parameter, low, high, system, code, unit, canonical)
) @clustered@;
INSERT INTO index_quantity (rid, parameter, low, high, system, code, unit, canonical, compartment)
  SELECT rid, parameter, low, high, system, code, unit, 0, compartment FROM index_quantity_before;
DROP TABLE index_quantity_before;
CREATE INDEX index_quantity_find ON index_quantity (parameter, low, rid);
