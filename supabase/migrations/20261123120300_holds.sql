-- Holds: tokens reserved for work whose cost is known only afterwards.
-- A hold ends exactly once: captured, released, or expired at its instant by this database's clock.

create table public.token_holds (
  id uuid not null default gen_random_uuid(),
  -- No foreign key: like the ledger, holds outlive the account under a pseudonym.
  user_id uuid not null,
  amount integer not null
    constraint amount_is_bounded check (amount between 1 and 1000000000),
  captured_amount integer
    constraint captured_amount_is_bounded check (captured_amount between 1 and 1000000000),
  status text not null default 'held'
    constraint status_is_known check (status in ('held', 'captured', 'released', 'expired')),
  reference text
    constraint reference_is_bounded check (char_length(reference) between 1 and 255),
  metadata jsonb not null default '{}'
    constraint metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (user_id, id),
  constraint captured_amount_comes_with_capture check ((status = 'captured') = (captured_amount is not null)),
  constraint settled_at_comes_with_the_end check ((status = 'held') = (settled_at is null))
);
comment on table public.token_holds is 'Reservations of tokens. Read token_hold_states, which counts a hold that ran out as expired at once.';
comment on column public.token_holds.amount is 'Whole tokens set aside.';
comment on column public.token_holds.captured_amount is 'Whole tokens spent in the end: less than, equal to or above amount.';

-- The open ones: few, whatever the history.
create index token_holds_open on public.token_holds (user_id, expires_at) where status = 'held';

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
  reference,
  metadata,
  expires_at,
  created_at,
  case when status = 'held' and expires_at <= now() then expires_at else settled_at end as settled_at
from public.token_holds;
comment on view public.token_hold_states is 'Holds as they are now: expired from their instant on, whether or not the ledger line is written yet.';
grant select on public.token_hold_states to authenticated, service_role;

create view public.token_balances with (security_invoker = true) as
select
  wallet.user_id,
  wallet.token + coalesce(expired.amount, 0) as token,
  wallet.held - coalesce(expired.amount, 0) as held,
  greatest(wallet.updated_at, expired.at) as updated_at
from public.user_tokens as wallet
left join lateral (
  select sum(amount)::integer as amount, max(expires_at) as at
  from public.token_holds as hold
  where hold.user_id = wallet.user_id and hold.status = 'held' and hold.expires_at <= now()
) as expired on wallet.held > 0;
comment on view public.token_balances is 'Balances as they are now: what expired holds had set aside is spendable again from their instant on.';
grant select on public.token_balances to authenticated, service_role;

create function private.end_hold(
  p_hold public.token_holds,
  p_status text,
  p_captured_amount integer default null,
  p_idempotency_key text default null,
  p_request_hash bytea default null
)
returns public.token_transactions
language plpgsql
set search_path = ''
as $$
declare
  entry public.token_transactions;
begin
  entry := private.post_entry(
    p_hold.user_id,
    case p_status when 'captured' then 'capture' when 'released' then 'release' when 'expired' then 'expiry' end,
    p_hold.amount - coalesce(p_captured_amount, 0),
    -p_hold.amount,
    p_hold.id,
    p_reference => p_hold.reference,
    p_idempotency_key => p_idempotency_key,
    p_request_hash => p_request_hash,
    -- An expiry is entered at the instant from which its tokens counted, not when somebody came by.
    p_created_at => case p_status when 'expired' then p_hold.expires_at end
  );
  update public.token_holds
  set status = p_status, captured_amount = p_captured_amount, settled_at = entry.created_at
  where user_id = p_hold.user_id and id = p_hold.id;
  return entry;
end;
$$;
comment on function private.end_hold(public.token_holds, text, integer, text, bytea) is
  'Ends an open hold of a locked wallet: status captured, released or expired. What was not captured comes back.';

create function private.expire_holds(p_user_id uuid)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  hold public.token_holds;
  expired_count integer := 0;
begin
  for hold in
    select * from public.token_holds
    where user_id = p_user_id and status = 'held' and expires_at <= clock_timestamp()
    order by expires_at, id
  loop
    perform private.end_hold(hold, 'expired');
    expired_count := expired_count + 1;
  end loop;
  return expired_count;
end;
$$;
comment on function private.expire_holds(uuid) is 'Enters the expiry of a locked wallet''s holds that ran out. Returns how many.';

create function public.hold_tokens(
  p_user_id uuid,
  p_amount integer,
  p_ttl_seconds integer default 900,
  p_idempotency_key text default null,
  p_reference text default null,
  p_metadata jsonb default '{}',
  p_session_id uuid default null
)
returns table (
  id uuid, amount integer, captured_amount integer, status text, expires_at timestamptz,
  token integer, held integer, replayed boolean
)
language plpgsql
security definer
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  hold public.token_holds;
  entry public.token_transactions;
  request_hash bytea := private.hash_request('hold', p_amount::text, p_ttl_seconds::text, p_reference, p_metadata::text);
