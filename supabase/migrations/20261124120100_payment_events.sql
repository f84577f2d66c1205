-- Purchases become tokens. A provider's signed events are facts about a payment; what a purchase
-- grants is computed from all facts known, so that their order and their number do not matter.

drop function private.post_entry(uuid, text, integer, integer, uuid, bigint, text, jsonb, text, bytea, timestamptz);
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
  p_created_at timestamptz default null,
  p_purchase_id uuid default null,
  p_debt_change integer default 0
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
  set token = token + p_amount, held = held + p_held_change, debt = debt + p_debt_change
  where user_id = p_user_id
  returning * into strict wallet;

  insert into public.token_transactions (
    user_id, kind, amount, balance_after, held_after, hold_id, reverses, purchase_id,
    reference, metadata, idempotency_key, request_hash, created_at
  )
  values (
    p_user_id, p_kind, p_amount, wallet.token, wallet.held, p_hold_id, p_reverses, p_purchase_id,
    p_reference,
    case when p_purchase_id is not null and (wallet.debt > 0 or p_debt_change <> 0)
      then p_metadata || jsonb_build_object('debt_after', wallet.debt) else p_metadata end,
    p_idempotency_key,
    case when p_idempotency_key is not null then p_request_hash end,
    coalesce(p_created_at, wallet.updated_at)
  )
  returning * into entry;
  return entry;
end;
$$;
comment on function private.post_entry(uuid, text, integer, integer, uuid, bigint, text, jsonb, text, bytea, timestamptz, uuid, integer) is
  'The one place where money moves: changes a locked wallet and writes the ledger line for it. '
  'Entries of purchases say the debt they left.';

