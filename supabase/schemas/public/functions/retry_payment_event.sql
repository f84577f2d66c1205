CREATE OR REPLACE FUNCTION public.retry_payment_event (
  p_provider text
)
  RETURNS TABLE (
    event_id      text,
    outcome       text,
    review_reason text
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  due public.payment_events;
  event public.payment_events;
begin
  select * into due from public.payment_events as e
  where e.provider = p_provider and e.next_attempt_at <= now()
  order by e.next_attempt_at limit 1;
  if not found then
    return;
  end if;
  perform private.lock_payment(due);
  -- Looked at again: another call may have tried it while this one waited.
  select * into event from public.payment_events as e
  where e.provider = due.provider and e.event_id = due.event_id and e.next_attempt_at <= now();
  if not found then
    return query select due.event_id, 'duplicate', null::text;
    return;
  end if;
  event.attempts := event.attempts + 1;
  return query select event.event_id, tried.outcome, tried.reason from private.try_event(event) as tried;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."retry_payment_event"(text) TO "service_role";

COMMENT ON FUNCTION "public"."retry_payment_event"(text) IS 'Tries one event again that is under review and due, and puts it off (5 minutes, 20, 80 …) where it still changes nothing. Returns its id and outcome as apply_payment_event does; duplicate where another call was faster; no row where none is due.';

REVOKE ALL ON FUNCTION "public"."retry_payment_event"(text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."retry_payment_event"(text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."retry_payment_event"(text) FROM PUBLIC, "anon", "authenticated";
