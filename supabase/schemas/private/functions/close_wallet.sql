CREATE OR REPLACE FUNCTION private.close_wallet (
  p_wallet public.user_tokens
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  wallet public.user_tokens := p_wallet;
  hold public.token_holds;
  entry public.token_transactions;
begin
  entry.requested_by := 'system';
  for hold in select * from public.token_holds where user_id = wallet.user_id and status = 'held' loop
    hold.status := 'released';
    perform private.end_hold(wallet, hold, entry);
    select * into strict wallet from public.user_tokens where user_id = p_wallet.user_id;
  end loop;
  if wallet.token > 0 or wallet.debt > 0 then
    entry.kind := 'closing';
    entry.amount := -wallet.token;
    entry.debt_change := -wallet.debt;
    perform private.post_entry(wallet, entry);
  end if;
  delete from public.user_tokens where user_id = wallet.user_id;
end;
$function$;

COMMENT ON FUNCTION "private"."close_wallet"(public.user_tokens) IS 'Releases what a locked wallet holds, enters what is left of balance and debt as closing, and removes it.';

REVOKE ALL ON FUNCTION "private"."close_wallet"(public.user_tokens) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."close_wallet"(public.user_tokens) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."close_wallet"(public.user_tokens) TO "postgres";
