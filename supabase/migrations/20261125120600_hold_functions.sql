-- A hold begins, and ends once: captured, released, or expired by the sweep.

create function public.hold_tokens(
  p_user_id uuid,
  p_amount integer,
  p_ttl_seconds integer,
  p_idempotency_key text default null,
  p_reference text default null,
  p_metadata jsonb default '{}',
  p_session_id uuid default null
)
returns table (
  id uuid, amount integer, captured_amount integer, status text, placed_by text, expires_at timestamptz,
  token integer, held integer, debt bigint, replayed boolean
)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  -- A debit and a refund touch all open holds that ran out: this many cost them a few milliseconds.
  max_open_holds constant integer := 100;
  wallet public.user_tokens;
  hold public.token_holds;
  entry public.token_transactions;
  known public.token_transactions;
begin
  if p_amount is null or p_amount not between 1 and 1000000000
    or p_ttl_seconds is null or p_ttl_seconds not between 1 and 86400
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'a hold takes an amount from 1 to 1000000000 and a ttl_seconds from 1 to 86400';
  end if;
  -- To ask first is cheaper than to call what refuses.
  if octet_length(p_metadata::text) > 16384 then
    perform private.require_metadata(p_metadata);
  end if;

  entry.kind := 'hold';
  entry.amount := -p_amount;
  entry.reference := p_reference;
  entry.requested_by := private.requester(p_session_id);

  wallet := private.prepare_wallet(p_user_id, p_session_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request(
      'hold', p_amount::text, p_ttl_seconds::text, p_reference, p_metadata::text
    );
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  if replayed then
    entry := known;
    select * into strict hold from public.token_holds as h where h.user_id = p_user_id and h.id = entry.hold_id;
  else
    perform private.require_balance(wallet, -p_amount);
    -- Each holds a token at least, so few tokens held are few holds.
    if wallet.held >= max_open_holds then
      if max_open_holds <= (
        select count(*) from public.token_holds as h where h.user_id = p_user_id and h.status = 'held'
      ) then
        raise sqlstate 'PT409' using message = 'hold_limit';
      end if;
    end if;
    insert into public.token_holds (user_id, amount, placed_by, reference, metadata, expires_at, created_at)
    values (
      p_user_id, p_amount, entry.requested_by, p_reference, coalesce(p_metadata, '{}'),
      date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => p_ttl_seconds),
      date_trunc('milliseconds', clock_timestamp())
    )
    returning * into hold;
    entry.hold_id := hold.id;
    entry := private.post_entry(wallet, entry, p_amount);
  end if;
  -- As it was when it began, so that a replay repeats the first answer.
  return query select
    hold.id, hold.amount, null::integer, 'held', hold.placed_by, hold.expires_at,
    entry.balance_after, entry.held_after, entry.debt_after, replayed;
end;
$$;
comment on function public.hold_tokens is
  'Sets tokens aside for p_ttl_seconds (1 to 86400). The balance falls at once. '
  'Returns the hold, the balance, the held sum and the debt it left, and whether it was there already under this key. '
  'Refusals: PT402 insufficient_tokens (detail: the balance), PT409 hold_limit (100 are open), '
  'PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, PT404 user_not_found, '
  'PT503 request_expired; 55P03 where the wallet stays locked.';
grant execute on function public.hold_tokens to service_role;

create function private.end_hold(
  p_wallet public.user_tokens,
  p_hold public.token_holds,
  p_entry public.token_transactions
)
returns public.token_transactions
language plpgsql
set search_path = ''
as $$
declare
  entry public.token_transactions := p_entry;
begin
  entry.kind := case p_hold.status when 'captured' then 'capture' when 'released' then 'release' end;
  entry.amount := p_hold.amount - coalesce(p_hold.captured_amount, 0);
  entry.hold_id := p_hold.id;
  entry.reference := p_hold.reference;
  entry := private.post_entry(p_wallet, entry, -p_hold.amount);
  update public.token_holds
  set status = p_hold.status, captured_amount = p_hold.captured_amount, settled_at = entry.created_at
  where user_id = p_hold.user_id and id = p_hold.id;
  return entry;
