CREATE OR REPLACE FUNCTION public.hold_tokens (
  p_user_id         uuid,
  p_amount          integer,
  p_ttl_seconds     integer,
  p_idempotency_key text    DEFAULT NULL::text,
  p_reference       text    DEFAULT NULL::text,
  p_metadata        jsonb   DEFAULT '{}'::jsonb,
  p_session_id      uuid    DEFAULT NULL::uuid
)
  RETURNS TABLE (
    id              uuid,
    amount          integer,
    captured_amount integer,
    status          text,
    placed_by       text,
    expires_at      timestamp with time zone,
    token           integer,
    held            integer,
    debt            bigint,
    replayed        boolean
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  -- A debit and a refund touch all open holds that ran out: this many cost them a few milliseconds.
  max_open_holds constant integer := 100;
  wallet public.user_tokens;
  hold public.token_holds;
  entry public.token_transactions;
  known public.token_transactions;
begin
  if p_amount is null or p_amount not between 1 and 1000000000
    or p_ttl_seconds is null or p_ttl_seconds not between 1 and 86400
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'a hold takes an amount from 1 to 1000000000 and a ttl_seconds from 1 to 86400';
  end if;
  -- To ask first is cheaper than to call what refuses.
  if octet_length(p_metadata::text) > 16384 then
    perform private.require_metadata(p_metadata);
  end if;

  entry.kind := 'hold';
  entry.amount := -p_amount;
  entry.reference := p_reference;
  entry.requested_by := private.requester(p_session_id);

  wallet := private.prepare_wallet(p_user_id, p_session_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request(
      'hold', p_amount::text, p_ttl_seconds::text, p_reference, p_metadata::text
    );
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  if replayed then
    entry := known;
    select * into strict hold from public.token_holds as h where h.user_id = p_user_id and h.id = entry.hold_id;
  else
    perform private.require_balance(wallet, -p_amount);
    -- Each holds a token at least, so few tokens held are few holds.
    if wallet.held >= max_open_holds then
      if max_open_holds <= (
        select count(*) from public.token_holds as h where h.user_id = p_user_id and h.status = 'held'
      ) then
        raise sqlstate 'PT409' using message = 'hold_limit';
      end if;
    end if;
    insert into public.token_holds (user_id, amount, placed_by, reference, metadata, expires_at, created_at)
    values (
      p_user_id, p_amount, entry.requested_by, p_reference, coalesce(p_metadata, '{}'),
      date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => p_ttl_seconds),
      date_trunc('milliseconds', clock_timestamp())
    )
    returning * into hold;
    entry.hold_id := hold.id;
    entry := private.post_entry(wallet, entry, p_amount);
  end if;
  -- As it was when it began, so that a replay repeats the first answer.
  return query select
    hold.id, hold.amount, null::integer, 'held', hold.placed_by, hold.expires_at,
    entry.balance_after, entry.held_after, entry.debt_after, replayed;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."hold_tokens"(uuid, integer, integer, text, text, jsonb, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."hold_tokens"(uuid, integer, integer, text, text, jsonb, uuid) IS 'Sets tokens aside for p_ttl_seconds (1 to 86400). The balance falls at once. Returns the hold, the balance, the held sum and the debt it left, and whether it was there already under this key. Refusals: PT402 insufficient_tokens (detail: the balance), PT409 hold_limit (100 are open), PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "public"."hold_tokens"(uuid, integer, integer, text, text, jsonb, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."hold_tokens"(uuid, integer, integer, text, text, jsonb, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."hold_tokens"(uuid, integer, integer, text, text, jsonb, uuid) FROM PUBLIC, "anon", "authenticated";
