CREATE OR REPLACE FUNCTION public.settle_hold (
  p_user_id         uuid,
  p_hold_id         uuid,
  p_status          text,
  p_amount          integer DEFAULT NULL::integer,
  p_idempotency_key text    DEFAULT NULL::text,
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
  wallet public.user_tokens;
  hold public.token_holds;
  entry public.token_transactions;
  known public.token_transactions;
begin
  if p_status is null or p_status not in ('captured', 'released')
    or p_amount not between 1 and 1000000000 or (p_status = 'released' and p_amount is not null)
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'a hold is captured, with an amount from 1 to 1000000000 or all of it, or released';
  end if;
  entry.requested_by := private.requester(p_session_id);

  wallet := private.prepare_wallet(p_user_id, p_session_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request('settle', p_hold_id::text, p_status, p_amount::text);
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  select * into hold from public.token_holds as h where h.user_id = p_user_id and h.id = p_hold_id;
  if not found then
    raise sqlstate 'PT404' using message = 'hold_not_found';
  end if;
  if replayed then
    entry := known;
  else
    -- What a server set aside for its work must still be there when the work is done.
    if hold.placed_by = 'server' and entry.requested_by = 'user' then
      raise sqlstate 'PT403' using message = 'hold_of_server';
    end if;
    perform private.require_open(hold);
    hold.status := p_status;
    if p_status = 'captured' then
      hold.captured_amount := coalesce(p_amount, hold.amount);
      -- What is above the hold comes out of the balance, in this one step or not at all.
      if hold.captured_amount > hold.amount then
        perform private.require_balance(wallet, hold.amount - hold.captured_amount);
      end if;
    end if;
    entry := private.end_hold(wallet, hold, entry);
  end if;
  return query select
    hold.id, hold.amount, hold.captured_amount, hold.status, hold.placed_by, hold.expires_at,
    entry.balance_after, entry.held_after, entry.debt_after, replayed;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."settle_hold"(uuid, uuid, text, integer, text, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."settle_hold"(uuid, uuid, text, integer, text, uuid) IS 'Ends a hold: p_status captured (p_amount tokens, all that is held by default) or released. Returns the hold, the balance, the held sum and the debt it left, and whether it was there already under this key. Refusals: PT404 hold_not_found, PT403 hold_of_server, PT409 hold_settled (detail: its final state as JSON), PT402 insufficient_tokens, PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "public"."settle_hold"(uuid, uuid, text, integer, text, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."settle_hold"(uuid, uuid, text, integer, text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."settle_hold"(uuid, uuid, text, integer, text, uuid) FROM PUBLIC, "anon", "authenticated";
