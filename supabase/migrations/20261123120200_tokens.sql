-- A prepaid wallet per user and the append-only ledger behind it.
-- Money moves in private.post_entry alone; no API role can write a table here.

create table public.user_tokens (
  id uuid primary key default gen_random_uuid(),
  -- Restrict: an account goes only through private.close_account, which balances the books first.
  user_id uuid not null unique references auth.users (id) on delete restrict,
  token integer not null default 0
    constraint token_is_never_negative check (token >= 0),
  held integer not null default 0
    constraint held_is_never_negative check (held >= 0),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now()),
  -- What is held can come back, so both together stay within the limit.
  constraint wallet_is_bounded check (token::bigint + held <= 2147483647)
);
comment on table public.user_tokens is 'The wallet of a user. token is the sum of the ledger, held the sum of the open holds, at every commit.';
comment on column public.user_tokens.token is 'Whole tokens to spend, not counting holds that ran out since the wallet was last touched: see token_balances.';
comment on column public.user_tokens.held is 'Whole tokens reserved by open holds.';

alter table public.user_tokens enable row level security;
grant select on public.user_tokens to authenticated, service_role;
create policy "users read their own balance" on public.user_tokens
  for select to authenticated using ((select auth.uid()) = user_id);

create trigger set_updated_at before update on public.user_tokens
  for each row execute function private.set_updated_at();

create table public.token_transactions (
  id bigint generated always as identity,
  -- No foreign key: the books outlive the account, under a pseudonym.
  user_id uuid not null,
  amount integer not null,
  balance_after integer not null
    constraint balance_after_is_never_negative check (balance_after >= 0),
  held_after integer not null
    constraint held_after_is_never_negative check (held_after >= 0),
  kind text not null,
  hold_id uuid,
  reverses bigint,
  reference text
    constraint reference_is_bounded check (char_length(reference) between 1 and 255),
  metadata jsonb not null default '{}'
    constraint metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  idempotency_key text
    constraint idempotency_key_is_bounded check (char_length(idempotency_key) between 1 and 255),
  request_hash bytea,
  created_at timestamptz not null,
  -- Every key begins with the user, so that the ledger can be sharded by user.
  primary key (user_id, id),
  constraint idempotency_key_is_unique_per_user unique (user_id, idempotency_key),
  constraint key_and_hash_come_together check ((idempotency_key is null) = (request_hash is null)),
  constraint kind_fixes_the_sign check (
    case kind
      when 'add' then amount > 0
      when 'deduct' then amount < 0
      when 'hold' then amount < 0
      when 'capture' then true -- what was held and not used, or less than nothing where more was used
      when 'release' then amount > 0
      when 'expiry' then amount > 0
      when 'adjustment' then amount <> 0
      when 'reversal' then amount <> 0
      when 'closing' then amount < 0 and balance_after = 0
      else false
    end
  ),
  constraint kind_fixes_the_hold check (
    (kind in ('hold', 'capture', 'release', 'expiry')) = (hold_id is not null)
  ),
  constraint kind_fixes_the_reversed check ((kind = 'reversal') = (reverses is not null))
);
comment on table public.token_transactions is 'The ledger: one row per change of a balance, never changed or deleted.';
comment on column public.token_transactions.amount is 'Signed tokens: positive credits, negative debits. The balance is their sum.';
comment on column public.token_transactions.balance_after is 'The balance this entry left, in tokens.';
comment on column public.token_transactions.held_after is 'What was held after this entry, in tokens.';
comment on column public.token_transactions.kind is
  'add, deduct; hold, then one of capture, release, expiry; adjustment by an operator; reversal of another entry; '
  'closing: what was left when the account was deleted.';
comment on column public.token_transactions.request_hash is 'SHA-256 of the request that used idempotency_key, to tell a retry from a reuse.';

-- A hold begins once and ends once, and an entry is reversed once, whoever tries.
create unique index hold_begins_and_ends_once on public.token_transactions (user_id, hold_id, (kind = 'hold'))
  where hold_id is not null;
