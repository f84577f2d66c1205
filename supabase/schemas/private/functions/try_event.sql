CREATE OR REPLACE FUNCTION private.try_event (
  p_event public.payment_events
)
  RETURNS TABLE (
    outcome text,
    reason  text
  )
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  return query select * from private.follow_event(p_event);
exception when others then
  -- The event is kept all the same: a provider that is refused would send it for days, and then no more.
  reason := case
    when sqlerrm = 'user_not_found' then 'account_closed'
    when sqlstate in ('55P03', '40P01', 'PT503') then 'wallet_busy'
    when sqlstate like 'PT%' then sqlerrm
    else 'failed'
  end;
  if reason = 'failed' then
    raise warning 'event % of % could not be followed: % %', p_event.event_id, p_event.provider, sqlstate, sqlerrm;
  end if;
  perform private.note_review(p_event, reason);
  return query select 'review', reason;
end;
$function$;

COMMENT ON FUNCTION "private"."try_event"(public.payment_events) IS 'As private.follow_event, and whatever goes wrong puts the event under review, where it is tried again.';

REVOKE ALL ON FUNCTION "private"."try_event"(public.payment_events) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."try_event"(public.payment_events) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."try_event"(public.payment_events) TO "postgres";
