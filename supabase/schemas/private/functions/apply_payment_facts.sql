CREATE OR REPLACE FUNCTION private.apply_payment_facts (
  p_wallet   public.user_tokens,
  p_purchase public.purchases
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  refunded bigint;
  disputed boolean;
  granted_now integer;
begin
  -- A refund that is reported twice counts once, one that failed not at all;
  -- together they are never more than the price.
  select least(coalesce(sum(amount), 0), p_purchase.price_minor) into refunded
  from (
    select case when bool_or(fact = 'refund_failed') then 0 else max(amount_minor) end as amount
    from public.payment_events
    where provider = p_purchase.provider and payment_id = p_purchase.payment_id
      and fact in ('refunded', 'refund_failed') and review_reason is null
    group by subject_id
  ) as refunds;
  -- A dispute that was won is over, whenever it was opened.
  select coalesce(bool_or(not won), false) into disputed
  from (
    select bool_or(fact = 'dispute_won') as won from public.payment_events
    where provider = p_purchase.provider and payment_id = p_purchase.payment_id
      and fact in ('dispute_opened', 'dispute_won', 'dispute_lost') and review_reason is null
    group by subject_id
  ) as disputes;

  -- What was refunded in part takes its tokens rounded up: never more is kept than was paid for.
  granted_now := case when disputed then 0
    else p_purchase.tokens - ceil(p_purchase.tokens::numeric * refunded / p_purchase.price_minor) end;
  perform private.change_grant(p_wallet, p_purchase, granted_now);
  update public.purchases
  set granted = granted_now,
    refunded_minor = refunded,
    status = case when disputed then 'disputed' when refunded > 0 then 'refunded' else 'paid' end
  where id = p_purchase.id;
end;
$function$;

COMMENT ON FUNCTION "private"."apply_payment_facts"(public.user_tokens, public.purchases) IS 'Brings a paid purchase and its locked wallet in line with all facts known of its payment. Safe to repeat.';

REVOKE ALL ON FUNCTION "private"."apply_payment_facts"(public.user_tokens, public.purchases) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."apply_payment_facts"(public.user_tokens, public.purchases) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."apply_payment_facts"(public.user_tokens, public.purchases) TO "postgres";
