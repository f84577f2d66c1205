-- What may happen to a wallet, and how: locked, brought up to date, checked, changed and written down.

create function private.await_wallet(p_user_id uuid)
returns public.user_tokens
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  may_wait boolean := false;
begin
  if not exists (select from public.user_tokens where user_id = p_user_id) then
    -- An account that is being deleted is waited for. No wallet is locked yet, so nobody waits in a circle.
    perform from auth.users where id = p_user_id for key share;
    if not found then
      raise sqlstate 'PT404' using message = 'user_not_found';
    end if;
    insert into public.user_tokens (user_id) values (p_user_id) on conflict (user_id) do nothing;
  end if;

  -- Eight may wait for a wallet as long as lock_timeout says; who comes after them gives up sooner,
  -- so that one wallet's queue does not take every connection there is.
  for place in 1..8 loop
    may_wait := pg_try_advisory_xact_lock(hashtext(p_user_id::text), place);
    exit when may_wait;
  end loop;
  if not may_wait then
    perform set_config('lock_timeout', '500ms', true);
  end if;
  -- A statement of its own: the one that makes a row, here or in a racing call, does not lock it for this one.
  select * into wallet from public.user_tokens where user_id = p_user_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'user_not_found';
  end if;
  return wallet;
end;
$$;
comment on function private.await_wallet is
  'Locks a wallet that is missing or locked by others: opens it, or waits for it. '
  'PT404 user_not_found; 55P03 where it stays locked past lock_timeout.';

create function private.prepare_wallet(p_user_id uuid, p_session_id uuid default null)
returns public.user_tokens
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens;
begin
  select * into wallet from public.user_tokens where user_id = p_user_id for update skip locked;
  if not found then
    wallet := private.await_wallet(p_user_id);
  end if;

  -- After the lock, which may have been waited for.
  perform private.require_time();
  if p_session_id is not null then
    perform private.require_session(p_user_id, p_session_id);
  end if;
  if wallet.held > 0 then
    wallet := private.expire_holds(wallet);
  end if;
  return wallet;
end;
$$;
comment on function private.prepare_wallet is
  'Locks the wallet of a user until the transaction ends and brings it up to date: opens it where it is missing, '
  'ends the holds that ran out. p_session_id: the session that must still be signed in, null for servers. '
  'PT404 user_not_found, PT401 session_ended, PT503 request_expired; 55P03 where the wallet stays locked.';

create function private.require_balance(p_wallet public.user_tokens, p_amount integer)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_wallet.token::bigint + p_amount < 0 then
    raise sqlstate 'PT402' using message = 'insufficient_tokens', detail = p_wallet.token::text;
  end if;
  -- A debt is paid before the balance grows.
  if p_wallet.token::bigint + p_wallet.held + p_amount - least(p_wallet.debt, greatest(p_amount, 0)) > 2147483647 then
    raise sqlstate 'PT422' using message = 'balance_limit';
  end if;
end;
$$;
comment on function private.require_balance is
  'Refuses a change that a wallet cannot take. PT402 insufficient_tokens (detail: the balance), PT422 balance_limit.';

create function private.post_entry(
  p_wallet public.user_tokens,
  p_entry public.token_transactions,
  p_held_change integer default 0
)
returns public.token_transactions
language plpgsql
set search_path = ''
as $$
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
$$;
comment on function private.post_entry is
  'The one place where money moves on request: changes a locked wallet and writes the ledger line for it. p_wallet: '
  'the '
  'wallet as it is locked. p_entry: user_id, balances and time are filled in here; its amount is what is credited or '
  'debited, and a credit pays the wallet''s debt first unless debt_change is given. p_held_change: signed tokens.';

create function public.adjust_tokens(
  p_user_id uuid,
  p_amount integer,
  p_kind text,
  p_idempotency_key text default null,
  p_reference text default null,
  p_metadata jsonb default '{}',
  p_session_id uuid default null
)
returns table (
  transaction_id bigint, token integer, held integer, debt bigint, updated_at timestamptz, replayed boolean
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
  if p_kind is null or p_kind not in ('add', 'deduct', 'adjustment') or p_amount is null
    or (case p_kind when 'deduct' then -p_amount::bigint when 'adjustment' then abs(p_amount::bigint) else p_amount end)
      not between 1 and 1000000000
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'add takes an amount from 1 to 1000000000, deduct one from -1 to -1000000000, adjustment both';
  end if;
  perform private.require_metadata(p_metadata);

  entry.kind := p_kind;
  entry.amount := p_amount;
  entry.reference := p_reference;
  entry.metadata := p_metadata;
  entry.requested_by := private.requester(p_session_id);

  -- The lock comes first: whatever is read below stays true until commit.
  wallet := private.prepare_wallet(p_user_id, p_session_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request(p_kind, p_amount::text, p_reference, p_metadata::text);
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  if replayed then
    entry := known;
  else
    perform private.require_balance(wallet, p_amount);
    entry := private.post_entry(wallet, entry);
  end if;
  return query select
    entry.id, entry.balance_after, entry.held_after, entry.debt_after, entry.created_at, replayed;
end;
$$;
comment on function public.adjust_tokens is
  'Adds to or takes from a balance and writes the ledger, in one transaction. '
  'p_amount: signed tokens. p_kind: add, deduct, or adjustment by an operator. A credit pays a debt first. '
  'p_session_id: the session that must still be signed in, null for servers. '
  'Returns the entry''s id, the balance, the held sum and the debt it left, its time, and whether it was there already '
  'under this key. Refusals: PT402 insufficient_tokens (detail: the balance), PT422 balance_limit, '
  'PT422 idempotency_key_reused, PT422 validation_failed, PT401 session_ended, PT404 user_not_found, '
  'PT503 request_expired; 55P03 where the wallet stays locked.';
grant execute on function public.adjust_tokens to service_role;

create function public.open_wallet(p_user_id uuid)
returns table (token integer, held integer, debt bigint, updated_at timestamptz)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  wallet public.user_tokens := private.prepare_wallet(p_user_id);
begin
  return query select wallet.token, wallet.held, wallet.debt, wallet.updated_at;
end;
$$;
comment on function public.open_wallet is
  'Returns the balance of a user, opening the wallet at 0 where it is missing. PT404 user_not_found.';
grant execute on function public.open_wallet to service_role;
