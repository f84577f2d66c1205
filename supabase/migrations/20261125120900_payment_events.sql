-- Purchases become tokens. A provider's signed events are facts about a payment; what a purchase
-- grants is computed from all facts known, so that their order and their number do not matter.

create table public.payment_events (
  provider text not null,
  event_id text not null
    constraint event_id_is_bounded check (char_length(event_id) between 1 and 255),
  -- The payment it is about, as the provider names it; null where it names none.
  payment_id text,
  purchase_id uuid,
  fact text not null
    constraint fact_is_known check (
      fact in ('paid', 'failed', 'refunded', 'refund_failed', 'dispute_opened', 'dispute_won', 'dispute_lost', 'other')
    ),
  -- The refund or dispute it is about, so that several of each are told apart.
  subject_id text,
  amount_minor bigint,
  currency text,
  livemode boolean not null,
  occurred_at timestamptz not null,
  review_reason text,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  reconciliation_id uuid,
  payload jsonb not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (provider, event_id)
);
comment on table public.payment_events is
  'The inbox: each event that a provider signed, stored before it is answered. For servers and operators.';
comment on column public.payment_events.review_reason is
  'Why it changed nothing and a person should look; null for what was applied or only waits for its payment.';
comment on column public.payment_events.attempts is 'How often it was tried again while it was under review.';
comment on column public.payment_events.next_attempt_at is
  'When it is tried again; null where it need not or will not be.';
comment on column public.payment_events.reconciliation_id is
  'The reconciliation that found it; null where its webhook came first.';

create index events_of_payment on public.payment_events (provider, payment_id);
create index events_of_purchase on public.payment_events (purchase_id) where purchase_id is not null;
create index events_to_review on public.payment_events (received_at) where review_reason is not null;
create index events_to_retry on public.payment_events (provider, next_attempt_at) where next_attempt_at is not null;
create index events_of_reconciliation on public.payment_events (reconciliation_id) where reconciliation_id is not null;

alter table public.payment_events enable row level security;
grant select on public.payment_events to service_role;
create policy "servers read events" on public.payment_events for select to service_role using (true);

create function private.lock_payment(p_event public.payment_events)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(
    hashtextextended(p_event.provider || ' ' || coalesce(p_event.payment_id, p_event.event_id), 0)
  );
end;
$$;
comment on function private.lock_payment is
  'Has the facts of one payment come one after the other, so that each sees those before it. Comes before the '
  'wallet''s lock.';

create function private.find_purchase(p_event public.payment_events)
returns public.purchases
language sql
stable
set search_path = ''
begin atomic
  select p.* from public.purchases as p
  where p.provider = p_event.provider
    and (p.payment_id = p_event.payment_id or (p.payment_id is null and p.id = p_event.purchase_id))
  order by p.payment_id is null
  limit 1;
end;
comment on function private.find_purchase is
  'The purchase that an event is about: the one that its payment paid, or the unpaid one that it names. Null where '
  'there is none.';

create function private.review_reason(p_purchase public.purchases, p_event public.payment_events)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_event.fact <> 'failed' and p_event.payment_id is null then
    return 'payment_missing';
  end if;
  if p_purchase.id is null then
    if p_event.fact = 'paid' then
      return case when exists (select from public.purchases where id = p_event.purchase_id)
        then 'purchase_paid_twice' else 'purchase_unknown' end;
    end if;
    return null;
  end if;
  if p_event.fact = 'paid' and p_event.purchase_id <> p_purchase.id then
    return 'payment_of_another_purchase';
  end if;
  if p_purchase.livemode <> p_event.livemode then
    return 'mode_differs';
  end if;
  if p_event.currency <> p_purchase.currency
    or (p_event.fact in ('paid', 'refunded') and p_event.currency is null)
  then
    return 'currency_differs';
  end if;
  if p_event.fact = 'paid' and p_event.amount_minor is distinct from p_purchase.price_minor then
    return 'amount_differs';
  end if;
  if p_event.fact = 'refunded'
    and (p_event.amount_minor is null or p_event.amount_minor not between 1 and p_purchase.price_minor)
  then
    return 'amount_differs';
  end if;
  if not exists (select from auth.users where id = p_purchase.user_id) then
    return 'account_closed';
  end if;
  return null;
end;
$$;
comment on function private.review_reason is
  'Why a person should look at an event before anything follows from it; null where all is in order.';

create function private.note_review(p_event public.payment_events, p_reason text)
returns void
language sql
set search_path = ''
begin atomic
  update public.payment_events
  set review_reason = p_reason,
    attempts = p_event.attempts,
    -- Whoever deleted their account is not named by what comes later either.
    payload = case when p_reason = 'account_closed' then '{}' else payload end,
    next_attempt_at = case
      when p_reason is null or p_event.attempts >= 7 then null
      -- Nothing is wrong with it: it came while somebody held the wallet.
      when p_reason = 'wallet_busy' then now() + interval '1 minute'
      -- 5 minutes, 20, 80 and so on for about three weeks; then only a person can help.
      else now() + interval '5 minutes' * power(4, p_event.attempts)
    end
  where provider = p_event.provider and event_id = p_event.event_id;
end;
comment on function private.note_review is
  'Notes what the review of an event came to: why it changed nothing and when it is tried again, or null for the '
  'reason '
  'where it is in order.';