begin
  if p_amount is null or p_amount not between 1 and 1000000000
    or p_ttl_seconds is null or p_ttl_seconds not between 1 and 86400
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'a hold takes an amount from 1 to 1000000000 and a ttl_seconds from 1 to 86400';
  end if;

  wallet := private.lock_wallet(p_user_id, p_session_id);
  entry := private.find_entry(p_user_id, p_idempotency_key, request_hash);
  replayed := entry.id is not null;
  if replayed then
    select * into strict hold from public.token_holds as h where h.user_id = p_user_id and h.id = entry.hold_id;
  else
    perform private.require_balance(wallet, -p_amount);
    insert into public.token_holds (user_id, amount, reference, metadata, expires_at, created_at)
    values (
      p_user_id, p_amount, p_reference, p_metadata,
      date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => p_ttl_seconds),
      date_trunc('milliseconds', clock_timestamp())
    )
    returning * into hold;
    entry := private.post_entry(
      p_user_id, 'hold', -p_amount, p_amount, hold.id, p_reference => p_reference,
      p_idempotency_key => p_idempotency_key, p_request_hash => request_hash
    );
  end if;
  -- As it was when it began, so that a replay repeats the first answer.
  return query select
    hold.id, hold.amount, null::integer, 'held', hold.expires_at, entry.balance_after, entry.held_after, replayed;
end;
$$;
comment on function public.hold_tokens(uuid, integer, integer, text, text, jsonb, uuid) is
  'Sets tokens aside for p_ttl_seconds (1 to 86400). The balance falls at once. '
  'Returns the hold, the balance and the held sum it left, and whether it was there already under this key. '
  'Refusals: PT402 insufficient_tokens (detail: the balance), PT422 idempotency_key_reused, PT422 validation_failed, '
  'PT401 session_ended, PT404 user_not_found.';
grant execute on function public.hold_tokens(uuid, integer, integer, text, text, jsonb, uuid) to service_role;

create function public.settle_hold(
  p_user_id uuid,
  p_hold_id uuid,
  p_status text,
  p_amount integer default null,
  p_idempotency_key text default null,
  p_session_id uuid default null
)
returns table (
  id uuid, amount integer, captured_amount integer, status text, expires_at timestamptz,
  token integer, held integer, replayed boolean
)
language plpgsql
security definer
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  hold public.token_holds;
  entry public.token_transactions;
  captured integer;
  request_hash bytea := private.hash_request('settle', p_hold_id::text, p_status, p_amount::text);
begin
  if p_status is null or p_status not in ('captured', 'released')
    or p_amount not between 1 and 1000000000 or (p_status = 'released' and p_amount is not null)
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'a hold is captured, with an amount from 1 to 1000000000 or all of it, or released';
  end if;

  wallet := private.lock_wallet(p_user_id, p_session_id);
  entry := private.find_entry(p_user_id, p_idempotency_key, request_hash);
  replayed := entry.id is not null;
  select * into hold from public.token_holds as h where h.user_id = p_user_id and h.id = p_hold_id;
  if not found then
    raise sqlstate 'PT404' using message = 'hold_not_found';
  end if;
  if not replayed then
    if hold.status <> 'held' then
      raise sqlstate 'PT409' using message = 'hold_settled', detail = json_build_object(
        'id', hold.id, 'amount', hold.amount, 'captured_amount', hold.captured_amount,
        'status', hold.status, 'expires_at', hold.expires_at
      )::text;
    end if;
    if p_status = 'captured' then
      captured := coalesce(p_amount, hold.amount);
      -- What is above the hold comes out of the balance, in this one step or not at all.
      perform private.require_balance(wallet, least(hold.amount - captured, 0));
    end if;
    entry := private.end_hold(hold, p_status, captured, p_idempotency_key, request_hash);
    hold.status := p_status;
    hold.captured_amount := captured;
  end if;
  return query select
    hold.id, hold.amount, hold.captured_amount, hold.status, hold.expires_at,
    entry.balance_after, entry.held_after, replayed;
end;
$$;
comment on function public.settle_hold(uuid, uuid, text, integer, text, uuid) is
  'Ends a hold: p_status captured (p_amount tokens, all that is held by default) or released. '
  'Returns the hold, the balance and the held sum it left, and whether it was there already under this key. '
  'Refusals: PT404 hold_not_found, PT409 hold_settled (detail: its final state as JSON), PT402 insufficient_tokens, '
  'PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, PT404 user_not_found.';
grant execute on function public.settle_hold(uuid, uuid, text, integer, text, uuid) to service_role;

create function private.sweep_holds()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  wallet_owner uuid;
  expired_count integer := 0;
begin
  for wallet_owner in
    select user_id from public.user_tokens
    where user_id in (select user_id from public.token_holds where status = 'held' and expires_at <= now())
    order by user_id
    -- A wallet that somebody works on is brought up to date by them.
    for update skip locked
  loop
    expired_count := expired_count + private.expire_holds(wallet_owner);
  end loop;
  return expired_count;
end;
$$;
comment on function private.sweep_holds() is
  'Writes the ledger lines of holds that ran out. Changes no balance that is shown: without it, the next touch of the wallet does the same.';

do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron with schema pg_catalog;
    perform cron.schedule('sweep-holds', '* * * * *', 'select private.sweep_holds()');
  end if;
end;
$$;