end;
$$;
comment on function private.end_hold is
  'Ends an open hold of a locked wallet. p_hold: the hold with the status (captured or released) and the '
  'captured_amount '
  'that it gets; what is not captured comes back. p_entry: who asked, and under which key.';

create function private.require_open(p_hold public.token_holds)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_hold.status <> 'held' then
    raise sqlstate 'PT409' using message = 'hold_settled', detail = json_build_object(
      'id', p_hold.id, 'amount', p_hold.amount, 'captured_amount', p_hold.captured_amount,
      'status', p_hold.status, 'placed_by', p_hold.placed_by, 'expires_at', p_hold.expires_at
    )::text;
  end if;
end;
$$;
comment on function private.require_open is
  'Refuses a hold that has ended. PT409 hold_settled (detail: its final state as JSON).';

create function public.settle_hold(
  p_user_id uuid,
  p_hold_id uuid,
  p_status text,
  p_amount integer default null,
  p_idempotency_key text default null,
  p_session_id uuid default null
)
returns table (
  id uuid, amount integer, captured_amount integer, status text, placed_by text, expires_at timestamptz,
  token integer, held integer, debt bigint, replayed boolean
)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  wallet public.user_tokens;
  hold public.token_holds;
  entry public.token_transactions;
  known public.token_transactions;
begin
  if p_status is null or p_status not in ('captured', 'released')
    or p_amount not between 1 and 1000000000 or (p_status = 'released' and p_amount is not null)
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'a hold is captured, with an amount from 1 to 1000000000 or all of it, or released';
  end if;
  entry.requested_by := private.requester(p_session_id);

  wallet := private.prepare_wallet(p_user_id, p_session_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request('settle', p_hold_id::text, p_status, p_amount::text);
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  select * into hold from public.token_holds as h where h.user_id = p_user_id and h.id = p_hold_id;
  if not found then
    raise sqlstate 'PT404' using message = 'hold_not_found';
  end if;
  if replayed then
    entry := known;
  else
    -- What a server set aside for its work must still be there when the work is done.
    if hold.placed_by = 'server' and entry.requested_by = 'user' then
      raise sqlstate 'PT403' using message = 'hold_of_server';
    end if;
    perform private.require_open(hold);
    hold.status := p_status;
    if p_status = 'captured' then
      hold.captured_amount := coalesce(p_amount, hold.amount);
      -- What is above the hold comes out of the balance, in this one step or not at all.
      if hold.captured_amount > hold.amount then
        perform private.require_balance(wallet, hold.amount - hold.captured_amount);
      end if;
    end if;
    entry := private.end_hold(wallet, hold, entry);
  end if;
  return query select
    hold.id, hold.amount, hold.captured_amount, hold.status, hold.placed_by, hold.expires_at,
    entry.balance_after, entry.held_after, entry.debt_after, replayed;
end;
$$;
comment on function public.settle_hold is
  'Ends a hold: p_status captured (p_amount tokens, all that is held by default) or released. '
  'Returns the hold, the balance, the held sum and the debt it left, and whether it was there already under this key. '
  'Refusals: PT404 hold_not_found, PT403 hold_of_server, PT409 hold_settled (detail: its final state as JSON), '
  'PT402 insufficient_tokens, PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, '
  'PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';
grant execute on function public.settle_hold to service_role;

create function private.sweep_holds(p_max_wallets integer default 50)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  due_user_id uuid;
  wallet public.user_tokens;
  swept_count integer := 0;
begin
  for due_user_id in
    select distinct hold.user_id from public.token_holds as hold where hold.status = 'held' and hold.expires_at <= now()
  loop
    -- A wallet that somebody works on is brought up to date by them.
    select * into wallet from public.user_tokens where user_id = due_user_id for update skip locked;
    if found then
      perform private.expire_holds(wallet);
      swept_count := swept_count + 1;
    end if;
    exit when swept_count = p_max_wallets;
  end loop;
  return swept_count;
end;
$$;
comment on function private.sweep_holds is
  'Writes the ledger lines of holds that ran out, for up to p_max_wallets wallets, so that none is locked for long: '
  'repeat it, each time in a transaction of its own, until it returns 0. Changes no balance that is shown: without it, '
  'the next touch of the wallet does the same.';
