-- A prepaid wallet per user and the append-only ledger behind it.
-- Money moves in public.adjust_tokens, private.post_entry and private.expire_holds; no API role can write a table here.

create table public.user_tokens (
  id uuid not null default gen_random_uuid(),
  -- No foreign key: who holds a wallet must never wait for the account's row. private.close_account takes both along.
  user_id uuid primary key,
  token integer not null default 0
    constraint token_is_never_negative check (token >= 0),
  held integer not null default 0
    constraint held_is_never_negative check (held >= 0),
  debt bigint not null default 0
    constraint debt_is_never_negative check (debt >= 0),
  low_balance_threshold integer
    constraint low_balance_threshold_is_positive check (low_balance_threshold > 0),
  low_balance_noticed_at timestamptz,
  entries bigint not null default 0,
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now()),
  -- What is held can come back, so both together stay within the limit.
  constraint wallet_is_bounded check (token::bigint + held <= 2147483647),
  constraint debt_is_paid_first check (debt = 0 or token = 0)
);
comment on table public.user_tokens is
  'The wallet of a user. token is the sum of the ledger, held the sum of the open holds, at every commit.';
comment on column public.user_tokens.token is
  'Whole tokens to spend, not counting holds that ran out since the wallet was last touched: see token_balances.';
comment on column public.user_tokens.held is 'Whole tokens reserved by open holds.';
comment on column public.user_tokens.debt is
  'Whole tokens that a refund or dispute took back after they were spent. Whatever is credited pays it first.';
comment on column public.user_tokens.low_balance_threshold is
  'The balance below which the user is told, in whole tokens; null for no notice.';
comment on column public.user_tokens.low_balance_noticed_at is
  'When a low balance was last told, unless tokens were credited since.';
comment on column public.user_tokens.entries is 'How many entries the wallet has: the id of the last one.';
comment on column public.user_tokens.updated_at is 'When the last entry was made.';

alter table public.user_tokens enable row level security;
grant select on public.user_tokens to authenticated, service_role;
create policy "users read their own balance" on public.user_tokens
  for select to authenticated using ((select auth.uid()) = user_id);

create table public.token_transactions (
  id bigint not null,
  -- No foreign key: the books outlive the account, under a pseudonym.
  user_id uuid not null,
  amount integer not null,
  balance_after integer not null
    constraint balance_after_is_never_negative check (balance_after >= 0),
  held_after integer not null
    constraint held_after_is_never_negative check (held_after >= 0),
  debt_change bigint not null default 0,
  debt_after bigint not null default 0
    constraint debt_after_is_never_negative check (debt_after >= 0),
  kind text not null,
  hold_id uuid,
  reverses bigint,
  purchase_id uuid,
  reference text
    constraint reference_is_bounded check (char_length(reference) between 1 and 255),
  metadata jsonb not null default '{}'
    constraint metadata_is_an_object check (jsonb_typeof(metadata) = 'object')
    constraint metadata_is_bounded check (octet_length(metadata::text) <= 16384),
  requested_by text not null
    constraint requester_is_known check (requested_by in ('user', 'server', 'staff', 'system')),
  idempotency_key text
    constraint idempotency_key_is_bounded check (char_length(idempotency_key) between 1 and 255),
  request_hash bytea,
  created_at timestamptz not null,
  -- Every key begins with the user, so that the ledger can be sharded by user.
  primary key (user_id, id),
  -- Users and servers choose their keys without knowing of each other.
  constraint idempotency_key_is_unique_per_requester unique (user_id, idempotency_key, requested_by),
  constraint key_and_hash_come_together check ((idempotency_key is null) = (request_hash is null)),
  -- What the entry is worth is amount - debt_change: a credit of 100 that pays a debt of 60 has the amount 40.
  constraint kind_fixes_the_sign check (
    case kind
      when 'add' then amount - debt_change > 0
      when 'deduct' then amount < 0
      when 'hold' then amount < 0
      when 'capture' then true -- what was held and not used, or less than nothing where more was used
      when 'release' then amount - debt_change > 0
      when 'expiry' then amount - debt_change > 0
      when 'adjustment' then amount - debt_change <> 0
      when 'reversal' then amount - debt_change <> 0
      when 'purchase' then amount - debt_change > 0
      when 'chargeback' then amount - debt_change < 0
      when 'closing' then balance_after = 0 and debt_after = 0
      else false
    end
  ),
  -- Only what takes purchased or credited tokens back can leave a debt.
  constraint kind_fixes_the_debt check (
    case kind
      when 'chargeback' then debt_change >= 0
      when 'reversal' then debt_change <= 0 or amount <= 0
      else debt_change <= 0
    end
  ),
  constraint kind_fixes_the_hold check (
    (kind in ('hold', 'capture', 'release', 'expiry')) = (hold_id is not null)
  ),
  constraint kind_fixes_the_reversed check ((kind = 'reversal') = (reverses is not null)),
  constraint kind_fixes_the_purchase check ((kind in ('purchase', 'chargeback')) = (purchase_id is not null))
);
comment on table public.token_transactions is 'The ledger: one row per change of a wallet, never changed or deleted.';
comment on column public.token_transactions.id is
  'The number of the entry in its wallet, from 1 without a gap. Unique per user.';