create unique index entry_is_reversed_once on public.token_transactions (user_id, reverses)
  where reverses is not null;

alter table public.token_transactions enable row level security;
grant select on public.token_transactions to authenticated, service_role;
create policy "users read their own transactions" on public.token_transactions
  for select to authenticated using ((select auth.uid()) = user_id);

create function private.refuse_ledger_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- The one change there is: the rows of a closed account lose its name, never a number.
  if tg_op = 'UPDATE'
    and (new.id, new.amount, new.balance_after, new.held_after, new.kind, new.created_at)
      = (old.id, old.amount, old.balance_after, old.held_after, old.kind, old.created_at)
    and (new.hold_id, new.reverses) is not distinct from (old.hold_id, old.reverses)
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
comment on function private.refuse_ledger_change() is 'Keeps the ledger append-only for every role, its owner included.';

create trigger refuse_row_change before update or delete on public.token_transactions
  for each row execute function private.refuse_ledger_change();
create trigger refuse_truncate before truncate on public.token_transactions
  for each statement execute function private.refuse_ledger_change();

create function private.lock_wallet(p_user_id uuid, p_session_id uuid default null)
returns public.user_tokens
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens;
begin
  select * into wallet from public.user_tokens where user_id = p_user_id for update;
  if not found then
    begin
      insert into public.user_tokens (user_id) values (p_user_id) on conflict (user_id) do nothing;
    exception when foreign_key_violation then
      raise sqlstate 'PT404' using message = 'user_not_found';
    end;
    -- A statement of its own: the one that makes a row, here or in a racing call, does not lock it for this one.
    select * into wallet from public.user_tokens where user_id = p_user_id for update;
  end if;

  -- After the lock, which may have been waited for. An access token outlives sign-out, a session does not.
  if p_session_id is not null and not exists (
    select from auth.sessions
    where id = p_session_id and user_id = p_user_id and (not_after is null or not_after > now())
  ) then
    raise sqlstate 'PT401' using message = 'session_ended';
  end if;

  if wallet.held > 0 and private.expire_holds(p_user_id) > 0 then
    select * into wallet from public.user_tokens where user_id = p_user_id;
  end if;
  return wallet;
end;
$$;
comment on function private.lock_wallet(uuid, uuid) is
  'Locks the wallet of a user until the transaction ends and brings it up to date: opens it where it is missing, '
  'ends the holds that ran out. p_session_id: the session that must still be signed in, null for servers. '
  'PT404 user_not_found, PT401 session_ended.';

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
  if p_wallet.token::bigint + p_wallet.held + p_amount > 2147483647 then
    raise sqlstate 'PT422' using message = 'balance_limit';
  end if;
end;
$$;
comment on function private.require_balance(public.user_tokens, integer) is
  'Refuses a change that a wallet cannot take. PT402 insufficient_tokens (detail: the balance), PT422 balance_limit.';

create function private.hash_request(variadic p_parts text[])
returns bytea
language sql
immutable
set search_path = ''
return sha256(convert_to(to_jsonb(p_parts)::text, 'UTF8'));
comment on function private.hash_request(text[]) is 'SHA-256 of what a request asked for.';

create function private.find_entry(p_user_id uuid, p_idempotency_key text, p_request_hash bytea)
returns public.token_transactions
language plpgsql
stable
set search_path = ''
as $$
declare
  entry public.token_transactions;
begin
  select * into entry from public.token_transactions
  where user_id = p_user_id and idempotency_key = p_idempotency_key;
  if found and entry.request_hash <> p_request_hash then
    raise sqlstate 'PT422' using message = 'idempotency_key_reused';
  end if;
  return entry;
end;
$$;
comment on function private.find_entry(uuid, text, bytea) is
  'The entry that an idempotency key led to, null where there is none. PT422 idempotency_key_reused.';

