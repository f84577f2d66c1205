CREATE OR REPLACE FUNCTION private.follow_event (
  p_event public.payment_events
)
  RETURNS TABLE (
    outcome text,
    reason  text
  )
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  wallet public.user_tokens;
  purchase public.purchases;
  other public.payment_events;
begin
  if p_event.fact = 'other' then
    return query select 'ignored', null::text;
    return;
  end if;

  -- The payment, then the wallet, then what hangs on the user: the one order of locks.
  perform private.lock_payment(p_event);
  purchase := private.find_purchase(p_event);
  if exists (select from auth.users where id = purchase.user_id) then
    wallet := private.prepare_wallet(purchase.user_id);
    purchase := private.find_purchase(p_event);
  end if;

  reason := private.review_reason(purchase, p_event);
  if reason is not null or p_event.review_reason is not null then
    perform private.note_review(p_event, reason);
  end if;
  if reason is not null then
    return query select 'review', reason;
    return;
  end if;
  if p_event.fact = 'failed' then
    -- A checkout that nobody here began is no business of ours.
    update public.purchases as p set status = 'failed' where p.id = purchase.id and p.status = 'pending';
    return query select case when found then 'applied' else 'ignored' end, null::text;
    return;
  end if;
  if purchase.id is null or (purchase.payment_id is null and p_event.fact <> 'paid') then
    -- Stored. The payment itself is still on its way, and will find it.
    return query select 'waiting', null::text;
    return;
  end if;

  if purchase.payment_id is null then
    purchase.payment_id := p_event.payment_id;
    update public.purchases as p set payment_id = purchase.payment_id where p.id = purchase.id;
    -- What came before its payment was known could not be compared with it then.
    for other in
      select * from public.payment_events as e
      where e.provider = p_event.provider and e.payment_id = p_event.payment_id
        and e.event_id <> p_event.event_id and e.fact <> 'other'
    loop
      perform private.note_review(other, private.review_reason(purchase, other));
    end loop;
  end if;
  perform private.apply_payment_facts(wallet, purchase);
  return query select 'applied', null::text;
end;
$function$;

COMMENT ON FUNCTION "private"."follow_event"(public.payment_events) IS 'Brings purchase, wallet and ledger in line with a stored event. Returns outcome applied, ignored, waiting (for its payment), or review with the reason. Raises what the wallet refuses.';

REVOKE ALL ON FUNCTION "private"."follow_event"(public.payment_events) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."follow_event"(public.payment_events) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."follow_event"(public.payment_events) TO "postgres";
