-- Recyclic's schema. Applied by the superuser at every change: every statement may run again.

SET client_min_messages = warning;
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('schema'));

CREATE TABLE IF NOT EXISTS items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS weighings (
  item bigint NOT NULL REFERENCES items ON DELETE CASCADE,
  grams integer NOT NULL CHECK (grams > 0),
  weighed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX IF NOT EXISTS weighings_item ON weighings (item);

-- Rights are taken away first, so that one removed from this file is removed from the database.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM app;
GRANT SELECT, INSERT, DELETE ON items, weighings TO app;

COMMIT;
