CREATE OR REPLACE FUNCTION private.change_grant (
  p_wallet   public.user_tokens,
  p_purchase public.purchases,
  p_granted  integer
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  entry public.token_transactions;
  change integer := p_granted - p_purchase.granted;
begin
  entry.purchase_id := p_purchase.id;
  entry.reference := p_purchase.pack_id;
  entry.requested_by := 'system';
  if change > 0 then
    perform private.require_balance(p_wallet, change);
    entry.kind := 'purchase';
    entry.amount := change;
    perform private.post_entry(p_wallet, entry);
  elsif change < 0 then
    entry.kind := 'chargeback';
    entry.amount := greatest(change, -p_wallet.token);
    entry.debt_change := entry.amount - change;
    perform private.post_entry(p_wallet, entry);
  end if;
end;
$function$;

COMMENT ON FUNCTION "private"."change_grant"(public.user_tokens, public.purchases, integer) IS 'Brings a locked wallet from what a purchase granted so far to p_granted tokens: credits, or takes back what is there and notes the rest as debt.';

REVOKE ALL ON FUNCTION "private"."change_grant"(public.user_tokens, public.purchases, integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."change_grant"(public.user_tokens, public.purchases, integer) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."change_grant"(public.user_tokens, public.purchases, integer) TO "postgres";
