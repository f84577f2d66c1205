CREATE OR REPLACE FUNCTION public.adjust_tokens (
  p_user_id         uuid,
  p_amount          integer,
  p_kind            text,
  p_idempotency_key text    DEFAULT NULL::text,
  p_reference       text    DEFAULT NULL::text,
  p_metadata        jsonb   DEFAULT '{}'::jsonb,
  p_session_id      uuid    DEFAULT NULL::uuid
)
  RETURNS TABLE (
    transaction_id bigint,
    token          integer,
    held           integer,
    debt           bigint,
    updated_at     timestamp with time zone,
    replayed       boolean
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  seen bigint;
  hash bytea;
  now_ms timestamptz;
begin
  if p_kind is null or p_kind not in ('add', 'deduct', 'adjustment') or p_amount is null
    or (case p_kind when 'deduct' then -p_amount::bigint when 'adjustment' then abs(p_amount::bigint) else p_amount end)
      not between 1 and 1000000000
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'add takes an amount from 1 to 1000000000, deduct one from -1 to -1000000000, adjustment both';
  end if;

  -- The usual change is that of a wallet which holds and owes nothing, has no low balance to tell of and can take it:
  -- one statement looks, changes and writes. Anything else is left to adjust_carefully, which does the same in steps, or
  -- says why not. A wallet that nobody works on is not locked first. Who locks one is its xmax; who locks it and then
  -- changes it stays that, and is its xmin as well.
  select w.entries into seen from public.user_tokens as w
  where w.user_id = p_user_id and (w.xmax = 0 or w.xmax = w.xmin);
  if not found then
    select w.entries into seen from private.await_wallet(p_user_id) as w;
  end if;
  if p_idempotency_key is null or not private.key_is_used(p_user_id, p_idempotency_key, p_session_id) then
    if p_idempotency_key is not null then
      hash := private.hash_request(p_kind, p_amount::text, p_reference, p_metadata::text);
    end if;
    now_ms := date_trunc('milliseconds', clock_timestamp());
    return query with changed as (
      update public.user_tokens as w
      set token = w.token + p_amount, entries = w.entries + 1, updated_at = greatest(w.updated_at, now_ms)
      where w.user_id = p_user_id
        and w.held = 0 and w.debt = 0 and w.low_balance_noticed_at is null
        and w.token::bigint + p_amount between coalesce(w.low_balance_threshold, 0) and 2147483647
        and octet_length(p_metadata::text) <= 16384
        -- Nobody used the key since it was looked for.
        and (p_idempotency_key is null or w.entries = seen)
      returning w.user_id, w.entries, w.token, w.held, w.debt, w.updated_at
    )
    insert into public.token_transactions as t (
      user_id, id, kind, amount, balance_after, held_after, debt_after,
      reference, metadata, requested_by, idempotency_key, request_hash, created_at
    )
    select
      changed.user_id, changed.entries, p_kind, p_amount, changed.token, changed.held, changed.debt,
      p_reference, p_metadata, private.requester(p_session_id), p_idempotency_key, hash, changed.updated_at
    from changed
    returning t.id, t.balance_after, t.held_after, t.debt_after, t.created_at, false;
    if found then
      -- Somebody may have locked the wallet since the look, and this waited. Refused now, the change is undone.
      if clock_timestamp() > private.deadline() then
        perform private.require_time();
      end if;
      if p_session_id is not null then
        perform private.require_session(p_user_id, p_session_id);
      end if;
      return;
    end if;
  end if;

  return query select * from private.adjust_carefully(
    p_user_id, p_amount, p_kind, p_idempotency_key, p_reference, p_metadata, p_session_id
  );
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) IS 'Adds to or takes from a balance and writes the ledger, in one transaction. p_amount: signed tokens. p_kind: add, deduct, or adjustment by an operator. A credit pays a debt first. p_session_id: the session that must still be signed in, null for servers. Returns the entry''s id, the balance, the held sum and the debt it left, its time, and whether it was there already under this key. Refusals: PT402 insufficient_tokens (detail: the balance), PT422 balance_limit, PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) FROM PUBLIC, "anon", "authenticated";
