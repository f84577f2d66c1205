-- Holds: tokens reserved for work whose cost is known only afterwards.
-- A hold ends exactly once: captured, released, or expired at its instant by this database's clock.

create function private.time_ordered_id()
returns uuid
language sql
volatile
set search_path = ''
return (
  lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
  || substr(replace(gen_random_uuid()::text, '-', ''), 14)
)::uuid;
comment on function private.time_ordered_id is
  'A random UUID that begins with the time in milliseconds (version 7), so that ids are in the order of time.';

create table public.token_holds (
  -- The key lists a user's holds by time, which would take an index more otherwise.
  id uuid not null default private.time_ordered_id(),
  -- No foreign key: like the ledger, holds outlive the account under a pseudonym.
  user_id uuid not null,
  amount integer not null
    constraint amount_is_bounded check (amount between 1 and 1000000000),
  captured_amount integer
    constraint captured_amount_is_bounded check (captured_amount between 1 and 1000000000),
  status text not null default 'held'
    constraint status_is_known check (status in ('held', 'captured', 'released', 'expired')),
  placed_by text not null
    constraint placer_is_known check (placed_by in ('user', 'server')),
  reference text
    constraint reference_is_bounded check (char_length(reference) between 1 and 255),
  metadata jsonb not null default '{}'
    constraint metadata_is_an_object check (jsonb_typeof(metadata) = 'object')
    constraint metadata_is_bounded check (octet_length(metadata::text) <= 16384),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (user_id, id),
  constraint captured_amount_comes_with_capture check ((status = 'captured') = (captured_amount is not null)),
  constraint settled_at_comes_with_the_end check ((status = 'held') = (settled_at is null))
);
comment on table public.token_holds is
  'Reservations of tokens. Read token_hold_states, which counts a hold that ran out as expired at once.';
comment on column public.token_holds.amount is 'Whole tokens set aside.';
comment on column public.token_holds.captured_amount is
  'Whole tokens spent in the end: less than, equal to or above amount.';
comment on column public.token_holds.placed_by is 'Who placed it. What a server placed only a server settles.';

-- The open ones: at most 100 a wallet, whatever the history.
create index token_holds_open on public.token_holds (user_id, expires_at) where status = 'held';
-- Not the captured ones, which are most: a page of them fills without it.
create index token_holds_given_back on public.token_holds (user_id, status, id)
  where status in ('released', 'expired');

alter table public.token_holds enable row level security;
grant select on public.token_holds to authenticated, service_role;
create policy "users read their own holds" on public.token_holds
  for select to authenticated using ((select auth.uid()) = user_id);

create view public.token_hold_states with (security_invoker = true) as
select
  id,
  user_id,
  amount,
  captured_amount,
  case when status = 'held' and expires_at <= now() then 'expired' else status end as status,
  placed_by,
  reference,
  metadata,
  expires_at,
  created_at,
  case when status = 'held' and expires_at <= now() then expires_at else settled_at end as settled_at
from public.token_holds;
comment on view public.token_hold_states is
  'Holds as they are now: expired from their instant on, whether or not the ledger line is written yet.';
grant select on public.token_hold_states to authenticated, service_role;

create view public.token_balances with (security_invoker = true) as
select
  wallet.user_id,
  (wallet.token + greatest(coalesce(expired.amount, 0) - wallet.debt, 0))::integer as token,
  wallet.held - coalesce(expired.amount, 0)::integer as held,
  greatest(wallet.debt - coalesce(expired.amount, 0), 0) as debt,
  greatest(wallet.updated_at, expired.at) as updated_at
from public.user_tokens as wallet
left join lateral (
  select sum(amount) as amount, max(expires_at) as at
  from public.token_holds as hold
  where hold.user_id = wallet.user_id and hold.status = 'held' and hold.expires_at <= now()
) as expired on wallet.held > 0;
comment on view public.token_balances is
  'Balances as they are now: what expired holds had set aside is spendable, or pays a debt, from their instant on.';
grant select on public.token_balances to authenticated, service_role;

create function private.expire_holds(p_wallet public.user_tokens)
returns public.user_tokens
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens := p_wallet;
  -- Once, since a condition on clock_timestamp() would be computed for each row and use no index.
  ended_by constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  freed bigint;
  last_end timestamptz;
  count bigint;
begin
  -- Nearly always there is none, and looking is much cheaper than what follows.
  if not exists (
    select from public.token_holds as hold
    where hold.user_id = wallet.user_id and hold.status = 'held' and hold.expires_at <= ended_by
  ) then
    return wallet;
  end if;
  with due as (
    select hold.id, hold.amount, hold.reference,
      -- An expiry is entered at the instant from which its tokens counted, not when somebody came by.
      greatest(hold.expires_at, wallet.updated_at) as ended_at,
      sum(hold.amount) over in_order as freed,
      row_number() over in_order as place,
      -- What came back by then pays the debt first.
      least(sum(hold.amount) over in_order, wallet.debt) as paid
    from public.token_holds as hold
    where hold.user_id = wallet.user_id and hold.status = 'held' and hold.expires_at <= ended_by
    window in_order as (order by hold.expires_at, hold.id)
  ),
  ended as (
    update public.token_holds as hold
    set status = 'expired', settled_at = due.ended_at
    from due
    where hold.user_id = wallet.user_id and hold.id = due.id
  ),
  entered as (
    insert into public.token_transactions (
      user_id, id, kind, hold_id, amount, balance_after, held_after, debt_change, debt_after,
      reference, requested_by, created_at
    )
    select
      wallet.user_id, wallet.entries + due.place, 'expiry', due.id,
      due.amount - (due.paid - least(due.freed - due.amount, wallet.debt)),
      wallet.token + due.freed - due.paid,
      wallet.held - due.freed,
      least(due.freed - due.amount, wallet.debt) - due.paid,
      wallet.debt - due.paid,
      due.reference, 'system', due.ended_at
    from due
  )
  select max(due.freed), max(due.ended_at), max(due.place) into freed, last_end, count from due;

  update public.user_tokens
  set token = token + freed - least(freed, debt),
    held = held - freed,
    debt = debt - least(freed, debt),
    entries = entries + count,
    updated_at = last_end
  where user_id = wallet.user_id
  returning * into strict wallet;
  return wallet;
end;
$$;
comment on function private.expire_holds is
  'Ends the holds of a locked wallet that ran out, at most 100, and enters each in the ledger. Returns the wallet.';
