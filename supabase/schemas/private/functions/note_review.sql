CREATE OR REPLACE FUNCTION private.note_review (
  p_event  public.payment_events,
  p_reason text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
BEGIN ATOMIC
 UPDATE public.payment_events
  SET review_reason = note_review.p_reason, attempts = (note_review.p_event).attempts, payload =
         CASE
             WHEN (note_review.p_reason = 'account_closed'::text) THEN '{}'::jsonb
             ELSE payment_events.payload
         END, next_attempt_at =
         CASE
             WHEN ((note_review.p_reason IS NULL) OR ((note_review.p_event).attempts >= 7)) THEN NULL::timestamp WITH time zone
             WHEN (note_review.p_reason = 'wallet_busy'::text) THEN (now() + '00:01:00'::interval)
             ELSE (now() + ('00:05:00'::interval * power((4)::double precision, ((note_review.p_event).attempts)::double precision)))
         END
   WHERE ((payment_events.provider = (note_review.p_event).provider) AND (payment_events.event_id = (note_review.p_event).event_id));
END;

COMMENT ON FUNCTION "private"."note_review"(public.payment_events, text) IS 'Notes what the review of an event came to: why it changed nothing and when it is tried again, or null for the reason where it is in order.';

REVOKE ALL ON FUNCTION "private"."note_review"(public.payment_events, text) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."note_review"(public.payment_events, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."note_review"(public.payment_events, text) TO "postgres";
