-- For people who must answer for the books: reversals, and balances in the past.

create function private.reverse_entry(
  p_wallet public.user_tokens,
  p_entry public.token_transactions,
  p_allow_partial boolean
)
returns public.token_transactions
language plpgsql
set search_path = ''
as $$
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
$$;
comment on function private.reverse_entry is
  'Takes back the entry of a locked wallet that p_entry reverses, once; p_entry also says who asked and why. '
  'p_allow_partial: take what is left where the balance is short. PT404 transaction_not_found, '
  'PT409 transaction_already_reversed, PT409 transaction_not_reversible, PT402 insufficient_tokens, '
  'PT422 balance_limit.';

create function public.reverse_transaction(
  p_user_id uuid,
  p_transaction_id bigint,
  p_metadata jsonb,
  p_allow_partial boolean default false,
  p_idempotency_key text default null
)
returns table (
  transaction_id bigint, amount integer, token integer, held integer, debt bigint, updated_at timestamptz,
  replayed boolean
)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  wallet public.user_tokens;
  entry public.token_transactions;
  known public.token_transactions;
begin
  perform private.require_metadata(p_metadata);
  entry.reverses := p_transaction_id;
  entry.metadata := p_metadata;
  entry.requested_by := 'server';

  wallet := private.prepare_wallet(p_user_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request(
      'reversal', p_transaction_id::text, p_metadata::text, p_allow_partial::text
    );
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  if replayed then
    entry := known;
  else
    entry := private.reverse_entry(wallet, entry, p_allow_partial);
  end if;
  return query select
    entry.id, entry.amount, entry.balance_after, entry.held_after, entry.debt_after, entry.created_at, replayed;
end;
$$;
comment on function public.reverse_transaction is
  'Takes back one add, deduct or adjustment, once. p_allow_partial: take what is left where the balance is short. '
  'Refusals: PT404 transaction_not_found, PT409 transaction_already_reversed, PT409 transaction_not_reversible, '
  'PT402 insufficient_tokens (detail: the balance), PT422 balance_limit, PT422 idempotency_key_reused, '
  'PT422 validation_failed, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';
grant execute on function public.reverse_transaction to service_role;

create function public.balance_at(p_user_id uuid, p_time timestamptz)
returns table (token integer, held integer, debt bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- Times are told apart by the microsecond.
  last_id constant bigint := public.last_entry_before(p_user_id, p_time + interval '1 microsecond');
begin
  return query
  -- The last entry until then, and the holds that had run out by then without their line being written yet.
  select
    (coalesce(last.balance_after, 0) + greatest(expired.amount - coalesce(last.debt_after, 0), 0))::integer,
    (coalesce(last.held_after, 0) - expired.amount)::integer,
    greatest(coalesce(last.debt_after, 0) - expired.amount, 0)
  from (
    select coalesce(sum(amount), 0)::bigint as amount from public.token_holds
    where user_id = p_user_id and status = 'held' and expires_at <= least(p_time, now())
  ) as expired
  left join public.token_transactions as last on last.user_id = p_user_id and last.id = last_id;
end;
$$;
comment on function public.balance_at is
  'What a user could spend, had set aside, and owed, at an instant. Reads with the rights of its caller: users see '
  'their own.';
grant execute on function public.balance_at to authenticated, service_role;
