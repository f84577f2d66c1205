CREATE OR REPLACE FUNCTION private.review_reason (
  p_purchase public.purchases,
  p_event    public.payment_events
)
  RETURNS text
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  if p_event.fact <> 'failed' and p_event.payment_id is null then
    return 'payment_missing';
  end if;
  if p_purchase.id is null then
    if p_event.fact = 'paid' then
      return case when exists (select from public.purchases where id = p_event.purchase_id)
        then 'purchase_paid_twice' else 'purchase_unknown' end;
    end if;
    return null;
  end if;
  if p_event.fact = 'paid' and p_event.purchase_id <> p_purchase.id then
    return 'payment_of_another_purchase';
  end if;
  if p_purchase.livemode <> p_event.livemode then
    return 'mode_differs';
  end if;
  if p_event.currency <> p_purchase.currency
    or (p_event.fact in ('paid', 'refunded') and p_event.currency is null)
  then
    return 'currency_differs';
  end if;
  if p_event.fact = 'paid' and p_event.amount_minor is distinct from p_purchase.price_minor then
    return 'amount_differs';
  end if;
  if p_event.fact = 'refunded'
    and (p_event.amount_minor is null or p_event.amount_minor not between 1 and p_purchase.price_minor)
  then
    return 'amount_differs';
  end if;
  if not exists (select from auth.users where id = p_purchase.user_id) then
    return 'account_closed';
  end if;
  return null;
end;
$function$;

COMMENT ON FUNCTION "private"."review_reason"(public.purchases, public.payment_events) IS 'Why a person should look at an event before anything follows from it; null where all is in order.';

REVOKE ALL ON FUNCTION "private"."review_reason"(public.purchases, public.payment_events) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."review_reason"(public.purchases, public.payment_events) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."review_reason"(public.purchases, public.payment_events) TO "postgres";
