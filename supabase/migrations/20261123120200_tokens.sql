-- A prepaid wallet per user and the append-only ledger behind it.
-- Money moves in adjust_tokens alone; no API role can write a table here.

create table public.user_tokens (
  id uuid primary key default gen_random_uuid(),
  -- Restrict: an account goes only through private.close_account, which balances the books first.
  user_id uuid not null unique references auth.users (id) on delete restrict,
  token integer not null default 0
    constraint token_is_never_negative check (token >= 0),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now())
);
comment on table public.user_tokens is 'The wallet: how many tokens a user can spend. Always the sum of the user''s token_transactions.';
comment on column public.user_tokens.token is 'Spendable balance in whole tokens.';

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
  kind text not null,
  reference text
    constraint reference_is_bounded check (char_length(reference) between 1 and 255),
  idempotency_key text
    constraint idempotency_key_is_bounded check (char_length(idempotency_key) between 1 and 255),
  request_hash bytea,
  metadata jsonb not null default '{}'
    constraint metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  created_at timestamptz not null,
  -- Every key begins with the user, so that the ledger can be sharded by user.
  primary key (user_id, id),
  constraint idempotency_key_is_unique_per_user unique (user_id, idempotency_key),
  constraint kind_fixes_the_sign check (
    case kind
      when 'add' then amount > 0
      when 'deduct' then amount < 0
      when 'closing' then amount < 0 and balance_after = 0
      else false
    end
  ),
  constraint key_and_hash_come_together check ((idempotency_key is null) = (request_hash is null))
);
comment on table public.token_transactions is 'The ledger: one row per change of a balance, never changed or deleted.';
comment on column public.token_transactions.amount is 'Signed tokens: positive credits, negative debits.';
comment on column public.token_transactions.balance_after is 'The balance this entry left, in tokens.';
comment on column public.token_transactions.kind is 'add: credited; deduct: spent; closing: what was left when the account was deleted.';
comment on column public.token_transactions.request_hash is 'SHA-256 of the request that used idempotency_key, to tell a retry from a reuse.';

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
    and (new.id, new.amount, new.balance_after, new.kind, new.created_at)
      = (old.id, old.amount, old.balance_after, old.kind, old.created_at)
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

create function private.lock_wallet(p_user_id uuid)
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
  return wallet;
end;
$$;
comment on function private.lock_wallet(uuid) is
  'Locks the wallet of a user until the transaction ends, opening it first where it is missing. PT404 user_not_found.';

