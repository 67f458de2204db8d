-- The assistant's schema. Applied by the superuser at every change: every statement may run again.
--
-- Rights belong to the NOLOGIN roles api, agent, oauth_manager, sms_router and worker; a login role is a member of one.
-- A table with users' rows shows a transaction only those of the user named in app.user_id, and none without one.
-- What must look across users is a function that returns no more than the caller needs.

SET statement_timeout = 0;
SET lock_timeout = '5s';
SET client_min_messages = warning;
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('schema'));

CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Settings of a NOLOGIN role do not reach its members, so the limits are the database's.
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET statement_timeout = %L', current_database(), '2s');
  EXECUTE format('ALTER DATABASE %I SET lock_timeout = %L', current_database(), '1s');
  EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = %L', current_database(), '10s');
END $$;
ALTER ROLE CURRENT_USER SET statement_timeout = 0;
SET lock_timeout = '5s';

CREATE TABLE IF NOT EXISTS users (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,40}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS user_phone_numbers (
  phone text PRIMARY KEY CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  verified_at timestamptz
);
CREATE INDEX IF NOT EXISTS user_phone_numbers_user ON user_phone_numbers (user_id);

CREATE TABLE IF NOT EXISTS messages (
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  id text NOT NULL CHECK (length(id) <= 120),
  direction text NOT NULL CHECK (direction IN ('in', 'out')),
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (user_id, id)
);
CREATE INDEX IF NOT EXISTS messages_latest ON messages (user_id, created_at DESC, id DESC);

CREATE TABLE IF NOT EXISTS reminders (
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  id text NOT NULL,
  due_at timestamptz NOT NULL,
  body text NOT NULL,
  delivered_at timestamptz,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX IF NOT EXISTS reminders_due ON reminders (due_at) WHERE delivered_at IS NULL;

CREATE TABLE IF NOT EXISTS sms_usage_logs (
  sid text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  phone text NOT NULL,
  segments integer NOT NULL CHECK (segments > 0),
  cost_usd numeric(10, 5) NOT NULL CHECK (cost_usd >= 0),
  received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS sms_usage_logs_user ON sms_usage_logs (user_id, phone);

-- An audit: it outlives a deleted user, and holds no more of a number than tells two callers apart.
CREATE TABLE IF NOT EXISTS user_identification_logs (
  sid text PRIMARY KEY,
  user_id text REFERENCES users ON DELETE SET NULL,
  phone_ending text NOT NULL,
  identified boolean NOT NULL,
  logged_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS user_identification_logs_user ON user_identification_logs (user_id);

CREATE TABLE IF NOT EXISTS oauth_integrations (
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  provider text NOT NULL CHECK (provider IN ('google', 'microsoft', 'notion', 'youtube')),
  state text NOT NULL CHECK (state IN ('active', 'refresh_due')),
  activated_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  PRIMARY KEY (user_id, provider)
);

CREATE TABLE IF NOT EXISTS oauth_tokens (
  user_id text NOT NULL,
  provider text NOT NULL,
  key_id text NOT NULL,
  ciphertext bytea NOT NULL,
  PRIMARY KEY (user_id, provider),
  FOREIGN KEY (user_id, provider) REFERENCES oauth_integrations ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS oauth_tokens_key ON oauth_tokens (key_id);

-- Rights are taken away first, so that one removed from this file is removed from the database.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM api, agent, oauth_manager, sms_router, worker;
GRANT SELECT, DELETE ON users TO api;
GRANT SELECT ON user_phone_numbers, messages, reminders, sms_usage_logs, oauth_integrations TO api;
GRANT SELECT ON messages TO agent;
GRANT INSERT ON sms_usage_logs TO sms_router;
GRANT INSERT ON messages TO worker;
GRANT SELECT, INSERT, UPDATE (delivered_at) ON reminders TO worker;
GRANT SELECT (state, expires_at), UPDATE (state) ON oauth_integrations TO worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_integrations, oauth_tokens TO oauth_manager;

-- A policy grants nothing: it narrows the rights above to the rows of one user, whichever role has them.
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT * FROM (VALUES
      ('users', 'id', 'api'),
      ('user_phone_numbers', 'user_id', 'api'),
      ('messages', 'user_id', 'api, agent, worker'),
      ('reminders', 'user_id', 'api, worker'),
      ('sms_usage_logs', 'user_id', 'api, sms_router'),
      ('user_identification_logs', 'user_id', 'api'),
      ('oauth_integrations', 'user_id', 'api, oauth_manager, worker'),
      ('oauth_tokens', 'user_id', 'oauth_manager')
    ) AS policies (name, owner, roles)
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', item.name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', item.name);
    EXECUTE format('DROP POLICY IF EXISTS own_rows ON %I', item.name);
    EXECUTE format(
      'CREATE POLICY own_rows ON %I TO %s USING (%I = current_setting(''app.user_id'', true))',
      item.name, item.roles, item.owner
    );
  END LOOP;
END $$;

-- Whose number this is, if anybody's; logs each SMS once.
CREATE OR REPLACE FUNCTION identify_sender(sms text, sender text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  found text;
BEGIN
  SELECT user_id INTO found FROM user_phone_numbers WHERE phone = sender AND verified_at IS NOT NULL;
  INSERT INTO user_identification_logs (sid, user_id, phone_ending, identified)
  VALUES (sms, found, right(sender, 4), found IS NOT NULL) ON CONFLICT DO NOTHING;
  RETURN found;
END $$;

CREATE OR REPLACE FUNCTION users_with_due_reminders() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT user_id FROM reminders WHERE due_at <= now() AND delivered_at IS NULL
$$;

CREATE OR REPLACE FUNCTION users_with_expiring_tokens() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT user_id FROM oauth_integrations WHERE state = 'active' AND expires_at < now() + interval '1 day'
$$;

CREATE OR REPLACE FUNCTION users_with_tokens_under_other_keys(current_key text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT user_id FROM oauth_tokens WHERE key_id <> current_key
$$;

CREATE OR REPLACE FUNCTION providers_in_use() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT provider FROM oauth_integrations
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, api, agent, oauth_manager, sms_router, worker;
GRANT EXECUTE ON FUNCTION identify_sender(text, text) TO sms_router;
GRANT EXECUTE ON FUNCTION users_with_due_reminders(), users_with_expiring_tokens() TO worker;
GRANT EXECUTE ON FUNCTION users_with_tokens_under_other_keys(text), providers_in_use() TO oauth_manager;

COMMIT;
