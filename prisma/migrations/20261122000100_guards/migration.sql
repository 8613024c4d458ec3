-- What a row may say, whoever writes it. schema.prisma can't express this.

ALTER TABLE tenants
  ADD CONSTRAINT tenants_slug_shape CHECK (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'),
  ADD CONSTRAINT tenants_price_positive CHECK (micro_credits_per_minute > 0),
  ADD CONSTRAINT tenants_concurrency_not_negative CHECK (concurrency_limit >= 0),
  ALTER COLUMN allowed_origins SET NOT NULL;

ALTER TABLE users
  ADD CONSTRAINT users_email_lower CHECK (email = lower(email) AND email LIKE '%_@_%');

ALTER TABLE memberships
  ADD CONSTRAINT memberships_role_known CHECK (role IN ('owner', 'admin', 'developer', 'billing', 'viewer'));

ALTER TABLE dashboard_sessions
  ADD CONSTRAINT dashboard_sessions_hash_sha256 CHECK (octet_length(token_hash) = 32);

ALTER TABLE api_keys
  ADD CONSTRAINT api_keys_hash_sha256 CHECK (octet_length(hash) = 32),
  ALTER COLUMN scopes SET NOT NULL;

ALTER TABLE avatars
  ADD CONSTRAINT avatars_kind_known CHECK (kind IN ('photo')),
  ADD CONSTRAINT avatars_status_known CHECK (status IN ('processing', 'ready', 'failed')),
  ADD CONSTRAINT avatars_ready_is_complete CHECK (
    status <> 'ready' OR (bundle_key IS NOT NULL AND bundle_sha256 IS NOT NULL AND engine IS NOT NULL AND engine_version IS NOT NULL)),
  ADD CONSTRAINT avatars_failed_says_why CHECK ((status = 'failed') = (failure_code IS NOT NULL)),
  ADD CONSTRAINT avatars_progress_range CHECK (progress BETWEEN 0 AND 1);

ALTER TABLE voices
  ADD CONSTRAINT voices_id_shape CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,47}$'),
  ADD CONSTRAINT voices_gender_known CHECK (gender IN ('female', 'male', 'neutral'));

ALTER TABLE sessions
  ADD CONSTRAINT sessions_state_known CHECK (state IN ('starting', 'live', 'ended')),
  ADD CONSTRAINT sessions_end_reason_known CHECK (
    end_reason IN ('client', 'idle_timeout', 'max_duration', 'credits_exhausted', 'worker_lost', 'failed')),
  ADD CONSTRAINT sessions_end_is_complete CHECK (
    (state = 'ended') = (ended_at IS NOT NULL) AND (state = 'ended') = (end_reason IS NOT NULL)),
  ADD CONSTRAINT sessions_live_has_begun CHECK (state <> 'live' OR live_at IS NOT NULL),
  ADD CONSTRAINT sessions_reassigning_before_end CHECK (NOT reassigning OR state <> 'ended'),
  ADD CONSTRAINT sessions_epoch_counts CHECK (epoch >= 0 AND ingest_fetched_epoch BETWEEN 0 AND epoch),
  ADD CONSTRAINT sessions_counters_not_negative CHECK (viewer_count >= 0 AND event_seq >= 0 AND utterance_seq >= 0),
  ADD CONSTRAINT sessions_video_sane CHECK (
    video_width BETWEEN 16 AND 4096 AND video_height BETWEEN 16 AND 4096 AND video_fps BETWEEN 1 AND 60 AND video_codec IN ('h264', 'vp8')),
  ADD CONSTRAINT sessions_limits_positive CHECK (max_duration_s > 0 AND idle_timeout_s > 0 AND weight_pixels > 0 AND micro_credits_per_minute >= 0),
  ADD CONSTRAINT sessions_bill_not_negative CHECK (billed_ms >= 0 AND billed_micro_credits >= 0),
  ADD CONSTRAINT sessions_metadata_is_object CHECK (jsonb_typeof(metadata) = 'object');

CREATE INDEX sessions_running ON sessions (tenant_id) WHERE state <> 'ended';
CREATE INDEX sessions_of_worker ON sessions (worker_id) WHERE state <> 'ended';

