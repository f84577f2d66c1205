-- A refund that fails at the bank gives its tokens back, and an event that could not be followed is tried again.

alter table public.payment_events drop constraint fact_is_known;
alter table public.payment_events add constraint fact_is_known check (
  fact in ('paid', 'failed', 'refunded', 'refund_failed', 'dispute_opened', 'dispute_won', 'dispute_lost', 'other')
);
alter table public.payment_events
  add column attempts integer not null default 0,
  add column next_attempt_at timestamptz,
  -- Of the sweep that found it; null where its webhook came first. The sweeps follow in the next migration.
  add column reconciliation_id uuid;
comment on column public.payment_events.attempts is 'How often it was tried again after it was put under review.';
comment on column public.payment_events.next_attempt_at is 'When it is tried again; null where it need not or will not be.';
comment on column public.payment_events.reconciliation_id is 'The reconciliation that found it; null where its webhook came first.';

create index events_to_retry on public.payment_events (provider, next_attempt_at) where next_attempt_at is not null;
create index events_of_reconciliation on public.payment_events (reconciliation_id) where reconciliation_id is not null;

create or replace function private.settle_purchase(p_purchase_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
  purchase public.purchases;
  refunded bigint;
  disputed boolean;
  granted_now integer;
begin
  select * into strict purchase from public.purchases where id = p_purchase_id for update;

  -- A refund that is reported twice counts once, one that failed not at all; together they are never more than the price.
  select least(coalesce(sum(amount), 0), purchase.price_minor) into refunded
  from (
    select case when bool_or(fact = 'refund_failed') then 0 else max(amount_minor) end as amount
    from public.payment_events
    where provider = purchase.provider and payment_id = purchase.payment_id
      and fact in ('refunded', 'refund_failed') and review_reason is null
    group by subject_id
  ) as refunds;
  -- A dispute that was won is over, whenever it was opened.
  select coalesce(bool_or(not won), false) into disputed
  from (
    select bool_or(fact = 'dispute_won') as won from public.payment_events
    where provider = purchase.provider and payment_id = purchase.payment_id
      and fact in ('dispute_opened', 'dispute_won', 'dispute_lost') and review_reason is null
    group by subject_id
  ) as disputes;

  -- What was refunded in part takes its tokens rounded up: never more is kept than was paid for.
  granted_now := case when disputed then 0
    else purchase.tokens - ceil(purchase.tokens::numeric * refunded / purchase.price_minor) end;
  perform private.change_grant(purchase, granted_now);
  update public.purchases
  set granted = granted_now,
    refunded_minor = refunded,
    status = case when disputed then 'disputed' when refunded > 0 then 'refunded' else 'paid' end
  where id = p_purchase_id;
end;
$$;

create function private.lock_payment(p_provider text, p_payment_id text, p_event_id text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_provider || ' ' || coalesce(p_payment_id, p_event_id), 0));
end;
$$;
comment on function private.lock_payment(text, text, text) is
  'Has the facts of one payment come one after the other, so that each sees those before it.';

create function private.put_under_review(p_event public.payment_events, p_reason text)
returns void
language sql
set search_path = ''
begin atomic
  update public.payment_events
  set review_reason = p_reason,
    -- Whoever deleted their account is not named by what comes later either.
    payload = case when p_reason = 'account_closed' then '{}' else payload end,
    -- 5 minutes, 20, 80 and so on for about three weeks; then only a person can help.
    next_attempt_at = case when p_reason is not null and attempts < 7
      then now() + interval '5 minutes' * power(4, attempts) end
  where provider = p_event.provider and event_id = p_event.event_id;
end;
comment on function private.put_under_review(public.payment_events, text) is
  'Notes why an event changed nothing and when it is tried again; null for the reason where it is in order.';

create function private.follow_event(p_event public.payment_events)
returns table (outcome text, review_reason text)
language plpgsql
set search_path = ''
as $$
declare
  purchase public.purchases;
  other public.payment_events;
  reason text;
