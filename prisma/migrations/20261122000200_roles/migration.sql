-- Who may do what. Three roles log in and none of them owns anything or bypasses row-level security:
--   visavis_app     answers requests, bound to the tenant in app.tenant_id; without one it sees nothing
--   visavis_system  works where there is no tenant yet or many: key look-up, sign-in, session transitions, events, sweeps
--   visavis_meter   counts media and moves credit
-- visavis_ledger doesn't log in: it owns the functions that write the ledger, so that nothing else can.
-- migrate.ts creates them with passwords; here only for those who run `prisma migrate deploy`.
DO $$
DECLARE
  v_role text;
BEGIN
  FOREACH v_role IN ARRAY ARRAY['visavis_app', 'visavis_system', 'visavis_meter', 'visavis_ledger'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE NOREPLICATION', v_role);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- another database of this server is being migrated at the same time
      END;
    END IF;
  END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO visavis_app, visavis_system, visavis_meter, visavis_ledger;

-- Whatever a later migration creates starts closed as well.
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;

-- Every table with a tenant shows only the rows of the tenant that the transaction was opened for, to everyone, its owner included.
DO $$
DECLARE
  v_table text;
BEGIN
  FOR v_table IN
    SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format(
      $policy$CREATE POLICY tenant_rows ON public.%I
        USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
        WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$policy$, v_table);
  END LOOP;
END $$;

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON tenants
  USING (id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- A person is visible to the tenants that they belong to; the memberships in there are filtered by their own policy.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY members_rows ON users FOR SELECT TO visavis_app
  USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id));

-- Built-in voices are everyone's to read.
CREATE POLICY built_in_rows ON voices FOR SELECT USING (tenant_id IS NULL);

-- The seed runs as the owner, who is bound like everyone else. Only what comes before any tenant is the owner's: tenants, people, built-in voices.
CREATE POLICY owner_rows ON tenants TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY owner_rows ON users TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY owner_built_in_rows ON voices TO CURRENT_USER USING (tenant_id IS NULL) WITH CHECK (tenant_id IS NULL);

-- visavis_app
GRANT SELECT ON tenants, memberships, api_keys, avatars, voices, sessions, utterances, session_events, usage_slices,
  ledger_accounts, ledger_transactions, ledger_entries, credit_holds, idempotency_keys TO visavis_app;
GRANT SELECT (id, email, name, created_at) ON users TO visavis_app;
GRANT UPDATE (name, allowed_origins) ON tenants TO visavis_app;
GRANT INSERT, UPDATE (name, scopes, expires_at, revoked_at) ON api_keys TO visavis_app;
GRANT INSERT, UPDATE (name, status, failure_code, failure_reason, source_key, bundle_key, bundle_sha256, preview_key,
  engine, engine_version, report, progress, progress_step, ready_at, deleted_at) ON avatars TO visavis_app;
GRANT INSERT, UPDATE (metadata, last_activity_at, utterance_seq) ON sessions TO visavis_app;
GRANT INSERT ON utterances TO visavis_app;
GRANT INSERT, UPDATE, DELETE ON idempotency_keys TO visavis_app;

-- visavis_system: for each grant a policy that lets it see past the tenants
GRANT SELECT ON tenants, users, memberships, dashboard_sessions, api_keys, avatars, sessions, utterances, session_events, credit_holds TO visavis_system;
GRANT INSERT, DELETE, UPDATE (expires_at, last_seen_at, tenant_id) ON dashboard_sessions TO visavis_system;
GRANT UPDATE (last_used_at) ON api_keys TO visavis_system;
GRANT UPDATE (status, failure_code, failure_reason, bundle_key, bundle_sha256, preview_key, engine, engine_version, report,
  progress, progress_step, ready_at) ON avatars TO visavis_system;
GRANT UPDATE (state, reassigning, epoch, worker_id, media_node_id, end_reason, viewer_count, ingest_fetched_epoch, event_seq, utterance_seq,
  live_at, ended_at, last_activity_at) ON sessions TO visavis_system;