create function private.require_session(p_user_id uuid, p_session_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (
    select from auth.sessions
    where id = p_session_id and user_id = p_user_id and (not_after is null or not_after > now())
  ) then
    raise sqlstate 'PT401' using message = 'session_ended';
  end if;
end;
$$;
comment on function private.require_session(uuid, uuid) is
  'Refuses a session that is signed out, timed out or another user''s. PT401 session_ended. Access tokens outlive sign-out, sessions do not.';

create function public.adjust_tokens(
  p_user_id uuid,
  p_amount integer,
  p_kind text,
  p_idempotency_key text default null,
  p_reference text default null,
  p_metadata jsonb default '{}',
  p_session_id uuid default null
)
returns table (transaction_id bigint, token integer, updated_at timestamptz, replayed boolean)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  wallet public.user_tokens;
  entry public.token_transactions;
  hash bytea;
begin
  if p_kind is null or p_kind not in ('add', 'deduct') or p_amount is null
    or (case p_kind when 'add' then p_amount else -p_amount::bigint end) not between 1 and 1000000000
  then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'add takes an amount from 1 to 1000000000, deduct one from -1 to -1000000000';
  end if;

  -- The lock comes first: whatever is read below stays true until commit.
  wallet := private.lock_wallet(p_user_id);

  if p_session_id is not null then
    perform private.require_session(p_user_id, p_session_id);
  end if;

  if p_idempotency_key is not null then
    hash := sha256(convert_to(jsonb_build_array(p_kind, p_amount, p_reference, p_metadata)::text, 'UTF8'));
    select * into entry from public.token_transactions
    where user_id = p_user_id and idempotency_key = p_idempotency_key;
    if found then
      if entry.request_hash <> hash then
        raise sqlstate 'PT422' using message = 'idempotency_key_reused';
      end if;
      return query select entry.id, entry.balance_after, entry.created_at, true;
      return;
    end if;
  end if;

  if wallet.token::bigint + p_amount < 0 then
    raise sqlstate 'PT402' using message = 'insufficient_tokens', detail = wallet.token::text;
  end if;
  if wallet.token::bigint + p_amount > 2147483647 then
    raise sqlstate 'PT422' using message = 'balance_limit';
  end if;

  update public.user_tokens set token = token + p_amount
  where user_id = p_user_id
  returning * into wallet;

  insert into public.token_transactions
    (user_id, amount, balance_after, kind, reference, idempotency_key, request_hash, metadata, created_at)
  values
    (p_user_id, p_amount, wallet.token, p_kind, p_reference, p_idempotency_key, hash, p_metadata, wallet.updated_at)
  returning * into entry;

  return query select entry.id, entry.balance_after, entry.created_at, false;
end;
$$;
comment on function public.adjust_tokens(uuid, integer, text, text, text, jsonb, uuid) is
  'Adds to or takes from a balance and writes the ledger, in one transaction. '
  'p_amount: signed tokens. p_kind: add or deduct. p_session_id: the session that must still be signed in, null for servers. '
  'Returns the entry''s id, the balance it left, its time, and whether it was there already under this idempotency key. '
  'Refusals: PT402 insufficient_tokens (detail: the balance), PT422 balance_limit, PT422 idempotency_key_reused, '
  'PT422 validation_failed, PT401 session_ended, PT404 user_not_found.';
grant execute on function public.adjust_tokens(uuid, integer, text, text, text, jsonb, uuid) to service_role;

create function public.open_wallet(p_user_id uuid)
returns table (token integer, updated_at timestamptz)
language plpgsql
security definer
set search_path = ''
as $$
declare
  wallet public.user_tokens := private.lock_wallet(p_user_id);
begin
  return query select wallet.token, wallet.updated_at;
end;
$$;
comment on function public.open_wallet(uuid) is
  'Returns the balance of a user, opening the wallet at 0 where it is missing. PT404 user_not_found.';
grant execute on function public.open_wallet(uuid) to service_role;

create function private.open_wallet_of_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.user_tokens (user_id) values (new.id) on conflict (user_id) do nothing;
  return new;
exception when others then
  -- A sign-up must not fail for this: the wallet opens at its first use instead.
  raise warning 'the wallet of user % was not opened: %', new.id, sqlerrm;
  return new;
end;
$$;
comment on function private.open_wallet_of_new_user() is 'Opens a wallet at 0 with every new user, and never fails the sign-up.';

create trigger open_wallet after insert on auth.users
  for each row execute function private.open_wallet_of_new_user();

create function private.close_account()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  pseudonym uuid := gen_random_uuid();
begin
  delete from public.user_tokens where user_id = old.id returning * into wallet;
  if wallet.token > 0 then
    insert into public.token_transactions (user_id, amount, balance_after, kind, created_at)
    values (
      old.id, -wallet.token, 0, 'closing',
      greatest(date_trunc('milliseconds', clock_timestamp()), wallet.updated_at + interval '1 millisecond')
    );
  end if;
  -- One pseudonym for the whole account, recorded nowhere: the chain stays checkable, the person is gone.
  update public.token_transactions
  set user_id = pseudonym, reference = null, idempotency_key = null, request_hash = null, metadata = '{}'
  where user_id = old.id;
  return old;
end;
$$;
comment on function private.close_account() is
  'Before a user is deleted: enters what is left as spent, removes the wallet and takes the name off the ledger.';

create trigger close_account before delete on auth.users
  for each row execute function private.close_account();

-- Users who were there before this migration.
insert into public.user_tokens (user_id) select id from auth.users on conflict (user_id) do nothing;
