CREATE OR REPLACE FUNCTION public.apply_payment_event (
  p_provider          text,
  p_event_id          text,
  p_fact              text,
  p_livemode          boolean,
  p_occurred_at       timestamp with time zone,
  p_payload           jsonb,
  p_payment_id        text                     DEFAULT NULL::text,
  p_purchase_id       uuid                     DEFAULT NULL::uuid,
  p_subject_id        text                     DEFAULT NULL::text,
  p_amount_minor      bigint                   DEFAULT NULL::bigint,
  p_currency          text                     DEFAULT NULL::text,
  p_reconciliation_id uuid                     DEFAULT NULL::uuid
)
  RETURNS TABLE (
    outcome       text,
    review_reason text
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  event public.payment_events;
begin
  -- Before anything that can fail for the wallet's sake.
  insert into public.payment_events (
    provider, event_id, payment_id, purchase_id, fact, subject_id, amount_minor, currency, livemode, occurred_at,
    payload, reconciliation_id
  )
  values (
    p_provider, p_event_id, p_payment_id, p_purchase_id, p_fact, p_subject_id, p_amount_minor, p_currency, p_livemode,
    p_occurred_at, p_payload, p_reconciliation_id
  )
  on conflict (provider, event_id) do nothing
  returning * into event;
  if not found then
    return query select 'duplicate', null::text;
    return;
  end if;
  return query select * from private.try_event(event);
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."apply_payment_event"(text, text, text, boolean, timestamp WITH time zone, jsonb, text, uuid, text, bigint, text, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."apply_payment_event"(text, text, text, boolean, timestamp with time zone, jsonb, text, uuid, text, bigint, text, uuid) IS 'Stores what a provider says and brings purchase, wallet and ledger in line with it, in one transaction. p_fact: paid, failed, refunded, refund_failed, dispute_opened, dispute_won, dispute_lost, or other for what does not matter here. p_subject_id: the refund or dispute. p_amount_minor: what was paid, or refunded in all under that subject. p_reconciliation_id: the reconciliation that found it, null for a webhook. Returns outcome applied, duplicate, ignored, waiting (for its payment), or review with the reason.';

REVOKE ALL ON FUNCTION "public"."apply_payment_event"(text, text, text, boolean, timestamp WITH time zone, jsonb, text, uuid, text, bigint, text, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."apply_payment_event"(text, text, text, boolean, timestamp WITH time zone, jsonb, text, uuid, text, bigint, text, uuid) TO "postgres";

REVOKE ALL
  ON FUNCTION "public"."apply_payment_event"(text, text, text, boolean, timestamp WITH time zone, jsonb, text, uuid, text, bigint, text, uuid)
  FROM PUBLIC, "anon", "authenticated";
