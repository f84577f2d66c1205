CREATE OR REPLACE FUNCTION private.lock_payment (
  p_event public.payment_events
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  perform pg_advisory_xact_lock(
    hashtextextended(p_event.provider || ' ' || coalesce(p_event.payment_id, p_event.event_id), 0)
  );
end;
$function$;

COMMENT ON FUNCTION "private"."lock_payment"(public.payment_events) IS 'Has the facts of one payment come one after the other, so that each sees those before it. Comes before the wallet''s lock.';

REVOKE ALL ON FUNCTION "private"."lock_payment"(public.payment_events) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."lock_payment"(public.payment_events) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."lock_payment"(public.payment_events) TO "postgres";
