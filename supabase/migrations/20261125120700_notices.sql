-- Users may ask to be told when their balance falls below a threshold of theirs.

create table public.notices (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
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
comment on table public.notices is
  'The outbox: what is to be told to the outside, written in the transaction that it tells of.';
comment on column public.notices.next_attempt_at is 'When it is sent again; null once it was delivered or given up.';

create index notices_to_send on public.notices (next_attempt_at) where next_attempt_at is not null;

alter table public.notices enable row level security;
grant select on public.notices to service_role;
create policy "servers read notices" on public.notices for select to service_role using (true);

create function private.notice_rest()
returns interval
language sql
immutable
set search_path = ''
return interval '1 hour';
comment on function private.notice_rest is
  'How long a user is not told again of a low balance after they were, unless tokens were credited in between. '
  'To change it, replace this function.';

create function private.note_low_balance(p_wallet public.user_tokens, p_entry public.token_transactions)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Only the debit that crosses the threshold is news, and not each of many in a row.
  if p_entry.balance_after - p_entry.amount < p_wallet.low_balance_threshold
    or p_wallet.low_balance_noticed_at > p_entry.created_at - private.notice_rest()
  then
    return;
  end if;
  insert into public.notices (user_id, transaction_id, type, data)
  values (p_entry.user_id, p_entry.id, 'balance.low', jsonb_build_object(
    'user_id', p_entry.user_id,
    'token', p_entry.balance_after,
    'threshold', p_wallet.low_balance_threshold,
    'transaction_id', p_entry.id
  ));
  update public.user_tokens set low_balance_noticed_at = p_entry.created_at where user_id = p_entry.user_id;
end;
$$;
comment on function private.note_low_balance is
  'Puts a notice into the outbox where a debit took the balance of a locked wallet from at least its threshold to '
  'below '
  'it, unless one was put there within private.notice_rest.';

create function public.set_low_balance_threshold(
  p_user_id uuid,
  p_threshold integer default null,
  p_session_id uuid default null
)
returns integer
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform private.prepare_wallet(p_user_id, p_session_id);
  update public.user_tokens set low_balance_threshold = p_threshold where user_id = p_user_id;
  return p_threshold;
end;
$$;
comment on function public.set_low_balance_threshold is
  'Sets the balance below which a user is told, in whole tokens, or with null that they are not, and returns it. '
  'A balance that is below it already is not told of. '
  'PT401 session_ended, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';
grant execute on function public.set_low_balance_threshold to service_role;

create function public.claim_notices(p_limit integer)
returns table (id uuid, type text, data jsonb, created_at timestamptz)
language sql
security definer
set search_path = ''
begin atomic
  update public.notices as n
  set attempts = n.attempts + 1,
    -- 30 seconds, 90, and so on, ten times in three and a half days.
    -- It is put off before it is sent: who dies over it only delays it.
    next_attempt_at = case when n.attempts < 9 then now() + interval '30 seconds' * power(3, n.attempts) end
  where n.id in (
    select due.id from public.notices as due where due.next_attempt_at <= now()
    order by due.next_attempt_at limit p_limit for update skip locked
  )
  returning n.id, n.type, n.data, n.created_at;
end;
comment on function public.claim_notices is
  'Up to p_limit notices that are due, for the caller alone to send now; each is due again later until '
  'record_notice_attempt says that it was delivered.';
grant execute on function public.claim_notices to service_role;

create function public.record_notice_attempt(p_id uuid, p_error text default null)
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
comment on function public.record_notice_attempt is
  'Records that a notice was delivered, or in p_error why it was not this time.';
grant execute on function public.record_notice_attempt to service_role;

create function private.notices_are_due()
returns boolean
language sql
stable
set search_path = ''
return exists (select from public.notices where next_attempt_at <= now());
comment on function private.notices_are_due is 'Whether POST /tokens/notices/deliver has something to do.';
