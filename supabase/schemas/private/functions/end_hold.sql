CREATE OR REPLACE FUNCTION private.end_hold (
  p_wallet public.user_tokens,
  p_hold   public.token_holds,
  p_entry  public.token_transactions
)
  RETURNS public.token_transactions
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  entry public.token_transactions := p_entry;
begin
  entry.kind := case p_hold.status when 'captured' then 'capture' when 'released' then 'release' end;
  entry.amount := p_hold.amount - coalesce(p_hold.captured_amount, 0);
  entry.hold_id := p_hold.id;
  entry.reference := p_hold.reference;
  entry := private.post_entry(p_wallet, entry, -p_hold.amount);
  update public.token_holds
  set status = p_hold.status, captured_amount = p_hold.captured_amount, settled_at = entry.created_at
  where user_id = p_hold.user_id and id = p_hold.id;
  return entry;
end;
$function$;

COMMENT ON FUNCTION "private"."end_hold"(public.user_tokens, public.token_holds, public.token_transactions) IS 'Ends an open hold of a locked wallet. p_hold: the hold with the status (captured or released) and the captured_amount that it gets; what is not captured comes back. p_entry: who asked, and under which key.';

REVOKE ALL ON FUNCTION "private"."end_hold"(public.user_tokens, public.token_holds, public.token_transactions) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."end_hold"(public.user_tokens, public.token_holds, public.token_transactions) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."end_hold"(public.user_tokens, public.token_holds, public.token_transactions) TO "postgres";
