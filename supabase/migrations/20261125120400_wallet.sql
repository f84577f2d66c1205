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

  -- After the lock, which may have been waited for. To ask first is cheaper than to call what refuses.
  if clock_timestamp() > private.deadline() then
    perform private.require_time();
  end if;
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
$$;
comment on function private.post_entry is
  'Moves money: changes a locked wallet and writes the ledger line for it. p_wallet: the wallet as it is locked. '
  'p_entry: user_id, balances and time are filled in here; its amount is what is credited or debited, and a credit '
  'pays the wallet''s debt first unless debt_change is given. p_held_change: signed tokens.';

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
