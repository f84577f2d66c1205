-- For people who must answer for the books: reversals, balances in the past, and the check of every wallet.

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
language sql
stable
set search_path = ''
begin atomic
  -- The last entry until then, and the holds that had run out by then without their line being written yet.
  select
    (coalesce(last.balance_after, 0) + greatest(expired.amount - coalesce(last.debt_after, 0), 0))::integer,
    (coalesce(last.held_after, 0) - expired.amount)::integer,
    greatest(coalesce(last.debt_after, 0) - expired.amount, 0)
  from (
    select coalesce(sum(amount), 0)::bigint as amount from public.token_holds
    where user_id = p_user_id and status = 'held' and expires_at <= least(p_time, now())
  ) as expired
  left join lateral (
    select balance_after, held_after, debt_after from public.token_transactions
    where user_id = p_user_id and created_at <= p_time
    order by id desc limit 1
  ) as last on true;
end;
comment on function public.balance_at is
  'What a user could spend, had set aside, and owed, at an instant. Reads with the rights of its caller: users see '
  'their own.';
grant execute on function public.balance_at to authenticated, service_role;

create function private.verify_entries()
returns table (user_id uuid, problem text, expected bigint, found bigint)
language sql
stable
set search_path = ''
begin atomic
  with chain as (
    select
      t.user_id, t.id, t.balance_after, t.held_after, t.debt_after, t.created_at,
      lag(t.balance_after, 1, 0) over entries + t.amount::bigint as expected_balance,
      lag(t.held_after, 1, 0) over entries + (case
        when t.kind = 'hold' then -t.amount::bigint
        when t.hold_id is not null then -h.amount::bigint
        else 0
      end) as expected_held,
      lag(t.debt_after, 1, 0::bigint) over entries + t.debt_change as expected_debt,
      lag(t.created_at) over entries as not_before,
      row_number() over (partition by t.user_id order by t.id desc) = 1 as is_last
    from public.token_transactions as t
    left join public.token_holds as h on h.user_id = t.user_id and h.id = t.hold_id
    window entries as (partition by t.user_id order by t.id)
  ),
  sums as (
    select t.user_id, sum(t.amount) as amount, sum(t.debt_change)::bigint as debt
    from public.token_transactions as t group by t.user_id
  ),
  open_holds as (
    select h.user_id, sum(h.amount) as amount from public.token_holds as h where h.status = 'held' group by h.user_id
  )
  select w.user_id, 'the balance is not the sum of the ledger', coalesce(s.amount, 0), w.token::bigint
  from public.user_tokens as w left join sums as s on s.user_id = w.user_id
  where w.token <> coalesce(s.amount, 0)
  union all
  select w.user_id, 'the debt is not the sum of the ledger', coalesce(s.debt, 0), w.debt
  from public.user_tokens as w left join sums as s on s.user_id = w.user_id
  where w.debt <> coalesce(s.debt, 0)
  union all
  select w.user_id, 'there is a balance beside a debt', 0, w.token::bigint
  from public.user_tokens as w where w.debt > 0 and w.token > 0
  union all
  select w.user_id, 'the held sum is not the sum of the open holds', coalesce(o.amount, 0), w.held::bigint
  from public.user_tokens as w left join open_holds as o on o.user_id = w.user_id
  where w.held <> coalesce(o.amount, 0)
  union all
  select c.user_id, 'balance_after of entry ' || c.id || ' does not follow from the one before',
    c.expected_balance, c.balance_after
  from chain as c where c.balance_after <> c.expected_balance
  union all
  select c.user_id, 'held_after of entry ' || c.id || ' does not follow from the one before',
    c.expected_held, c.held_after
  from chain as c where c.held_after <> c.expected_held
  union all
  select c.user_id, 'debt_after of entry ' || c.id || ' does not follow from the one before',
    c.expected_debt, c.debt_after
  from chain as c where c.debt_after <> c.expected_debt
  union all
  select c.user_id, 'entry ' || c.id || ' is dated before the one before it',
    extract(epoch from c.not_before)::bigint, extract(epoch from c.created_at)::bigint
  from chain as c where c.created_at < c.not_before
  union all
  select w.user_id, 'the last entry does not carry the balance', c.balance_after::bigint, w.token::bigint
  from public.user_tokens as w join chain as c on c.user_id = w.user_id and c.is_last
  where c.balance_after <> w.token
  union all
  select s.user_id, 'a closed account does not end at 0', 0, s.amount
  from sums as s
  where s.amount <> 0 and not exists (select from public.user_tokens as w where w.user_id = s.user_id)
  union all
  select h.user_id, 'hold ' || h.id || ' has no entry that begins or ends it',
    case h.status when 'held' then 1 else 2 end, count(t.id)
  from public.token_holds as h
  left join public.token_transactions as t on t.user_id = h.user_id and t.hold_id = h.id
  group by h.user_id, h.id, h.status
  having count(t.id) <> case h.status when 'held' then 1 else 2 end
  order by 1, 2;
end;
comment on function private.verify_entries is
  'Every wallet whose balance, held sum, debt or chain of entries disagrees with the ledger. Empty is the only good '
  'answer.';

create function private.verify_purchases()
returns table (user_id uuid, problem text, expected bigint, found bigint)
language sql
stable
set search_path = ''
begin atomic
  with bought as (
    select p.user_id, sum(p.granted)::bigint as granted from public.purchases as p group by p.user_id
  ),
  entered as (
    select t.user_id, sum(t.amount - t.debt_change)::bigint as amount
    from public.token_transactions as t where t.purchase_id is not null group by t.user_id
  )
  select w.user_id, 'what purchases grant is not what the ledger says', coalesce(b.granted, 0), coalesce(e.amount, 0)
  from public.user_tokens as w
  left join bought as b on b.user_id = w.user_id
  left join entered as e on e.user_id = w.user_id
  where coalesce(b.granted, 0) <> coalesce(e.amount, 0);
end;
comment on function private.verify_purchases is
  'Every wallet whose purchases disagree with its ledger. Empty is the only good answer.';

create function private.verify_ledger()
returns table (user_id uuid, problem text, expected bigint, found bigint)
language sql
stable
set search_path = ''
begin atomic
  select * from private.verify_entries() union all select * from private.verify_purchases();
end;
comment on function private.verify_ledger is
  'All that private.verify_entries and private.verify_purchases find. Empty is the only good answer.';
