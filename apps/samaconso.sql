-- SamaConso's schema. Applied by the superuser at every change: every statement may run again.
--
-- Rights belong to the NOLOGIN roles of the callers. A table with customers' rows shows a transaction only those of the
-- customer named in app.user_id, and none without one.

SET statement_timeout = 0;
SET lock_timeout = '5s';
SET client_min_messages = warning;
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('schema'));

CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

CREATE TABLE IF NOT EXISTS customers (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,40}$'),
  salt bytea NOT NULL,
  word bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS readings (
  customer text NOT NULL,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  kwh integer NOT NULL CHECK (kwh >= 0),
  PRIMARY KEY (customer, month)
);

CREATE TABLE IF NOT EXISTS notifications (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
  customer text NOT NULL,
  priority text NOT NULL CHECK (priority IN ('urgent', 'high_priority', 'normal', 'low_priority')),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 1600),
  state text NOT NULL CHECK (state IN ('recorded', 'sent', 'failed')),
  worker text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX IF NOT EXISTS notifications_latest ON notifications (customer, at DESC);

CREATE TABLE IF NOT EXISTS uploads (
  customer text NOT NULL,
  name text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  bytes integer NOT NULL,
  sha256 bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer, name)
);

DO $$ DECLARE owned text; BEGIN
  FOREACH owned IN ARRAY ARRAY['readings', 'notifications', 'uploads'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('DROP POLICY IF EXISTS own ON %I', owned);
    EXECUTE format('CREATE POLICY own ON %I USING (customer = current_setting(''app.user_id'', true))', owned);
  END LOOP;
END $$;

-- Columns of many values that lie in no order: pg_stats shows them to who may read the rows, and jobs may not.
CREATE OR REPLACE FUNCTION index_candidates() RETURNS TABLE (relation text, column_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT tablename::text, attname::text FROM pg_stats
  WHERE schemaname = 'public' AND n_distinct > 100 AND abs(correlation) < 0.1 ORDER BY n_distinct DESC
$$;
REVOKE EXECUTE ON FUNCTION index_candidates() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION index_candidates() TO jobs;

-- Rights are taken away first, so that one removed from this file is removed from the database.
DO $$ DECLARE caller text; BEGIN
  FOREACH caller IN ARRAY ARRAY['api_1', 'api_2', 'celery_worker_1', 'celery_worker_2'] LOOP
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', caller);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON customers TO api_1, api_2;
GRANT SELECT, INSERT, UPDATE ON readings, uploads TO api_1, api_2;
GRANT SELECT ON notifications TO api_1, api_2;
GRANT SELECT, INSERT ON notifications TO celery_worker_1, celery_worker_2;

COMMIT;
