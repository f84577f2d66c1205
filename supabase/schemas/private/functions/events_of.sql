CREATE OR REPLACE FUNCTION private.events_of (
  p_provider    text,
  p_payment_id  text,
  p_purchase_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
BEGIN ATOMIC
 SELECT COALESCE(jsonb_agg(to_jsonb(event.*) ORDER BY event.received_at, event.event_id), '[]'::jsonb)
  AS "coalesce"
    FROM ( SELECT e.provider,
             e.event_id,
             e.fact,
             e.amount_minor,
             e.currency,
             e.livemode,
             e.occurred_at,
             e.received_at,
             e.review_reason,
             e.attempts,
             e.next_attempt_at,
             (e.reconciliation_id IS NOT NULL) AS found_by_reconciliation
            FROM public.payment_events e
           WHERE (((e.provider = events_of.p_provider) AND (e.payment_id = events_of.p_payment_id)) OR (e.purchase_id = events_of.p_purchase_id))
           ORDER BY e.received_at DESC, e.event_id
          LIMIT 20) event;
END;

COMMENT ON FUNCTION "private"."events_of"(text, text, uuid) IS 'The newest 20 events of a payment and of the purchase that they name, oldest first, without their payloads.';

REVOKE ALL ON FUNCTION "private"."events_of"(text, text, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."events_of"(text, text, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."events_of"(text, text, uuid) TO "postgres";
