CREATE OR REPLACE FUNCTION private.note_low_balance (
  p_wallet public.user_tokens,
  p_entry  public.token_transactions
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  -- Only the debit that crosses the threshold is news, and not each of many in a row.
  if p_entry.balance_after - p_entry.amount < p_wallet.low_balance_threshold
    or p_wallet.low_balance_noticed_at > p_entry.created_at - private.notice_rest()
  then
    return;
  end if;
  insert into public.notices (user_id, transaction_id, type, data)
  values (p_entry.user_id, p_entry.id, 'balance.low', jsonb_build_object(
    'user_id', p_entry.user_id,
    'token', p_entry.balance_after,
    'threshold', p_wallet.low_balance_threshold,
    'transaction_id', p_entry.id
  ));
  update public.user_tokens set low_balance_noticed_at = p_entry.created_at where user_id = p_entry.user_id;
end;
$function$;

COMMENT ON FUNCTION "private"."note_low_balance"(public.user_tokens, public.token_transactions) IS 'Puts a notice into the outbox where a debit took the balance of a locked wallet from at least its threshold to below it, unless one was put there within private.notice_rest.';

REVOKE ALL ON FUNCTION "private"."note_low_balance"(public.user_tokens, public.token_transactions) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."note_low_balance"(public.user_tokens, public.token_transactions) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."note_low_balance"(public.user_tokens, public.token_transactions) TO "postgres";