begin
  if p_event.fact = 'other' then
    return query select 'ignored', null::text;
    return;
  end if;

  select * into purchase from public.purchases as p
  where p.provider = p_event.provider
    and (p.payment_id = p_event.payment_id or (p.payment_id is null and p.id = p_event.purchase_id))
  order by p.payment_id is null
  limit 1;
  reason := private.review_payment(
    purchase, p_event.fact, p_event.livemode, p_event.payment_id, p_event.purchase_id, p_event.amount_minor, p_event.currency
  );
  if reason is not null or p_event.review_reason is not null then
    perform private.put_under_review(p_event, reason);
  end if;
  if reason is not null then
    return query select 'review', reason;
    return;
  end if;
  if p_event.fact = 'failed' then
    -- A checkout that nobody here began is no business of ours.
    update public.purchases as p set status = 'failed' where p.id = purchase.id and p.status = 'pending';
    return query select case when found then 'applied' else 'ignored' end, null::text;
    return;
  end if;
  if purchase.id is null or (purchase.payment_id is null and p_event.fact <> 'paid') then
    -- Stored. The payment itself is still on its way, and will find it.
    return query select 'waiting', null::text;
    return;
  end if;

  perform private.lock_wallet(purchase.user_id);
  begin
    if purchase.payment_id is null then
      update public.purchases as p set payment_id = p_event.payment_id where p.id = purchase.id and p.payment_id is null;
      if not found then
        raise sqlstate 'PT409' using message = 'purchase_paid_twice';
      end if;
      -- What came before its payment was known could not be compared with it then.
      for other in
        select * from public.payment_events as e
        where e.provider = p_event.provider and e.payment_id = p_event.payment_id
          and e.event_id <> p_event.event_id and e.fact <> 'other'
      loop
        perform private.put_under_review(other, private.review_payment(
          purchase, other.fact, other.livemode, other.payment_id, other.purchase_id, other.amount_minor, other.currency
        ));
      end loop;
    end if;
    perform private.settle_purchase(purchase.id);
  exception when sqlstate 'PT409' or sqlstate 'PT422' then
    -- The event is kept all the same: a provider that is refused would send it for days, and then no more.
    reason := sqlerrm;
    perform private.put_under_review(p_event, reason);
    return query select 'review', reason;
    return;
  end;
  return query select 'applied', null::text;
end;
$$;
comment on function private.follow_event(public.payment_events) is
  'Brings purchase, wallet and ledger in line with a stored event, whose payment is locked. '
  'Returns outcome applied, ignored, waiting (for its payment), or review with the reason.';

drop function public.apply_payment_event(text, text, text, boolean, timestamptz, jsonb, text, uuid, text, bigint, text);
create function public.apply_payment_event(
  p_provider text,
  p_event_id text,
  p_fact text,
  p_livemode boolean,
  p_occurred_at timestamptz,
  p_payload jsonb,
  p_payment_id text default null,
  p_purchase_id uuid default null,
  p_subject_id text default null,
  p_amount_minor bigint default null,
  p_currency text default null,
  p_reconciliation_id uuid default null
)
returns table (outcome text, review_reason text)
language plpgsql
security definer
set search_path = ''
as $$
declare
  event public.payment_events;
begin
  perform private.lock_payment(p_provider, p_payment_id, p_event_id);
  insert into public.payment_events (
    provider, event_id, payment_id, purchase_id, fact, subject_id, amount_minor, currency, livemode, occurred_at, payload,
    reconciliation_id
  )
  values (
    p_provider, p_event_id, p_payment_id, p_purchase_id, p_fact, p_subject_id, p_amount_minor, p_currency, p_livemode,
    p_occurred_at, p_payload, p_reconciliation_id
  )
  on conflict (provider, event_id) do nothing
  returning * into event;
  if not found then
    return query select 'duplicate', null::text;
    return;
  end if;
  return query select * from private.follow_event(event);
end;
$$;
comment on function public.apply_payment_event(text, text, text, boolean, timestamptz, jsonb, text, uuid, text, bigint, text, uuid) is
  'Stores what a provider says and brings purchase, wallet and ledger in line with it, in one transaction. '
  'p_fact: paid, failed, refunded, refund_failed, dispute_opened, dispute_won, dispute_lost, or other for what does not '
  'matter here. p_subject_id: the refund or dispute. p_amount_minor: what was paid, or refunded in all under that '
  'subject. p_reconciliation_id: the sweep that found it, null for a webhook. '
  'Returns outcome applied, duplicate, ignored, waiting (for its payment), or review with the reason.';
grant execute on function public.apply_payment_event(text, text, text, boolean, timestamptz, jsonb, text, uuid, text, bigint, text, uuid) to service_role;

create function public.retry_payment_event(p_provider text)
returns table (event_id text, outcome text, review_reason text)
language plpgsql
security definer
set search_path = ''
as $$
declare
  due public.payment_events;
  event public.payment_events;
begin
  select * into due from public.payment_events as e
  where e.provider = p_provider and e.next_attempt_at <= now()
  order by e.next_attempt_at limit 1;
  if not found then
    return;
  end if;
  perform private.lock_payment(due.provider, due.payment_id, due.event_id);
  -- Looked at again: another call may have tried it while this one waited.
  update public.payment_events as e set attempts = e.attempts + 1
  where e.provider = due.provider and e.event_id = due.event_id and e.next_attempt_at <= now()
  returning * into event;
  if not found then
    return query select due.event_id, 'duplicate', null::text;
    return;
  end if;
  return query select event.event_id, followed.outcome, followed.review_reason from private.follow_event(event) as followed;
end;
$$;
comment on function public.retry_payment_event(text) is
  'Tries one event again that is under review and due, and puts it off (5 minutes, 20, 80 …) where it still changes nothing. '
  'Returns its id and outcome as apply_payment_event does; duplicate where another call was faster; no row where none is due.';
grant execute on function public.retry_payment_event(text) to service_role;