create function private.change_grant(p_purchase public.purchases, p_granted integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens;
  change integer := p_granted - p_purchase.granted;
  paid_off integer;
  taken integer;
begin
  select * into strict wallet from public.user_tokens where user_id = p_purchase.user_id;
  if change > 0 then
    perform private.require_balance(wallet, change);
    perform private.post_entry(
      p_purchase.user_id, 'purchase', change, p_reference => p_purchase.pack_id, p_purchase_id => p_purchase.id
    );
    paid_off := least(wallet.debt, change);
    if paid_off > 0 then
      perform private.post_entry(
        p_purchase.user_id, 'debt_payment', -paid_off, p_reference => p_purchase.pack_id,
        p_purchase_id => p_purchase.id, p_debt_change => -paid_off
      );
    end if;
  elsif change < 0 then
    taken := least(wallet.token, -change);
    perform private.post_entry(
      p_purchase.user_id, 'chargeback', -taken, p_reference => p_purchase.pack_id,
      p_purchase_id => p_purchase.id, p_debt_change => -change - taken
    );
  end if;
end;
$$;
comment on function private.change_grant(public.purchases, integer) is
  'Brings a locked wallet from what a purchase granted so far to p_granted tokens: credits, paying debt first, '
  'or takes back what is there and notes the rest as debt.';

create function private.settle_purchase(p_purchase_id uuid)
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

  -- A refund that is reported twice counts once; together they are never more than the price.
  select least(coalesce(sum(amount), 0), purchase.price_minor) into refunded
  from (
    select max(amount_minor) as amount from public.payment_events
    where provider = purchase.provider and payment_id = purchase.payment_id
      and fact = 'refunded' and review_reason is null
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
comment on function private.settle_purchase(uuid) is
  'Brings a paid purchase, and its wallet, which is locked, in line with all facts known of its payment. Safe to repeat.';

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
  p_currency text default null
)
returns table (outcome text, review_reason text)
language plpgsql
security definer
set search_path = ''
as $$
declare
  purchase public.purchases;
  reason text;
begin
  -- Facts of one payment come one after the other: each sees those before it.
  perform pg_advisory_xact_lock(hashtextextended(p_provider || ' ' || coalesce(p_payment_id, p_event_id), 0));
  insert into public.payment_events (
    provider, event_id, payment_id, purchase_id, fact, subject_id, amount_minor, currency, livemode, occurred_at, payload
  )
  values (
    p_provider, p_event_id, p_payment_id, p_purchase_id, p_fact, p_subject_id, p_amount_minor, p_currency, p_livemode,
    p_occurred_at, p_payload
  )
  on conflict (provider, event_id) do nothing;
  if not found then
    return query select 'duplicate', null::text;
    return;
  end if;
  if p_fact = 'other' then
    return query select 'ignored', null::text;
    return;
  end if;

  select * into purchase from public.purchases as p
  where p.provider = p_provider and (p.payment_id = p_payment_id or (p.payment_id is null and p.id = p_purchase_id))
  order by p.payment_id is null
  limit 1;
  reason := private.review_payment(purchase, p_fact, p_livemode, p_payment_id, p_purchase_id, p_amount_minor, p_currency);
  if reason is not null then
    update public.payment_events as e set review_reason = reason
    where e.provider = p_provider and e.event_id = p_event_id;
    return query select 'review', reason;
    return;
  end if;
  if p_fact = 'failed' then
    -- A checkout that nobody here began is no business of ours.
    update public.purchases as p set status = 'failed' where p.id = purchase.id and p.status = 'pending';
    return query select case when found then 'applied' else 'ignored' end, null::text;
    return;
  end if;
  if purchase.id is null or (purchase.payment_id is null and p_fact <> 'paid') then
    -- Stored. The payment itself is still on its way, and will find it.
    return query select 'waiting', null::text;
    return;
  end if;

  perform private.lock_wallet(purchase.user_id);
  begin
    if purchase.payment_id is null then
      update public.purchases as p set payment_id = p_payment_id where p.id = purchase.id and p.payment_id is null;
      if not found then
        raise sqlstate 'PT409' using message = 'purchase_paid_twice';
      end if;
      -- What came before its payment was known could not be compared with it then.
      update public.payment_events as e
      set review_reason = private.review_payment(
        purchase, e.fact, e.livemode, e.payment_id, e.purchase_id, e.amount_minor, e.currency
      )
      where e.provider = p_provider and e.payment_id = p_payment_id and e.event_id <> p_event_id and e.fact <> 'other';
    end if;
    perform private.settle_purchase(purchase.id);
  exception when sqlstate 'PT409' or sqlstate 'PT422' then
    -- The event is kept all the same: a provider that is refused would send it for days, and then no more.
    reason := sqlerrm;
    update public.payment_events as e set review_reason = reason
    where e.provider = p_provider and e.event_id = p_event_id;
    return query select 'review', reason;
    return;
  end;
  return query select 'applied', null::text;
end;
$$;
comment on function public.apply_payment_event(text, text, text, boolean, timestamptz, jsonb, text, uuid, text, bigint, text) is
  'Stores what a provider signed and brings purchase, wallet and ledger in line with it, in one transaction. '
  'p_fact: paid, failed, refunded, dispute_opened, dispute_won, dispute_lost, or other for what does not matter here. '
  'p_subject_id: the refund or dispute. p_amount_minor: what was paid, or refunded in all under that subject. '
  'Returns outcome applied, duplicate, ignored, waiting (for its payment), or review with the reason.';
grant execute on function public.apply_payment_event(text, text, text, boolean, timestamptz, jsonb, text, uuid, text, bigint, text) to service_role;

create function private.review_payment(
  p_purchase public.purchases,
  p_fact text,
  p_livemode boolean,
  p_payment_id text,
  p_purchase_id uuid,
  p_amount_minor bigint,
  p_currency text
)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_fact <> 'failed' and p_payment_id is null then
    return 'payment_missing';
  end if;
  if p_purchase.id is null then
    if p_fact = 'paid' then
      return case when exists (select from public.purchases where id = p_purchase_id)
        then 'purchase_paid_twice' else 'purchase_unknown' end;
    end if;
    return null;
  end if;
  if p_purchase.livemode <> p_livemode then
    return 'mode_differs';
  end if;
  if p_currency <> p_purchase.currency or (p_fact in ('paid', 'refunded') and p_currency is null) then
    return 'currency_differs';
  end if;
  if p_fact = 'paid' and p_amount_minor is distinct from p_purchase.price_minor then
    return 'amount_differs';
  end if;
  if p_fact = 'refunded' and (p_amount_minor is null or p_amount_minor not between 1 and p_purchase.price_minor) then
    return 'amount_differs';
  end if;
  if not exists (select from auth.users where id = p_purchase.user_id) then
    return 'account_closed';
  end if;
  return null;
end;
$$;
comment on function private.review_payment(public.purchases, text, boolean, text, uuid, bigint, text) is
  'Why a person should look at an event before anything follows from it; null where all is in order.';
