CREATE OR REPLACE FUNCTION private.find_purchase (
  p_event public.payment_events
)
  RETURNS public.purchases
  LANGUAGE sql
  STABLE
  SET search_path TO ''
BEGIN ATOMIC
 SELECT p.id,
     p.user_id,
     p.pack_id,
     p.tokens,
     p.price_minor,
     p.currency,
     p.provider,
     p.livemode,
     p.status,
     p.payment_id,
     p.refunded_minor,
     p.granted,
     p.idempotency_key,
     p.created_at,
     p.updated_at
    FROM public.purchases p
   WHERE
     ((p.provider = (find_purchase.p_event).provider) AND ((p.payment_id = (find_purchase.p_event).payment_id) OR ((p.payment_id IS NULL) AND (p.id =
     (find_purchase.p_event).purchase_id))))
   ORDER BY (p.payment_id IS NULL)
  LIMIT 1;
END;

COMMENT ON FUNCTION "private"."find_purchase"(public.payment_events) IS 'The purchase that an event is about: the one that its payment paid, or the unpaid one that it names. Null where there is none.';

REVOKE ALL ON FUNCTION "private"."find_purchase"(public.payment_events) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."find_purchase"(public.payment_events) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."find_purchase"(public.payment_events) TO "postgres";
