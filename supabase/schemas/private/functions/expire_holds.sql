CREATE OR REPLACE FUNCTION private.expire_holds (
  p_wallet public.user_tokens
)
  RETURNS public.user_tokens
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  wallet public.user_tokens := p_wallet;
  -- Once, since a condition on clock_timestamp() would be computed for each row and use no index.
  ended_by constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  freed bigint;
  last_end timestamptz;
  count bigint;
begin
  -- Nearly always there is none, and looking is much cheaper than what follows.
  if not exists (
    select from public.token_holds as hold
    where hold.user_id = wallet.user_id and hold.status = 'held' and hold.expires_at <= ended_by
  ) then
    return wallet;
  end if;
  with due as (
    select hold.id, hold.amount, hold.reference,
      -- An expiry is entered at the instant from which its tokens counted, not when somebody came by.
      greatest(hold.expires_at, wallet.updated_at) as ended_at,
      sum(hold.amount) over in_order as freed,
      row_number() over in_order as place,
      -- What came back by then pays the debt first.
      least(sum(hold.amount) over in_order, wallet.debt) as paid
    from public.token_holds as hold
    where hold.user_id = wallet.user_id and hold.status = 'held' and hold.expires_at <= ended_by
    window in_order as (order by hold.expires_at, hold.id)
  ),
  ended as (
    update public.token_holds as hold
    set status = 'expired', settled_at = due.ended_at
    from due
    where hold.user_id = wallet.user_id and hold.id = due.id
  ),
  entered as (
    insert into public.token_transactions (
      user_id, id, kind, hold_id, amount, balance_after, held_after, debt_change, debt_after,
      reference, requested_by, created_at
    )
    select
      wallet.user_id, wallet.entries + due.place, 'expiry', due.id,
      due.amount - (due.paid - least(due.freed - due.amount, wallet.debt)),
      wallet.token + due.freed - due.paid,
      wallet.held - due.freed,
      least(due.freed - due.amount, wallet.debt) - due.paid,
      wallet.debt - due.paid,
      due.reference, 'system', due.ended_at
    from due
  )
  select max(due.freed), max(due.ended_at), max(due.place) into freed, last_end, count from due;

  update public.user_tokens
  set token = token + freed - least(freed, debt),
    held = held - freed,
    debt = debt - least(freed, debt),
    entries = entries + count,
    updated_at = last_end
  where user_id = wallet.user_id
  returning * into strict wallet;
  return wallet;
end;
$function$;

COMMENT ON FUNCTION "private"."expire_holds"(public.user_tokens) IS 'Ends the holds of a locked wallet that ran out, at most 100, and enters each in the ledger. Returns the wallet.';

REVOKE ALL ON FUNCTION "private"."expire_holds"(public.user_tokens) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."expire_holds"(public.user_tokens) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."expire_holds"(public.user_tokens) TO "postgres";