ALTER TABLE utterances
  ADD CONSTRAINT utterances_kind_known CHECK (kind IN ('text', 'audio', 'audio_url', 'stream')),
  ADD CONSTRAINT utterances_state_known CHECK (state IN ('queued', 'started', 'ended')),
  ADD CONSTRAINT utterances_end_is_complete CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  ADD CONSTRAINT utterances_counts CHECK (ordinal >= 1 AND played_ms >= 0);

ALTER TABLE session_events
  ADD CONSTRAINT session_events_data_is_object CHECK (jsonb_typeof(data) = 'object'),
  ADD CONSTRAINT session_events_names_utterance CHECK (type NOT LIKE 'utterance.%' OR data ->> 'utterance_id' IS NOT NULL),
  ADD CONSTRAINT session_events_seq_counts CHECK (seq >= 1);

-- Some things happen once, however often they are reported.
CREATE UNIQUE INDEX session_events_once_per_utterance ON session_events (session_id, type, (data ->> 'utterance_id'))
  WHERE type IN ('utterance.started', 'utterance.ended');
CREATE UNIQUE INDEX session_events_once_per_session ON session_events (session_id, type)
  WHERE type IN ('session.started', 'session.first_frame', 'session.ended');

ALTER TABLE usage_slices
  ADD CONSTRAINT usage_slices_counts CHECK (epoch >= 0 AND slice >= 0 AND media_ms >= 0);

ALTER TABLE ledger_accounts
  ADD CONSTRAINT ledger_accounts_kind_known CHECK (
    CASE WHEN tenant_id IS NULL THEN kind IN ('granted', 'revenue') ELSE kind IN ('available', 'held') END),
  ADD CONSTRAINT ledger_accounts_no_overdraft CHECK (kind NOT IN ('available', 'held') OR balance >= 0);
CREATE UNIQUE INDEX ledger_accounts_system_once ON ledger_accounts (kind) WHERE tenant_id IS NULL;

ALTER TABLE ledger_transactions
  ADD CONSTRAINT ledger_transactions_kind_known CHECK (kind IN ('grant', 'hold', 'settle')),
  ADD CONSTRAINT ledger_transactions_session CHECK ((kind = 'grant') = (session_id IS NULL));

ALTER TABLE ledger_entries
  ADD CONSTRAINT ledger_entries_move_something CHECK (amount <> 0);

ALTER TABLE credit_holds
  ADD CONSTRAINT credit_holds_amounts CHECK (held_micro_credits >= 0 AND charged_micro_credits >= 0 AND extensions >= 0),
  ADD CONSTRAINT credit_holds_settled_is_empty CHECK (settled_at IS NULL OR held_micro_credits = 0),
  ADD CONSTRAINT credit_holds_charged_at_end CHECK (settled_at IS NOT NULL OR charged_micro_credits = 0);
CREATE INDEX credit_holds_open ON credit_holds (created_at) WHERE settled_at IS NULL;

ALTER TABLE idempotency_keys
  ADD CONSTRAINT idempotency_keys_body_sha256 CHECK (octet_length(body_sha256) = 32),
  ADD CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255);

-- A session's events are numbered without gaps, so that a reader who has seen n knows what comes next. The session's row is the lock.
CREATE FUNCTION append_session_event(p_session_id uuid, p_type text, p_data jsonb DEFAULT '{}', p_at timestamptz DEFAULT clock_timestamp())
RETURNS TABLE (seq int, at timestamptz) LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
  v_seq int;
  v_tenant_id uuid;
  v_at timestamptz;
BEGIN
  UPDATE public.sessions SET event_seq = event_seq + 1 WHERE id = p_session_id RETURNING event_seq, tenant_id INTO v_seq, v_tenant_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no session %', p_session_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  INSERT INTO public.session_events (session_id, seq, tenant_id, type, at, data)
    VALUES (p_session_id, v_seq, v_tenant_id, p_type, p_at, p_data)
    ON CONFLICT DO NOTHING RETURNING session_events.at INTO v_at;
  IF NOT FOUND THEN
    -- It has been said before: give the number back and answer with no row.
    UPDATE public.sessions SET event_seq = event_seq - 1 WHERE id = p_session_id;
    RETURN;
  END IF;
  seq := v_seq;
  at := v_at;
  RETURN NEXT;
END $$;
