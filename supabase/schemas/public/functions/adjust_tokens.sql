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
  wallet public.user_tokens;
  entry public.token_transactions;
  known public.token_transactions;
begin
  if p_kind is null or p_kind not in ('add', 'deduct', 'adjustment') or p_amount is null
    or (case p_kind when 'deduct' then -p_amount::bigint when 'adjustment' then abs(p_amount::bigint) else p_amount end)
      not between 1 and 1000000000
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'add takes an amount from 1 to 1000000000, deduct one from -1 to -1000000000, adjustment both';
  end if;
  perform private.require_metadata(p_metadata);

  entry.kind := p_kind;
  entry.amount := p_amount;
  entry.reference := p_reference;
  entry.metadata := p_metadata;
  entry.requested_by := private.requester(p_session_id);

  -- The lock comes first: whatever is read below stays true until commit.
  wallet := private.prepare_wallet(p_user_id, p_session_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request(p_kind, p_amount::text, p_reference, p_metadata::text);
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  if replayed then
    entry := known;
  else
    perform private.require_balance(wallet, p_amount);
    entry := private.post_entry(wallet, entry);
  end if;
  return query select
    entry.id, entry.balance_after, entry.held_after, entry.debt_after, entry.created_at, replayed;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) IS 'Adds to or takes from a balance and writes the ledger, in one transaction. p_amount: signed tokens. p_kind: add, deduct, or adjustment by an operator. A credit pays a debt first. p_session_id: the session that must still be signed in, null for servers. Returns the entry''s id, the balance, the held sum and the debt it left, its time, and whether it was there already under this key. Refusals: PT402 insufficient_tokens (detail: the balance), PT422 balance_limit, PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."adjust_tokens"(uuid, integer, text, text, text, jsonb, uuid) FROM PUBLIC, "anon", "authenticated";
