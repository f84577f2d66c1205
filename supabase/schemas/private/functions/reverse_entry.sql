CREATE OR REPLACE FUNCTION private.reverse_entry (
  p_wallet        public.user_tokens,
  p_entry         public.token_transactions,
  p_allow_partial boolean
)
  RETURNS public.token_transactions
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  original public.token_transactions;
  entry public.token_transactions := p_entry;
  credited bigint;
  taken bigint;
begin
  select * into original from public.token_transactions as t
  where t.user_id = p_wallet.user_id and t.id = p_entry.reverses;
  if not found then
    raise sqlstate 'PT404' using message = 'transaction_not_found';
  end if;
  if original.kind not in ('add', 'deduct', 'adjustment') then
    raise sqlstate 'PT409' using message = 'transaction_not_reversible';
  end if;
  if exists (
    select from public.token_transactions as t where t.user_id = p_wallet.user_id and t.reverses = p_entry.reverses
  ) then
    raise sqlstate 'PT409' using message = 'transaction_already_reversed';
  end if;

  credited := original.amount - original.debt_change;
  if credited < 0 then
    -- A debit is given back, like any credit: it pays a debt first.
    entry.amount := -credited;
    perform private.require_balance(p_wallet, entry.amount);
  else
    -- A credit is taken back: out of the balance, and what is not there as the debt that it had paid.
    taken := least(credited, p_wallet.token);
    entry.debt_change := least(credited - taken, -original.debt_change);
    if taken + entry.debt_change < credited and (not p_allow_partial or taken + entry.debt_change = 0) then
      perform private.require_balance(p_wallet, (entry.debt_change - credited)::integer);
    end if;
    entry.amount := -taken;
  end if;
  entry.kind := 'reversal';
  return private.post_entry(p_wallet, entry);
end;
$function$;

COMMENT ON FUNCTION "private"."reverse_entry"(public.user_tokens, public.token_transactions, boolean) IS 'Takes back the entry of a locked wallet that p_entry reverses, once; p_entry also says who asked and why. p_allow_partial: take what is left where the balance is short. PT404 transaction_not_found, PT409 transaction_already_reversed, PT409 transaction_not_reversible, PT402 insufficient_tokens, PT422 balance_limit.';

REVOKE ALL ON FUNCTION "private"."reverse_entry"(public.user_tokens, public.token_transactions, boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."reverse_entry"(public.user_tokens, public.token_transactions, boolean) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."reverse_entry"(public.user_tokens, public.token_transactions, boolean) TO "postgres";
