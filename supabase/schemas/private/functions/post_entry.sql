CREATE OR REPLACE FUNCTION private.post_entry (
  p_wallet      public.user_tokens,
  p_entry       public.token_transactions,
  p_held_change integer                   DEFAULT 0
)
  RETURNS public.token_transactions
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  entry public.token_transactions := p_entry;
  wallet public.user_tokens;
begin
  -- A credit pays the debt first.
  entry.debt_change := coalesce(entry.debt_change, -least(p_wallet.debt, greatest(entry.amount, 0)));
  if entry.amount > 0 then
    entry.amount := entry.amount + entry.debt_change;
  end if;
  -- By the clock, and never before the entry that precedes it.
  entry.created_at := greatest(p_wallet.updated_at, date_trunc('milliseconds', clock_timestamp()));

  update public.user_tokens
  set token = token + entry.amount,
    held = held + p_held_change,
    debt = debt + entry.debt_change,
    updated_at = entry.created_at,
    -- After tokens came from outside, the next low balance is news again.
    low_balance_noticed_at = case
      when entry.kind in ('add', 'purchase') or (entry.kind = 'adjustment' and p_entry.amount > 0) then null
      else low_balance_noticed_at
    end
  where user_id = p_wallet.user_id
  returning * into strict wallet;

  insert into public.token_transactions (
    user_id, kind, amount, balance_after, held_after, debt_change, debt_after, hold_id, reverses, purchase_id,
    reference, metadata, requested_by, idempotency_key, request_hash, created_at
  )
  values (
    wallet.user_id, entry.kind, entry.amount, wallet.token, wallet.held, entry.debt_change, wallet.debt,
    entry.hold_id, entry.reverses, entry.purchase_id, entry.reference, coalesce(entry.metadata, '{}'),
    entry.requested_by, entry.idempotency_key, entry.request_hash, entry.created_at
  )
  returning * into entry;

  if entry.amount < 0 and entry.balance_after < wallet.low_balance_threshold and entry.kind <> 'closing' then
    perform private.note_low_balance(wallet, entry);
  end if;
  return entry;
end;
$function$;

COMMENT ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) IS 'The one place where money moves on request: changes a locked wallet and writes the ledger line for it. p_wallet: the wallet as it is locked. p_entry: user_id, balances and time are filled in here; its amount is what is credited or debited, and a credit pays the wallet''s debt first unless debt_change is given. p_held_change: signed tokens.';

REVOKE ALL ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) TO "postgres";
