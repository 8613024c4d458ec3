-- Double entry in integer micro-credits. Entries are only ever added; a balance moves by adding an entry and in no other way.
-- Lock order everywhere: the session's row, the tenant's available account, its hold, its held account, the system's account.

-- UUIDs of version 7 also for servers older than PostgreSQL 18.
CREATE FUNCTION new_uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

CREATE FUNCTION ledger_move_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.ledger_accounts SET balance = balance + NEW.amount
    WHERE id = NEW.account_id AND (tenant_id IS NULL OR tenant_id = NEW.tenant_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account % is not one of tenant %', NEW.account_id, NEW.tenant_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_move_balance AFTER INSERT ON ledger_entries
  FOR EACH ROW EXECUTE FUNCTION ledger_move_balance();

CREATE FUNCTION ledger_check_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  v_transaction_id uuid := CASE TG_TABLE_NAME WHEN 'ledger_entries' THEN to_jsonb(NEW) ->> 'transaction_id' ELSE to_jsonb(NEW) ->> 'id' END;
  v_entries int;
  v_sum numeric;
  v_strangers int;
BEGIN
  SELECT count(*), coalesce(sum(e.amount), 0), count(*) FILTER (WHERE e.tenant_id <> t.tenant_id) INTO v_entries, v_sum, v_strangers
    FROM public.ledger_entries e JOIN public.ledger_transactions t ON t.id = e.transaction_id WHERE e.transaction_id = v_transaction_id;
  IF v_entries < 2 OR v_sum <> 0 OR v_strangers > 0 THEN
    RAISE EXCEPTION 'ledger transaction % has % entries that add up to %', v_transaction_id, v_entries, v_sum USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transactions_balanced AFTER INSERT ON ledger_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_transaction();
CREATE CONSTRAINT TRIGGER ledger_entries_balanced AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_transaction();

-- Against the owner too, who would otherwise need no grant.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE FUNCTION ledger_account(p_tenant_id uuid, p_kind text) RETURNS uuid LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  v_id uuid;
BEGIN
  SELECT id INTO v_id FROM public.ledger_accounts WHERE kind = p_kind AND tenant_id IS NOT DISTINCT FROM p_tenant_id;
  IF NOT FOUND THEN
    INSERT INTO public.ledger_accounts (id, tenant_id, kind) VALUES (public.new_uuid_v7(), p_tenant_id, p_kind)
      ON CONFLICT DO NOTHING;
    SELECT id INTO STRICT v_id FROM public.ledger_accounts WHERE kind = p_kind AND tenant_id IS NOT DISTINCT FROM p_tenant_id;
  END IF;
  RETURN v_id;
END $$;

-- Locks the tenant's available account, which makes the movements of one tenant take turns, and answers its balance.
CREATE FUNCTION ledger_lock_available(p_tenant_id uuid) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  v_account_id uuid := public.ledger_account(p_tenant_id, 'available');
  v_balance bigint;
BEGIN
  SELECT balance INTO STRICT v_balance FROM public.ledger_accounts WHERE id = v_account_id FOR UPDATE;
  RETURN v_balance;
END $$;

-- Gives credit. True if this call did it, false if the key had done so before.
CREATE FUNCTION ledger_grant(p_tenant_id uuid, p_micro_credits bigint, p_idempotency_key text, p_memo text DEFAULT '')
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  v_available uuid := public.ledger_account(p_tenant_id, 'available');
  v_key text := 'grant:' || p_idempotency_key;
  v_id uuid := public.new_uuid_v7();
BEGIN
  IF p_micro_credits <= 0 THEN
    RAISE EXCEPTION 'a grant must be positive' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM public.ledger_lock_available(p_tenant_id);
  INSERT INTO public.ledger_transactions (id, tenant_id, kind, idempotency_key, memo)
    VALUES (v_id, p_tenant_id, 'grant', v_key, p_memo) ON CONFLICT (tenant_id, idempotency_key) DO NOTHING;
  IF NOT FOUND THEN
    IF NOT EXISTS (SELECT FROM public.ledger_transactions t JOIN public.ledger_entries e ON e.transaction_id = t.id
                   WHERE t.tenant_id = p_tenant_id AND t.idempotency_key = v_key AND e.account_id = v_available AND e.amount = p_micro_credits) THEN
      RAISE EXCEPTION 'the idempotency key was used for another amount' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN false;
  END IF;
  INSERT INTO public.ledger_entries (transaction_id, account_id, tenant_id, amount)
    VALUES (v_id, v_available, p_tenant_id, p_micro_credits),
           (v_id, public.ledger_account(NULL, 'granted'), p_tenant_id, -p_micro_credits);
  RETURN true;
END $$;

-- Sets aside the smaller of what is wanted and what there is. Answers what the session holds now: 0 and nothing written if there is no credit;
-- repeated, what it held already.
CREATE FUNCTION ledger_place_hold(p_tenant_id uuid, p_session_id uuid, p_wanted bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  v_balance bigint;
  v_hold public.credit_holds;
  v_id uuid := public.new_uuid_v7();
  v_amount bigint;
BEGIN
  IF p_wanted <= 0 THEN
    RAISE EXCEPTION 'a hold must be positive' USING ERRCODE = 'check_violation';
  END IF;
  v_balance := public.ledger_lock_available(p_tenant_id);
  SELECT * INTO v_hold FROM public.credit_holds WHERE session_id = p_session_id;
  IF FOUND THEN
    IF v_hold.tenant_id <> p_tenant_id THEN
      RAISE EXCEPTION 'session % belongs to another tenant', p_session_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN v_hold.held_micro_credits;
  END IF;
  v_amount := least(p_wanted, v_balance);
  IF v_amount = 0 THEN
    RETURN 0;
  END IF;
  INSERT INTO public.credit_holds (session_id, tenant_id, held_micro_credits) VALUES (p_session_id, p_tenant_id, v_amount);
  INSERT INTO public.ledger_transactions (id, tenant_id, kind, session_id, idempotency_key)
    VALUES (v_id, p_tenant_id, 'hold', p_session_id, 'hold:' || p_session_id);
  INSERT INTO public.ledger_entries (transaction_id, account_id, tenant_id, amount)
    VALUES (v_id, public.ledger_account(p_tenant_id, 'available'), p_tenant_id, -v_amount),
           (v_id, public.ledger_account(p_tenant_id, 'held'), p_tenant_id, v_amount);
  RETURN v_amount;
END $$;

-- Raises a session's hold towards a total, as far as the credit goes, and answers what it holds now. 0 once settled or without a hold.
CREATE FUNCTION ledger_extend_hold(p_session_id uuid, p_total bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  v_balance bigint;
  v_hold public.credit_holds;
  v_id uuid := public.new_uuid_v7();
  v_amount bigint;
BEGIN
  SELECT * INTO v_hold FROM public.credit_holds WHERE session_id = p_session_id;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  v_balance := public.ledger_lock_available(v_hold.tenant_id);
  SELECT * INTO v_hold FROM public.credit_holds WHERE session_id = p_session_id FOR UPDATE;
  v_amount := least(p_total - v_hold.held_micro_credits, v_balance);
  IF v_hold.settled_at IS NOT NULL OR v_amount <= 0 THEN
    RETURN v_hold.held_micro_credits;
  END IF;
  UPDATE public.credit_holds SET held_micro_credits = held_micro_credits + v_amount, extensions = extensions + 1
    WHERE session_id = p_session_id RETURNING * INTO v_hold;
  INSERT INTO public.ledger_transactions (id, tenant_id, kind, session_id, idempotency_key)
    VALUES (v_id, v_hold.tenant_id, 'hold', p_session_id, 'hold:' || p_session_id || ':' || v_hold.extensions);
  INSERT INTO public.ledger_entries (transaction_id, account_id, tenant_id, amount)
    VALUES (v_id, public.ledger_account(v_hold.tenant_id, 'available'), v_hold.tenant_id, -v_amount),
           (v_id, public.ledger_account(v_hold.tenant_id, 'held'), v_hold.tenant_id, v_amount);
  RETURN v_hold.held_micro_credits;
END $$;

-- Charges what was used, at most what was held, and gives the rest back. Without an amount it charges what was metered. Repeated, it answers the same.
CREATE FUNCTION ledger_settle(p_session_id uuid, p_used bigint DEFAULT NULL)
RETURNS TABLE (charged_micro_credits bigint, released_micro_credits bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
  v_metered bigint;
  v_hold public.credit_holds;
  v_id uuid := public.new_uuid_v7();
  v_charged bigint;
  v_released bigint;
BEGIN
  -- The session's row first, so that no slice is counted between reading the bill and closing it.
  SELECT billed_micro_credits INTO v_metered FROM public.sessions WHERE id = p_session_id FOR UPDATE;
  SELECT * INTO v_hold FROM public.credit_holds WHERE session_id = p_session_id;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 0::bigint, 0::bigint;
    RETURN;
  END IF;
  PERFORM public.ledger_lock_available(v_hold.tenant_id);
  SELECT * INTO v_hold FROM public.credit_holds WHERE session_id = p_session_id FOR UPDATE;
  IF v_hold.settled_at IS NOT NULL THEN
    RETURN QUERY SELECT v_hold.charged_micro_credits, coalesce((
      SELECT sum(e.amount)::bigint FROM public.ledger_transactions t JOIN public.ledger_entries e ON e.transaction_id = t.id
        JOIN public.ledger_accounts a ON a.id = e.account_id
      WHERE t.session_id = p_session_id AND t.kind = 'settle' AND a.kind = 'available'), 0);
    RETURN;
  END IF;
  v_charged := least(greatest(coalesce(p_used, v_metered, 0), 0), v_hold.held_micro_credits);
  v_released := v_hold.held_micro_credits - v_charged;
  INSERT INTO public.ledger_transactions (id, tenant_id, kind, session_id, idempotency_key)
    VALUES (v_id, v_hold.tenant_id, 'settle', p_session_id, 'settle:' || p_session_id);
  INSERT INTO public.ledger_entries (transaction_id, account_id, tenant_id, amount)
    SELECT v_id, public.ledger_account(moved.tenant_id, moved.kind), v_hold.tenant_id, moved.amount
    FROM (VALUES (1, v_hold.tenant_id, 'available', v_released),
                 (2, v_hold.tenant_id, 'held', -v_hold.held_micro_credits),
                 (3, NULL, 'revenue', v_charged)) AS moved (turn, tenant_id, kind, amount)
    WHERE moved.amount <> 0 ORDER BY moved.turn;
  UPDATE public.credit_holds SET held_micro_credits = 0, charged_micro_credits = v_charged, settled_at = now() WHERE session_id = p_session_id;
  UPDATE public.sessions SET billed_micro_credits = v_charged WHERE id = p_session_id AND billed_micro_credits <> v_charged;
  RETURN QUERY SELECT v_charged, v_released;
END $$;

-- Counts slices of many sessions and answers each session's bill. A slice counts once; those of an old epoch, of a settled session or of none are
-- left out. The bill is rounded down over the whole session and never exceeds the hold.
CREATE FUNCTION record_usage_slices(p_session_ids uuid[], p_epochs int[], p_slices int[], p_media_ms int[])
RETURNS TABLE (session_id uuid, accepted_ms bigint, billed_ms bigint, billed_micro_credits bigint, held_micro_credits bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM public.sessions s WHERE s.id = ANY (p_session_ids) ORDER BY s.id FOR UPDATE;
  RETURN QUERY
  WITH reported AS (
    SELECT * FROM unnest(p_session_ids, p_epochs, p_slices, p_media_ms) AS r (session_id, epoch, slice, media_ms)
  ), counted AS (
    INSERT INTO public.usage_slices (session_id, epoch, slice, tenant_id, media_ms)
    SELECT r.session_id, r.epoch, r.slice, s.tenant_id, r.media_ms
    FROM reported r JOIN public.sessions s ON s.id = r.session_id AND s.epoch = r.epoch
      JOIN public.credit_holds h ON h.session_id = r.session_id AND h.settled_at IS NULL
    ON CONFLICT (session_id, epoch, slice) DO NOTHING
    RETURNING usage_slices.session_id, usage_slices.media_ms
  ), sums AS (
    SELECT c.session_id, sum(c.media_ms)::bigint AS media_ms FROM counted c GROUP BY c.session_id
  ), billed AS (
    UPDATE public.sessions s SET
      billed_ms = s.billed_ms + u.media_ms,
      billed_micro_credits = least(div((s.billed_ms + u.media_ms)::numeric * s.micro_credits_per_minute, 60000)::bigint, h.held_micro_credits)
    FROM sums u JOIN public.credit_holds h ON h.session_id = u.session_id
    WHERE s.id = u.session_id
    RETURNING s.id, u.media_ms AS accepted_ms, s.billed_ms, s.billed_micro_credits
  )
  SELECT s.id, coalesce(b.accepted_ms, 0), coalesce(b.billed_ms, s.billed_ms), coalesce(b.billed_micro_credits, s.billed_micro_credits),
    coalesce(h.held_micro_credits, 0)
  FROM public.sessions s LEFT JOIN billed b ON b.id = s.id LEFT JOIN public.credit_holds h ON h.session_id = s.id
  WHERE s.id = ANY (p_session_ids);
END $$;

-- Rows that must not exist. Empty when all is well.
CREATE FUNCTION ledger_violations() RETURNS TABLE (violation text, subject text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT 'transaction does not balance', e.transaction_id::text, sum(e.amount)::text
    FROM public.ledger_entries e GROUP BY e.transaction_id HAVING sum(e.amount) <> 0 OR count(*) < 2
  UNION ALL
  SELECT 'transaction without entries', t.id::text, t.kind
    FROM public.ledger_transactions t WHERE NOT EXISTS (SELECT FROM public.ledger_entries e WHERE e.transaction_id = t.id)
  UNION ALL
  SELECT 'balance is not the sum of its entries', a.id::text, format('%s against %s', a.balance, coalesce(sum(e.amount), 0))
    FROM public.ledger_accounts a LEFT JOIN public.ledger_entries e ON e.account_id = a.id GROUP BY a.id HAVING a.balance <> coalesce(sum(e.amount), 0)
  UNION ALL
  SELECT 'overdraft', a.id::text, a.balance::text FROM public.ledger_accounts a WHERE a.kind IN ('available', 'held') AND a.balance < 0
  UNION ALL
  SELECT 'held account is not the sum of the open holds', a.tenant_id::text, format('%s against %s', a.balance, coalesce(sum(h.held_micro_credits), 0))
    FROM public.ledger_accounts a LEFT JOIN public.credit_holds h ON h.tenant_id = a.tenant_id
    WHERE a.kind = 'held' GROUP BY a.id HAVING a.balance <> coalesce(sum(h.held_micro_credits), 0)
  UNION ALL
  SELECT 'charge is not what the ledger moved', h.session_id::text, h.charged_micro_credits::text
    FROM public.credit_holds h WHERE h.settled_at IS NOT NULL AND h.charged_micro_credits <> coalesce((
      SELECT sum(e.amount) FROM public.ledger_transactions t JOIN public.ledger_entries e ON e.transaction_id = t.id
        JOIN public.ledger_accounts a ON a.id = e.account_id WHERE t.session_id = h.session_id AND a.kind = 'revenue'), 0)
  UNION ALL
  SELECT 'session billed beyond its hold', s.id::text, s.billed_micro_credits::text
    FROM public.sessions s LEFT JOIN public.credit_holds h ON h.session_id = s.id
    WHERE s.billed_micro_credits > CASE WHEN h.settled_at IS NULL THEN coalesce(h.held_micro_credits, 0) ELSE h.charged_micro_credits END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_session_event, new_uuid_v7 TO visavis_system;
GRANT EXECUTE ON FUNCTION new_uuid_v7 TO visavis_ledger;
GRANT EXECUTE ON FUNCTION ledger_grant TO visavis_system;
GRANT EXECUTE ON FUNCTION ledger_place_hold, ledger_extend_hold, ledger_settle, record_usage_slices TO visavis_meter;
GRANT EXECUTE ON FUNCTION ledger_violations TO visavis_meter;

-- Handing the functions over takes the right to act as the role that is to own them, and that role's right to create; both end here.
DO $$
DECLARE
  v_superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
  v_function regprocedure;
BEGIN
  IF NOT v_superuser THEN
    EXECUTE format('GRANT visavis_ledger TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA public TO visavis_ledger;
  FOR v_function IN
    SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND p.proname LIKE 'ledger\_%' AND p.proname <> 'ledger_refuse_change'
  LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO visavis_ledger', v_function);
  END LOOP;
  REVOKE CREATE ON SCHEMA public FROM visavis_ledger;
  -- The seed's; given earlier it would have gone to the new owner with the rest.
  EXECUTE format('GRANT EXECUTE ON FUNCTION public.ledger_grant, public.ledger_violations TO %I', current_user);
  IF NOT v_superuser THEN
    EXECUTE format('REVOKE visavis_ledger FROM %I', current_user);
  END IF;
END $$;