GRANT INSERT, UPDATE (state, interrupted, played_ms, error_code, started_at, ended_at) ON utterances TO visavis_system;
GRANT INSERT ON session_events TO visavis_system;
GRANT SELECT (tenant_id, key, expires_at), DELETE ON idempotency_keys TO visavis_system;
GRANT EXECUTE ON FUNCTION append_session_event TO visavis_system;

CREATE POLICY system_rows ON tenants FOR SELECT TO visavis_system USING (true);
CREATE POLICY system_rows ON users FOR SELECT TO visavis_system USING (true);
CREATE POLICY system_rows ON memberships FOR SELECT TO visavis_system USING (true);
CREATE POLICY system_rows ON dashboard_sessions TO visavis_system USING (true) WITH CHECK (true);
CREATE POLICY system_rows ON api_keys TO visavis_system USING (true) WITH CHECK (true);
CREATE POLICY system_rows ON avatars TO visavis_system USING (true) WITH CHECK (true);
CREATE POLICY system_rows ON sessions TO visavis_system USING (true) WITH CHECK (true);
CREATE POLICY system_rows ON utterances TO visavis_system USING (true) WITH CHECK (true);
CREATE POLICY system_rows ON session_events TO visavis_system USING (true) WITH CHECK (true);
CREATE POLICY system_rows ON credit_holds FOR SELECT TO visavis_system USING (true);
CREATE POLICY system_expired_rows ON idempotency_keys TO visavis_system USING (expires_at < now());

-- visavis_meter writes slices and two columns of sessions itself, and moves credit only through the ledger's functions.
GRANT SELECT, INSERT ON usage_slices TO visavis_meter;
GRANT SELECT (id, tenant_id, state, epoch, micro_credits_per_minute, billed_ms, billed_micro_credits),
  UPDATE (billed_ms, billed_micro_credits) ON sessions TO visavis_meter;
GRANT SELECT ON credit_holds, ledger_accounts, ledger_transactions, ledger_entries TO visavis_meter;

CREATE POLICY meter_rows ON usage_slices TO visavis_meter USING (true) WITH CHECK (true);
CREATE POLICY meter_rows ON sessions TO visavis_meter USING (true) WITH CHECK (true);
CREATE POLICY meter_rows ON credit_holds FOR SELECT TO visavis_meter USING (true);
CREATE POLICY meter_rows ON ledger_accounts FOR SELECT TO visavis_meter USING (true);
CREATE POLICY meter_rows ON ledger_transactions FOR SELECT TO visavis_meter USING (true);
CREATE POLICY meter_rows ON ledger_entries FOR SELECT TO visavis_meter USING (true);

-- visavis_ledger: entries and transactions can be added and never changed. No one has UPDATE or DELETE on them.
GRANT SELECT, INSERT ON ledger_transactions, ledger_entries TO visavis_ledger;
GRANT USAGE ON SEQUENCE ledger_entries_id_seq TO visavis_ledger;
GRANT SELECT, INSERT, UPDATE (balance) ON ledger_accounts TO visavis_ledger;
GRANT SELECT, INSERT, UPDATE (held_micro_credits, charged_micro_credits, extensions, settled_at) ON credit_holds TO visavis_ledger;
GRANT SELECT (id, tenant_id, micro_credits_per_minute, billed_ms, billed_micro_credits), UPDATE (billed_micro_credits) ON sessions TO visavis_ledger;
CREATE POLICY ledger_rows ON ledger_transactions TO visavis_ledger USING (true) WITH CHECK (true);
CREATE POLICY ledger_rows ON ledger_entries TO visavis_ledger USING (true) WITH CHECK (true);
CREATE POLICY ledger_rows ON ledger_accounts TO visavis_ledger USING (true) WITH CHECK (true);
CREATE POLICY ledger_rows ON credit_holds TO visavis_ledger USING (true) WITH CHECK (true);
CREATE POLICY ledger_rows ON sessions TO visavis_ledger USING (true) WITH CHECK (true);
