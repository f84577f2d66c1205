-- The check of the books. Each function checks a portion, in the order of a primary key, against what is stored at one
-- instant, so that the books of any size are checked piece by piece: `deno task verify` does.

create function private.verify_entries(
  p_after_user_id uuid, p_after_id bigint, p_to_user_id uuid, p_to_id bigint
)
returns table (user_id uuid, problem text, expected bigint, found bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with wrong as (
    select
      t.user_id, t.id, t.balance_after, t.held_after, t.debt_after, t.created_at,
      case when before.id is null then 0 else t.id - 1 end as id_before,
      coalesce(before.balance_after, 0) + t.amount::bigint as expected_balance,
      coalesce(before.held_after, 0) - (
        case when t.kind = 'hold' then t.amount when t.hold_id is not null then h.amount else 0 end
      )::bigint as expected_held,
      coalesce(before.debt_after, 0) + t.debt_change as expected_debt,
      before.created_at as not_before
    from public.token_transactions as t
    left join public.token_transactions as before on before.user_id = t.user_id and before.id = t.id - 1
    left join public.token_holds as h on h.user_id = t.user_id and h.id = t.hold_id
    where (t.user_id, t.id) > (p_after_user_id, p_after_id) and (t.user_id, t.id) <= (p_to_user_id, p_to_id)
      and (
        (before.id is null and t.id <> 1)
        or t.balance_after <> coalesce(before.balance_after, 0) + t.amount::bigint
        or t.held_after is distinct from coalesce(before.held_after, 0) - (
          case when t.kind = 'hold' then t.amount when t.hold_id is not null then h.amount else 0 end
        )::bigint
        or t.debt_after <> coalesce(before.debt_after, 0) + t.debt_change
        or t.created_at < before.created_at
      )
  )
  select w.user_id, 'the entry before entry ' || w.id || ' is missing', w.id - 1, w.id_before
  from wrong as w where w.id_before <> w.id - 1
  union all
  select w.user_id, 'balance_after of entry ' || w.id || ' does not follow from the one before',
    w.expected_balance, w.balance_after
  from wrong as w where w.balance_after <> w.expected_balance
  union all
  select w.user_id, 'held_after of entry ' || w.id || ' does not follow from the one before',
    w.expected_held, w.held_after
  from wrong as w where w.held_after is distinct from w.expected_held
  union all
  select w.user_id, 'debt_after of entry ' || w.id || ' does not follow from the one before',
    w.expected_debt, w.debt_after
  from wrong as w where w.debt_after <> w.expected_debt
  union all
  select w.user_id, 'entry ' || w.id || ' is dated before the one before it',
    extract(epoch from w.not_before)::bigint, extract(epoch from w.created_at)::bigint
  from wrong as w where w.created_at < w.not_before
  union all
  select t.user_id, 'a closed account does not end at 0', 0, t.balance_after + t.held_after + t.debt_after
  from public.token_transactions as t
  where (t.user_id, t.id) > (p_after_user_id, p_after_id) and (t.user_id, t.id) <= (p_to_user_id, p_to_id)
    and t.balance_after + t.held_after + t.debt_after > 0
    and not exists (select from public.user_tokens as w where w.user_id = t.user_id)
    and not exists (select from public.token_transactions as n where n.user_id = t.user_id and n.id = t.id + 1);
end;
$$;
comment on function private.verify_entries is
  'Every entry after one (user, id) up to another that does not follow from the entry before it. Where none does not, '
  'the last entry of each wallet carries the sums of all of them.';

create function private.verify_holds(p_after_user_id uuid, p_after_id uuid, p_to_user_id uuid, p_to_id uuid)
returns table (user_id uuid, problem text, expected bigint, found bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select h.user_id, 'hold ' || h.id || ' has no entry that begins or ends it',
    case h.status when 'held' then 1 else 2 end::bigint, count(t.id)
  from public.token_holds as h
  left join public.token_transactions as t on t.user_id = h.user_id and t.hold_id = h.id
  where (h.user_id, h.id) > (p_after_user_id, p_after_id) and (h.user_id, h.id) <= (p_to_user_id, p_to_id)
  group by h.user_id, h.id, h.status
  having count(t.id) <> case h.status when 'held' then 1 else 2 end;
end;
$$;
comment on function private.verify_holds is
  'Every hold after one (user, id) up to another whose begin or end is not in the ledger.';

create function private.verify_wallets(p_after_user_id uuid, p_to_user_id uuid)
returns table (user_id uuid, problem text, expected bigint, found bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with portion as (
    select
      w.user_id, w.entries, w.token, w.held, w.debt,
      coalesce(last.id, 0) as last_id,
      later.id as later_id,
      coalesce(last.balance_after, 0) as last_balance,
      coalesce(last.held_after, 0) as last_held,
      coalesce(last.debt_after, 0) as last_debt,
      coalesce(open.amount, 0)::bigint as open_amount
    from public.user_tokens as w
    left join public.token_transactions as last on last.user_id = w.user_id and last.id = w.entries
    left join public.token_transactions as later on later.user_id = w.user_id and later.id = w.entries + 1
    left join (
      select h.user_id, sum(h.amount) as amount from public.token_holds as h
      where h.status = 'held' and h.user_id > p_after_user_id and h.user_id <= p_to_user_id
      group by h.user_id
    ) as open on open.user_id = w.user_id
    where w.user_id > p_after_user_id and w.user_id <= p_to_user_id
  ),
  wrong as (
    select * from portion
    where entries <> last_id or later_id is not null or token <> last_balance or held <> last_held
      or debt <> last_debt or held <> open_amount or (debt > 0 and token > 0)
  )
  select w.user_id, 'the last entry is not the one that the wallet counts', w.entries, coalesce(w.later_id, w.last_id)
  from wrong as w where w.entries <> w.last_id or w.later_id is not null
  union all
  select w.user_id, 'the balance is not the sum of the ledger', w.last_balance::bigint, w.token::bigint
  from wrong as w where w.token <> w.last_balance
  union all
  select w.user_id, 'the held sum is not the one of the ledger', w.last_held::bigint, w.held::bigint
  from wrong as w where w.held <> w.last_held
  union all
  select w.user_id, 'the debt is not the sum of the ledger', w.last_debt, w.debt
  from wrong as w where w.debt <> w.last_debt
  union all
  select w.user_id, 'there is a balance beside a debt', 0, w.token::bigint
  from wrong as w where w.debt > 0 and w.token > 0
  union all
  select w.user_id, 'the held sum is not the sum of the open holds', w.open_amount, w.held::bigint
  from wrong as w where w.held <> w.open_amount;
end;
$$;
comment on function private.verify_wallets is
  'Every wallet after one user up to another that disagrees with its last entry or its open holds.';

create function private.verify_purchases(p_after_user_id uuid, p_to_user_id uuid)
returns table (user_id uuid, problem text, expected bigint, found bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with bought as (
    select p.user_id, sum(p.granted)::bigint as granted from public.purchases as p
    where p.user_id > p_after_user_id and p.user_id <= p_to_user_id
    group by p.user_id
  ),
  entered as (
    select t.user_id, sum(t.amount - t.debt_change)::bigint as amount from public.token_transactions as t
    where t.user_id > p_after_user_id and t.user_id <= p_to_user_id and t.kind in ('purchase', 'chargeback')
    group by t.user_id
  )
  select coalesce(b.user_id, e.user_id), 'what purchases grant is not what the ledger says', coalesce(b.granted, 0), coalesce(e.amount, 0)
  from bought as b full join entered as e on e.user_id = b.user_id
  where coalesce(b.granted, 0) <> coalesce(e.amount, 0);
end;
$$;
comment on function private.verify_purchases is
  'Every user after one up to another whose purchases disagree with their ledger.';

create function private.verify_ledger()
returns table (user_id uuid, problem text, expected bigint, found bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with ends as (
    select '00000000-0000-0000-0000-000000000000'::uuid as first, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid as last
  )
  select v.* from ends, private.verify_entries(ends.first, 0, ends.last, 9223372036854775807) as v
  union all
  select v.* from ends, private.verify_holds(ends.first, ends.first, ends.last, ends.last) as v
  union all
  select v.* from ends, private.verify_wallets(ends.first, ends.last) as v
  union all
  select v.* from ends, private.verify_purchases(ends.first, ends.last) as v
  order by 1, 2;
end;
$$;
comment on function private.verify_ledger is
  'All that disagrees in the books, in one look at all of them. Empty is the only good answer.';
