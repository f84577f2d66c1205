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
  now_ms constant timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  -- A credit pays the debt first.
  entry.debt_change := coalesce(entry.debt_change, -least(p_wallet.debt, greatest(entry.amount, 0)));
  if entry.amount > 0 then
    entry.amount := entry.amount + entry.debt_change;
  end if;
  with changed as (
    update public.user_tokens as w
    set token = w.token + entry.amount,
      held = w.held + p_held_change,
      debt = w.debt + entry.debt_change,
      entries = w.entries + 1,
      -- By the clock, and never before the entry that precedes it.
      updated_at = greatest(w.updated_at, now_ms),
      -- After tokens came from outside, the next low balance is news again.
      low_balance_noticed_at = case
        when entry.kind in ('add', 'purchase') or (entry.kind = 'adjustment' and p_entry.amount > 0) then null
        else w.low_balance_noticed_at
      end
    where w.user_id = p_wallet.user_id
    returning w.user_id, w.entries, w.token, w.held, w.debt, w.updated_at
  )
  insert into public.token_transactions (
    user_id, id, kind, amount, balance_after, held_after, debt_change, debt_after, hold_id, reverses, purchase_id,
    reference, metadata, requested_by, idempotency_key, request_hash, created_at
  )
  select
    changed.user_id, changed.entries, entry.kind, entry.amount, changed.token, changed.held, entry.debt_change,
    changed.debt, entry.hold_id, entry.reverses, entry.purchase_id, entry.reference, coalesce(entry.metadata, '{}'),
    entry.requested_by, entry.idempotency_key, entry.request_hash, changed.updated_at
  from changed
  returning * into strict entry;

  if entry.amount < 0 and entry.balance_after < p_wallet.low_balance_threshold and entry.kind <> 'closing' then
    perform private.note_low_balance(p_wallet, entry);
  end if;
  return entry;
end;
$function$;

COMMENT ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) IS 'Moves money: changes a locked wallet and writes the ledger line for it. p_wallet: the wallet as it is locked. p_entry: user_id, balances and time are filled in here; its amount is what is credited or debited, and a credit pays the wallet''s debt first unless debt_change is given. p_held_change: signed tokens.';

REVOKE ALL ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."post_entry"(public.user_tokens, public.token_transactions, integer) TO "postgres";
