-- What follows from a payment's facts: for the purchase, the wallet and the ledger.

create function private.change_grant(
  p_wallet public.user_tokens, p_purchase public.purchases, p_granted integer
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  entry public.token_transactions;
  change integer := p_granted - p_purchase.granted;
begin
  entry.purchase_id := p_purchase.id;
  entry.reference := p_purchase.pack_id;
  entry.requested_by := 'system';
  if change > 0 then
    perform private.require_balance(p_wallet, change);
    entry.kind := 'purchase';
    entry.amount := change;
    perform private.post_entry(p_wallet, entry);
  elsif change < 0 then
    entry.kind := 'chargeback';
    entry.amount := greatest(change, -p_wallet.token);
    entry.debt_change := entry.amount - change;
    perform private.post_entry(p_wallet, entry);
  end if;
end;
$$;
comment on function private.change_grant is
  'Brings a locked wallet from what a purchase granted so far to p_granted tokens: credits, or takes back what is '
  'there '
  'and notes the rest as debt.';

create function private.apply_payment_facts(p_wallet public.user_tokens, p_purchase public.purchases)
returns void
language plpgsql
set search_path = ''
as $$
declare
  refunded bigint;
  disputed boolean;
  granted_now integer;
begin
  -- A refund that is reported twice counts once, one that failed not at all;
  -- together they are never more than the price.
  select least(coalesce(sum(amount), 0), p_purchase.price_minor) into refunded
  from (
    select case when bool_or(fact = 'refund_failed') then 0 else max(amount_minor) end as amount
    from public.payment_events
    where provider = p_purchase.provider and payment_id = p_purchase.payment_id
      and fact in ('refunded', 'refund_failed') and review_reason is null
    group by subject_id
  ) as refunds;
  -- A dispute that was won is over, whenever it was opened.
  select coalesce(bool_or(not won), false) into disputed
  from (
    select bool_or(fact = 'dispute_won') as won from public.payment_events
    where provider = p_purchase.provider and payment_id = p_purchase.payment_id
      and fact in ('dispute_opened', 'dispute_won', 'dispute_lost') and review_reason is null
    group by subject_id
  ) as disputes;

  -- What was refunded in part takes its tokens rounded up: never more is kept than was paid for.
  granted_now := case when disputed then 0
    else p_purchase.tokens - ceil(p_purchase.tokens::numeric * refunded / p_purchase.price_minor) end;
  perform private.change_grant(p_wallet, p_purchase, granted_now);
  update public.purchases
  set granted = granted_now,
    refunded_minor = refunded,
    status = case when disputed then 'disputed' when refunded > 0 then 'refunded' else 'paid' end
  where id = p_purchase.id;
end;
$$;
comment on function private.apply_payment_facts is
  'Brings a paid purchase and its locked wallet in line with all facts known of its payment. Safe to repeat.';

create function private.follow_event(p_event public.payment_events)
returns table (outcome text, reason text)
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  purchase public.purchases;
  other public.payment_events;
begin
  if p_event.fact = 'other' then
    return query select 'ignored', null::text;
    return;
  end if;

  -- The payment, then the wallet, then what hangs on the user: the one order of locks.
  perform private.lock_payment(p_event);
  purchase := private.find_purchase(p_event);
  if exists (select from auth.users where id = purchase.user_id) then
    wallet := private.prepare_wallet(purchase.user_id);
    purchase := private.find_purchase(p_event);
  end if;

  reason := private.review_reason(purchase, p_event);
  if reason is not null or p_event.review_reason is not null then
    perform private.note_review(p_event, reason);
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

  if purchase.payment_id is null then
    purchase.payment_id := p_event.payment_id;
    update public.purchases as p set payment_id = purchase.payment_id where p.id = purchase.id;
    -- What came before its payment was known could not be compared with it then.
    for other in
      select * from public.payment_events as e
      where e.provider = p_event.provider and e.payment_id = p_event.payment_id
        and e.event_id <> p_event.event_id and e.fact <> 'other'
    loop
      perform private.note_review(other, private.review_reason(purchase, other));
    end loop;
  end if;
  perform private.apply_payment_facts(wallet, purchase);
  return query select 'applied', null::text;
end;
$$;
comment on function private.follow_event is
  'Brings purchase, wallet and ledger in line with a stored event. '
  'Returns outcome applied, ignored, waiting (for its payment), or review with the reason. Raises what the wallet '
  'refuses.';

create function private.try_event(p_event public.payment_events)
returns table (outcome text, reason text)
language plpgsql
set search_path = ''
as $$
begin
  return query select * from private.follow_event(p_event);
exception when others then
  -- The event is kept all the same: a provider that is refused would send it for days, and then no more.
  reason := case
    when sqlerrm = 'user_not_found' then 'account_closed'
    when sqlstate in ('55P03', '40P01', 'PT503') then 'wallet_busy'
    when sqlstate like 'PT%' then sqlerrm
    else 'failed'
  end;
  if reason = 'failed' then
    raise warning 'event % of % could not be followed: % %', p_event.event_id, p_event.provider, sqlstate, sqlerrm;
  end if;
  perform private.note_review(p_event, reason);
  return query select 'review', reason;
end;
$$;
comment on function private.try_event is
  'As private.follow_event, and whatever goes wrong puts the event under review, where it is tried again.';

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
set lock_timeout = '2s'
as $$
declare
  event public.payment_events;
begin
  -- Before anything that can fail for the wallet's sake.
  insert into public.payment_events (
    provider, event_id, payment_id, purchase_id, fact, subject_id, amount_minor, currency, livemode, occurred_at,
    payload, reconciliation_id
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
  return query select * from private.try_event(event);
end;
$$;
comment on function public.apply_payment_event is
  'Stores what a provider says and brings purchase, wallet and ledger in line with it, in one transaction. '
  'p_fact: paid, failed, refunded, refund_failed, dispute_opened, dispute_won, dispute_lost, or other for what does '
  'not '
  'matter here. p_subject_id: the refund or dispute. p_amount_minor: what was paid, or refunded in all under that '
  'subject. p_reconciliation_id: the reconciliation that found it, null for a webhook. '
  'Returns outcome applied, duplicate, ignored, waiting (for its payment), or review with the reason.';
grant execute on function public.apply_payment_event to service_role;

create function public.retry_payment_event(p_provider text)
returns table (event_id text, outcome text, review_reason text)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
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
  perform private.lock_payment(due);
  -- Looked at again: another call may have tried it while this one waited.
  select * into event from public.payment_events as e
  where e.provider = due.provider and e.event_id = due.event_id and e.next_attempt_at <= now();
  if not found then
    return query select due.event_id, 'duplicate', null::text;
    return;
  end if;
  event.attempts := event.attempts + 1;
  return query select event.event_id, tried.outcome, tried.reason from private.try_event(event) as tried;
end;
$$;
comment on function public.retry_payment_event is
  'Tries one event again that is under review and due, and puts it off (5 minutes, 20, 80 …) where it still changes '
  'nothing. Returns its id and outcome as apply_payment_event does; duplicate where another call was faster; no row '
  'where none is due.';
grant execute on function public.retry_payment_event to service_role;