create function private.post_entry(
  p_user_id uuid,
  p_kind text,
  p_amount integer,
  p_held_change integer default 0,
  p_hold_id uuid default null,
  p_reverses bigint default null,
  p_reference text default null,
  p_metadata jsonb default '{}',
  p_idempotency_key text default null,
  p_request_hash bytea default null,
  p_created_at timestamptz default null
)
returns public.token_transactions
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  entry public.token_transactions;
begin
  update public.user_tokens
  set token = token + p_amount, held = held + p_held_change
  where user_id = p_user_id
  returning * into strict wallet;

  insert into public.token_transactions (
    user_id, kind, amount, balance_after, held_after, hold_id, reverses,
    reference, metadata, idempotency_key, request_hash, created_at
  )
  values (
    p_user_id, p_kind, p_amount, wallet.token, wallet.held, p_hold_id, p_reverses,
    p_reference, p_metadata, p_idempotency_key,
    case when p_idempotency_key is not null then p_request_hash end,
    coalesce(p_created_at, wallet.updated_at)
  )
  returning * into entry;
  return entry;
end;
$$;
comment on function private.post_entry(uuid, text, integer, integer, uuid, bigint, text, jsonb, text, bytea, timestamptz) is
  'The one place where money moves: changes a locked wallet and writes the ledger line for it.';

create function public.adjust_tokens(
  p_user_id uuid,
  p_amount integer,
  p_kind text,
  p_idempotency_key text default null,
  p_reference text default null,
  p_metadata jsonb default '{}',
  p_session_id uuid default null
)
returns table (transaction_id bigint, token integer, held integer, updated_at timestamptz, replayed boolean)
language plpgsql
security definer
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  entry public.token_transactions;
  request_hash bytea := private.hash_request(p_kind, p_amount::text, p_reference, p_metadata::text);
begin
  if p_kind is null or p_kind not in ('add', 'deduct', 'adjustment') or p_amount is null
    or (case p_kind when 'deduct' then -p_amount::bigint when 'adjustment' then abs(p_amount::bigint) else p_amount end)
      not between 1 and 1000000000
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'add takes an amount from 1 to 1000000000, deduct one from -1 to -1000000000, adjustment both';
  end if;

  -- The lock comes first: whatever is read below stays true until commit.
  wallet := private.lock_wallet(p_user_id, p_session_id);
  entry := private.find_entry(p_user_id, p_idempotency_key, request_hash);
  replayed := entry.id is not null;
  if not replayed then
    perform private.require_balance(wallet, p_amount);
    entry := private.post_entry(
      p_user_id, p_kind, p_amount, p_reference => p_reference, p_metadata => p_metadata,
      p_idempotency_key => p_idempotency_key, p_request_hash => request_hash
    );
  end if;
  return query select entry.id, entry.balance_after, entry.held_after, entry.created_at, replayed;
end;
$$;
comment on function public.adjust_tokens(uuid, integer, text, text, text, jsonb, uuid) is
  'Adds to or takes from a balance and writes the ledger, in one transaction. '
  'p_amount: signed tokens. p_kind: add, deduct, or adjustment by an operator. '
  'p_session_id: the session that must still be signed in, null for servers. '
  'Returns the entry''s id, the balance and the held sum it left, its time, and whether it was there already under this key. '
  'Refusals: PT402 insufficient_tokens (detail: the balance), PT422 balance_limit, PT422 idempotency_key_reused, '
  'PT422 validation_failed, PT401 session_ended, PT404 user_not_found.';
grant execute on function public.adjust_tokens(uuid, integer, text, text, text, jsonb, uuid) to service_role;

create function public.open_wallet(p_user_id uuid)
returns table (token integer, held integer, updated_at timestamptz)
language plpgsql
security definer
set search_path = ''
as $$
declare
  wallet public.user_tokens := private.lock_wallet(p_user_id);
begin
  return query select wallet.token, wallet.held, wallet.updated_at;
end;
$$;
comment on function public.open_wallet(uuid) is
  'Returns the balance of a user, opening the wallet at 0 where it is missing. PT404 user_not_found.';
grant execute on function public.open_wallet(uuid) to service_role;
