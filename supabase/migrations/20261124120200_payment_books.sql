-- Purchases in the books: when an account goes, and when they are checked.

create or replace function private.refuse_ledger_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- The one change there is: the rows of a closed account lose its name, never a number.
  if tg_op = 'UPDATE'
    and (new.id, new.amount, new.balance_after, new.held_after, new.kind, new.created_at)
      = (old.id, old.amount, old.balance_after, old.held_after, old.kind, old.created_at)
    and (new.hold_id, new.reverses, new.purchase_id) is not distinct from (old.hold_id, old.reverses, old.purchase_id)
    and (new.reference, new.idempotency_key, new.request_hash) is null
    and new.metadata = '{}'
    and new.user_id <> old.user_id
    and not exists (select from public.user_tokens where user_id = old.user_id)
  then
    return new;
  end if;
  raise exception 'token_transactions is append-only' using errcode = 'restrict_violation';
end;
$$;

create function private.forget_buyer()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  pseudonym uuid := (
    select t.user_id from public.token_transactions as t
    join public.purchases as p on p.id = t.purchase_id where p.user_id = old.id limit 1
  );
begin
  update public.payment_events as e set payload = '{}'
  from public.purchases as p
  where p.user_id = old.id and e.provider = p.provider and (e.payment_id = p.payment_id or e.purchase_id = p.id);
  update public.purchases set user_id = coalesce(pseudonym, gen_random_uuid()) where user_id = old.id;
  return null;
end;
$$;
comment on function private.forget_buyer() is
  'After a user is deleted: puts the ledger''s pseudonym on the purchases and removes what providers said of the person.';

create trigger forget_buyer after delete on auth.users
  for each row execute function private.forget_buyer();

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
    select t.user_id, sum(t.amount)::bigint as amount
    from public.token_transactions as t where t.purchase_id is not null group by t.user_id
  )
  select w.user_id, 'what purchases grant is not what the ledger and the debt say',
    coalesce(b.granted, 0), coalesce(e.amount, 0) - w.debt
  from public.user_tokens as w
  left join bought as b on b.user_id = w.user_id
  left join entered as e on e.user_id = w.user_id
  where coalesce(b.granted, 0) <> coalesce(e.amount, 0) - w.debt;
end;
comment on function private.verify_purchases() is
  'Every wallet whose purchases disagree with its ledger and its debt. Empty is the only good answer.';

alter function private.verify_ledger() rename to verify_entries;
create function private.verify_ledger()
returns table (user_id uuid, problem text, expected bigint, found bigint)
language sql
stable
set search_path = ''
begin atomic
  select * from private.verify_entries() union all select * from private.verify_purchases();
end;
comment on function private.verify_ledger() is
  'All that private.verify_entries and private.verify_purchases find. Empty is the only good answer.';