comment on column public.token_transactions.amount is
  'The change of the balance, in signed tokens: positive credits, negative debits. The balance is their sum.';
comment on column public.token_transactions.balance_after is 'The balance this entry left, in tokens.';
comment on column public.token_transactions.held_after is 'What was held after this entry, in tokens.';
comment on column public.token_transactions.debt_change is
  'The change of the debt, in signed tokens: negative where a credit pays it. The debt is their sum.';
comment on column public.token_transactions.debt_after is 'The debt this entry left, in tokens.';
comment on column public.token_transactions.kind is
  'add, deduct; hold, then one of capture, release, expiry; adjustment by an operator; reversal of another entry; '
  'purchase, chargeback of one; closing: what was left when the account was deleted.';
comment on column public.token_transactions.purchase_id is 'The purchase that this entry credits or takes back.';
comment on column public.token_transactions.requested_by is
  'Who asked: the user, a trusted server, a member of the staff whom metadata names as actor, or nobody but the clock, '
  'a payment or the end of the account (system).';
comment on column public.token_transactions.request_hash is
  'SHA-256 of the request that used idempotency_key, to tell a retry from a reuse.';
comment on column public.token_transactions.created_at is
  'By the clock of the database, and never before the entry that precedes it.';

-- A hold begins once and ends once, and an entry is reversed once, whoever tries.
create unique index hold_begins_and_ends_once on public.token_transactions (user_id, hold_id, (kind = 'hold'))
  where hold_id is not null;
create unique index entry_is_reversed_once on public.token_transactions (user_id, reverses)
  where reverses is not null;
-- Not of what a busy wallet is full of: those pages fill without it, and a debit or a hold would pay for it.
create index entries_of_rare_kinds on public.token_transactions (user_id, kind, id)
  where kind not in ('deduct', 'hold', 'capture');

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
    and (new.id, new.amount, new.balance_after, new.held_after, new.debt_change, new.debt_after)
      = (old.id, old.amount, old.balance_after, old.held_after, old.debt_change, old.debt_after)
    and (new.kind, new.requested_by, new.created_at) = (old.kind, old.requested_by, old.created_at)
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
comment on function private.refuse_ledger_change is
  'Keeps the ledger append-only for every role, its owner included.';

create trigger refuse_row_change before update or delete on public.token_transactions
  for each row execute function private.refuse_ledger_change();
create trigger refuse_truncate before truncate on public.token_transactions
  for each statement execute function private.refuse_ledger_change();

create function private.require_metadata(p_metadata jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if octet_length(p_metadata::text) > 16384 then
    raise sqlstate 'PT422' using message = 'validation_failed', detail = 'metadata has at most 16384 bytes as stored';
  end if;
end;
$$;
comment on function private.require_metadata is
  'Refuses metadata of more than 16 KiB as stored. PT422 validation_failed.';

create function private.requester(p_session_id uuid)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case when p_session_id is null then 'server' else 'user' end;
end;
$$;
comment on function private.requester is 'Who asks: a user comes with a session, a trusted server without one.';

create function private.hash_request(variadic p_parts text[])
returns bytea
language plpgsql
immutable
set search_path = ''
as $$
begin
  return sha256(convert_to(to_jsonb(p_parts)::text, 'UTF8'));
end;
$$;
comment on function private.hash_request is 'SHA-256 of what a request asked for.';

create function private.key_is_used(p_user_id uuid, p_idempotency_key text, p_session_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select from public.token_transactions
    where user_id = p_user_id and idempotency_key = p_idempotency_key
      and requested_by = private.requester(p_session_id)
  );
end;
$$;
comment on function private.key_is_used is
  'Whether the user of a session, or a server where there is none, made an entry under a key before.';

create function private.find_entry(p_user_id uuid, p_entry public.token_transactions)
returns public.token_transactions
language plpgsql
stable
set search_path = ''
as $$
declare
  known public.token_transactions;
begin
  select * into known from public.token_transactions
  where user_id = p_user_id
    and idempotency_key = p_entry.idempotency_key
    and requested_by = p_entry.requested_by;
  if known.request_hash <> p_entry.request_hash then
    raise sqlstate 'PT422' using message = 'idempotency_key_reused';
  end if;
  return known;
end;
$$;
comment on function private.find_entry is
  'The entry that was made before with the key and the requester of p_entry; null where there is none. '
  'PT422 idempotency_key_reused where it was made for another request.';
