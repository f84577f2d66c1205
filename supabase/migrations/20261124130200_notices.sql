-- Users may ask to be told when their balance falls below a threshold of theirs.

create table public.low_balance_thresholds (
  user_id uuid primary key references auth.users (id) on delete cascade,
  threshold integer not null
    constraint threshold_is_positive check (threshold > 0),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now())
);
comment on table public.low_balance_thresholds is 'Below how many tokens a user wants to be told. No row, no notice.';

alter table public.low_balance_thresholds enable row level security;
grant select on public.low_balance_thresholds to authenticated, service_role;
create policy "users read their own threshold" on public.low_balance_thresholds
  for select to authenticated using ((select auth.uid()) = user_id);
create trigger set_updated_at before update on public.low_balance_thresholds
  for each row execute function private.set_updated_at();

create table public.notices (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  -- The debit that crossed the threshold: it is told once.
  transaction_id bigint not null,
  type text not null
    constraint type_is_known check (type in ('balance.low')),
  data jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  attempts integer not null default 0,
  next_attempt_at timestamptz default clock_timestamp(),
  delivered_at timestamptz,
  last_error text,
  constraint entry_is_told_once unique (user_id, transaction_id),
  constraint delivered_is_done check (delivered_at is null or next_attempt_at is null)
);
comment on table public.notices is 'The outbox: what is to be told to the outside, written in the transaction that it tells of.';
comment on column public.notices.next_attempt_at is 'When it is sent again; null once it was delivered or given up.';

create index notices_to_send on public.notices (next_attempt_at) where next_attempt_at is not null;

alter table public.notices enable row level security;
grant select on public.notices to service_role;
create policy "servers read notices" on public.notices for select to service_role using (true);

create function private.note_low_balance()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  insert into public.notices (user_id, transaction_id, type, data)
  select new.user_id, new.id, 'balance.low', jsonb_build_object(
    'user_id', new.user_id, 'token', new.balance_after, 'threshold', t.threshold, 'transaction_id', new.id
  )
  from public.low_balance_thresholds as t
  where t.user_id = new.user_id and new.balance_after < t.threshold and new.balance_after - new.amount::bigint >= t.threshold;
  return null;
end;
$$;
comment on function private.note_low_balance() is
  'After a debit: puts a notice into the outbox where it took the balance from at least the threshold to below it.';

create trigger note_low_balance after insert on public.token_transactions
  for each row
  -- Not where a purchase pays a debt, which leaves more than there was before it, nor for an account that closes.
  when (new.amount < 0 and new.kind not in ('debt_payment', 'closing'))
  execute function private.note_low_balance();

create function public.set_low_balance_threshold(
  p_user_id uuid,
  p_threshold integer default null,
  p_session_id uuid default null
)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.lock_wallet(p_user_id, p_session_id);
  if p_threshold is null then
    delete from public.low_balance_thresholds where user_id = p_user_id;
  else
    insert into public.low_balance_thresholds (user_id, threshold) values (p_user_id, p_threshold)
    on conflict (user_id) do update set threshold = excluded.threshold;
  end if;
  return p_threshold;
end;
$$;
comment on function public.set_low_balance_threshold(uuid, integer, uuid) is
  'Sets below how many tokens a user is told, or with null that they are not, and returns it. '
  'A balance that is below it already is not told of. PT401 session_ended, PT404 user_not_found.';
grant execute on function public.set_low_balance_threshold(uuid, integer, uuid) to service_role;

create function public.claim_notices(p_limit integer)
returns table (id uuid, type text, data jsonb, created_at timestamptz)
language sql
security definer
set search_path = ''
begin atomic
  update public.notices as n
  set attempts = n.attempts + 1,
    -- 30 seconds, 90, and so on, ten times in three and a half days. It is put off before it is sent: who dies over it only delays it.
    next_attempt_at = case when n.attempts < 9 then now() + interval '30 seconds' * power(3, n.attempts) end
  where n.id in (
    select due.id from public.notices as due where due.next_attempt_at <= now()
    order by due.next_attempt_at limit p_limit for update skip locked
  )
  returning n.id, n.type, n.data, n.created_at;
end;
comment on function public.claim_notices(integer) is
  'Up to p_limit notices that are due, for the caller alone to send now; each is due again later until settle_notice.';
grant execute on function public.claim_notices(integer) to service_role;

create function public.settle_notice(p_id uuid, p_error text default null)
returns void
language sql
security definer
set search_path = ''
begin atomic
  update public.notices
  set delivered_at = case when p_error is null then now() end,
    next_attempt_at = case when p_error is not null then next_attempt_at end,
    last_error = left(p_error, 255)
  where id = p_id and delivered_at is null;
end;
comment on function public.settle_notice(uuid, text) is
  'Notes that a notice was delivered, or why it was not this time.';
grant execute on function public.settle_notice(uuid, text) to service_role;
