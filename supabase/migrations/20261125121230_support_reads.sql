-- What the staff sees of a person. Each look is noted in the transaction that reads.

create function private.events_of(p_provider text, p_payment_id text, p_purchase_id uuid)
returns jsonb
language sql
stable
set search_path = ''
begin atomic
  select coalesce(jsonb_agg(to_jsonb(event) order by event.received_at, event.event_id), '[]')
  from (
    select
      e.provider, e.event_id, e.fact, e.amount_minor, e.currency, e.livemode, e.occurred_at, e.received_at,
      e.review_reason, e.attempts, e.next_attempt_at, e.reconciliation_id is not null as found_by_reconciliation
    from public.payment_events as e
    where (e.provider = p_provider and e.payment_id = p_payment_id) or e.purchase_id = p_purchase_id
    order by e.received_at desc, e.event_id
    limit 20
  ) as event;
end;
comment on function private.events_of is
  'The newest 20 events of a payment and of the purchase that they name, oldest first, without their payloads.';

create function public.support_search(
  p_staff_id uuid,
  p_session_id uuid,
  p_email text default null,
  p_user_id uuid default null,
  p_payment_id text default null
)
returns table (user_id uuid, email text, created_at timestamptz, events jsonb)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  line public.support_log;
  found_ids uuid[];
begin
  perform private.enter_desk(p_staff_id, p_session_id);
  line.staff_id := p_staff_id;
  line.action := 'search';
  found_ids := case
    when p_user_id is not null then array[p_user_id]
    -- As Auth keeps addresses. Those of single sign-on are not unique, and have no index.
    when p_email is not null then array(
      select u.id from auth.users as u where u.email = lower(p_email) and u.is_sso_user = false
    )
    else array(
      select p.user_id from public.purchases as p
      where p.provider in ('standard', 'stripe') and p.payment_id = p_payment_id
      union
      -- A payment that changed nothing may still name its purchase.
      select p.user_id from public.payment_events as e join public.purchases as p on p.id = e.purchase_id
      where e.provider in ('standard', 'stripe') and e.payment_id = p_payment_id
    )
  end;
  events := coalesce(
    (
      select jsonb_agg(event) from unnest(array['standard', 'stripe']) as provider,
        jsonb_array_elements(private.events_of(provider, p_payment_id, null)) as event
    ),
    '[]'
  );
  for user_id, email, created_at in
    select u.id, u.email, u.created_at from auth.users as u where u.id = any (found_ids) order by u.created_at, u.id
  loop
    line.user_id := user_id;
    perform private.note_support(line);
    return next;
  end loop;
  if line.user_id is null then
    perform private.note_support(line);
    -- What a provider says of a payment that belongs to nobody here.
    if events <> '[]' then
      user_id := null;
      return next;
    end if;
  end if;
end;
$$;
comment on function public.support_search is
  'The accounts of an e-mail address, of a user id, or of a payment as its provider names it, and with the last the '
  'newest events of the payment: on a row without an account where it is nobody''s. A search that finds nobody is '
  'noted as well. PT401 session_ended, PT403 staff_required, PT429 too_many_requests, PT503 request_expired.';
grant execute on function public.support_search to service_role;

create function public.support_person(p_staff_id uuid, p_session_id uuid, p_user_id uuid)
returns table (
  user_id uuid, email text, created_at timestamptz, last_sign_in_at timestamptz, banned_until timestamptz,
  is_staff boolean, token integer, held integer, debt bigint, updated_at timestamptz
)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'person');
  return query
    select
      u.id, u.email::text, u.created_at, u.last_sign_in_at, u.banned_until,
      coalesce(u.raw_app_meta_data ->> 'role' = 'support', false),
      coalesce(b.token, 0), coalesce(b.held, 0), coalesce(b.debt, 0), coalesce(b.updated_at, u.created_at)
    from auth.users as u left join public.token_balances as b on b.user_id = u.id
    where u.id = p_user_id;
end;
$$;
comment on function public.support_person is
  'An account and its balance, for a member of staff. Refusals as private.look_at has them.';
grant execute on function public.support_person to service_role;

create function public.support_transactions(
  p_staff_id uuid, p_session_id uuid, p_user_id uuid, p_limit integer, p_before bigint default null
)
returns setof public.token_transactions
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'transactions');
  return query
    select t.* from public.token_transactions as t
    where t.user_id = p_user_id and (p_before is null or t.id < p_before)
    order by t.id desc limit p_limit;
end;
$$;
comment on function public.support_transactions is
  'Entries of a person''s ledger, newest first, for a member of staff. Refusals as private.look_at has them.';
grant execute on function public.support_transactions to service_role;

create function public.support_holds(p_staff_id uuid, p_session_id uuid, p_user_id uuid)
returns setof public.token_holds
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'holds');
  return query
    select h.* from public.token_holds as h
    where h.user_id = p_user_id and h.status = 'held' and h.expires_at > now()
    order by h.expires_at, h.id;
end;
$$;
comment on function public.support_holds is
  'The open holds of a person, at most 100, for a member of staff. Refusals as private.look_at has them.';
grant execute on function public.support_holds to service_role;

create function public.support_purchases(
  p_staff_id uuid,
  p_session_id uuid,
  p_user_id uuid,
  p_limit integer,
  p_before timestamptz default null,
  p_before_id uuid default null
)
returns table (
  id uuid, pack_id text, tokens integer, price_minor integer, currency text, provider text, livemode boolean,
  payment_id text, status text, refunded_minor integer, granted integer, created_at timestamptz,
  updated_at timestamptz, events jsonb
)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'purchases');
  return query
    select
      p.id, p.pack_id, p.tokens, p.price_minor, p.currency, p.provider, p.livemode, p.payment_id, p.status,
      p.refunded_minor, p.granted, p.created_at, p.updated_at,
      private.events_of(p.provider, p.payment_id, p.id)
    from public.purchases as p
    where p.user_id = p_user_id
      and (
        p_before is null or p.created_at < p_before or (p.created_at = p_before and p.id > p_before_id)
      )
    order by p.created_at desc, p.id limit p_limit;
end;
$$;
comment on function public.support_purchases is
  'Purchases of a person, newest first, each with what the provider said of it, for a member of staff. Refusals as '
  'private.look_at has them.';
grant execute on function public.support_purchases to service_role;

create function public.support_log_of(
  p_staff_id uuid, p_session_id uuid, p_user_id uuid, p_limit integer, p_before bigint default null
)
returns table (
  id bigint, staff_id uuid, staff_email text, action text, subject text, reason text, created_at timestamptz
)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'log');
  return query
    select l.id, l.staff_id, u.email::text, l.action, l.subject, l.reason, l.created_at
    from public.support_log as l left join auth.users as u on u.id = l.staff_id
    where l.user_id = p_user_id and (p_before is null or l.id < p_before)
    order by l.id desc limit p_limit;
end;
$$;
comment on function public.support_log_of is
  'What the staff looked at and did for a person, newest first, for a member of staff. Refusals as private.look_at has '
  'them.';
grant execute on function public.support_log_of to service_role;
