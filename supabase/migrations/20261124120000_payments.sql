-- Purchases become tokens. A provider's signed events are facts about a payment; what a purchase
-- grants is computed from all facts known, so that their order and their number do not matter.

create table public.token_packs (
  id text primary key
    constraint id_is_a_slug check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  tokens integer not null
    constraint tokens_are_bounded check (tokens between 1 and 1000000000),
  price_minor integer not null
    constraint price_is_positive check (price_minor > 0),
  currency text not null
    constraint currency_is_iso_4217 check (currency ~ '^[a-z]{3}$'),
  stripe_price_id text unique,
  active boolean not null default true,
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now())
);
comment on table public.token_packs is 'What can be bought. What a payment grants comes from here, never from a client or a provider''s metadata.';
comment on column public.token_packs.price_minor is 'In the smallest unit of the currency: 500 is 5.00 eur.';
comment on column public.token_packs.currency is 'ISO 4217, lower case.';

comment on column public.token_packs.stripe_price_id is 'The price at Stripe (price_…), of the same amount and currency. Packs without one are not sold through Stripe.';

alter table public.token_packs enable row level security;
grant select on public.token_packs to anon, authenticated, service_role;
grant insert, update on public.token_packs to service_role;
create policy "everyone reads what can be bought" on public.token_packs
  for select to anon, authenticated using (true);
create trigger set_updated_at before update on public.token_packs
  for each row execute function private.set_updated_at();

create table public.purchases (
  id uuid primary key default gen_random_uuid(),
  -- No foreign key: like the ledger, purchases outlive the account under a pseudonym.
  user_id uuid not null,
  pack_id text not null references public.token_packs (id),
  -- As the pack was when it was bought.
  tokens integer not null,
  price_minor integer not null,
  currency text not null,
  provider text not null
    constraint provider_is_known check (provider in ('standard', 'stripe')),
  livemode boolean not null,
  status text not null default 'pending'
    constraint status_is_known check (status in ('pending', 'failed', 'paid', 'refunded', 'disputed')),
  payment_id text,
  refunded_minor integer not null default 0
    constraint refund_is_bounded check (refunded_minor between 0 and price_minor),
  granted integer not null default 0
    constraint granted_is_bounded check (granted between 0 and tokens),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now()),
  constraint payment_buys_once unique (provider, payment_id)
);
comment on table public.purchases is 'One attempt to buy a pack, and what became of it.';
comment on column public.purchases.granted is 'Whole tokens that the payment stands for at the moment: all, less what was refunded, none while disputed.';
comment on column public.purchases.livemode is 'Whether real money moved. Events of the other mode do not count.';

create index purchases_of_user on public.purchases (user_id, created_at desc, id);
create index purchases_of_pack on public.purchases (pack_id);

alter table public.purchases enable row level security;
grant select on public.purchases to authenticated, service_role;
create policy "users read their own purchases" on public.purchases
  for select to authenticated using ((select auth.uid()) = user_id);
create trigger set_updated_at before update on public.purchases
  for each row execute function private.set_updated_at();

create table public.payment_events (
  provider text not null,
  event_id text not null
    constraint event_id_is_bounded check (char_length(event_id) between 1 and 255),
  -- The payment it is about, as the provider names it; null where it names none.
  payment_id text,
  purchase_id uuid,
  fact text not null
    constraint fact_is_known check (
      fact in ('paid', 'failed', 'refunded', 'dispute_opened', 'dispute_won', 'dispute_lost', 'other')
    ),
  -- The refund or dispute it is about, so that several of each are told apart.
  subject_id text,
  amount_minor bigint,
  currency text,
  livemode boolean not null,
  occurred_at timestamptz not null,
  review_reason text,
  payload jsonb not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (provider, event_id)
);
comment on table public.payment_events is 'The inbox: each event that a provider signed, stored before it is answered. For servers and operators.';
comment on column public.payment_events.review_reason is 'Why it changed nothing and a person should look; null for what was applied or only waits for its payment.';

create index events_of_payment on public.payment_events (provider, payment_id);
create index events_to_review on public.payment_events (received_at) where review_reason is not null;

alter table public.payment_events enable row level security;
grant select on public.payment_events to service_role;
create policy "servers read events" on public.payment_events for select to service_role using (true);

-- A payment that was taken back after its tokens were spent leaves a debt, which the next purchases pay first.
alter table public.user_tokens add column debt integer not null default 0
  constraint debt_is_never_negative check (debt >= 0);
comment on column public.user_tokens.debt is 'Whole tokens that were taken back and could not be taken: later purchases pay them first.';

alter table public.token_transactions add column purchase_id uuid;
comment on column public.token_transactions.purchase_id is 'The purchase that this entry credits or takes back.';
alter table public.token_transactions drop constraint kind_fixes_the_sign;
alter table public.token_transactions add constraint kind_fixes_the_sign check (
  case kind
    when 'add' then amount > 0
    when 'deduct' then amount < 0
    when 'hold' then amount < 0
    when 'capture' then true -- what was held and not used, or less than nothing where more was used
    when 'release' then amount > 0
    when 'expiry' then amount > 0
    when 'adjustment' then amount <> 0
    when 'reversal' then amount <> 0
    when 'purchase' then amount > 0
    when 'debt_payment' then amount < 0
    when 'chargeback' then amount <= 0 -- 0 where everything was spent: then all of it becomes debt
    when 'closing' then amount < 0 and balance_after = 0
    else false
  end
);
alter table public.token_transactions add constraint kind_fixes_the_purchase check (
  (kind in ('purchase', 'debt_payment', 'chargeback')) = (purchase_id is not null)
);
comment on column public.token_transactions.kind is
  'add, deduct; hold, then one of capture, release, expiry; adjustment by an operator; reversal of another entry; '
  'purchase, debt_payment out of one, chargeback of one; closing: what was left when the account was deleted.';

create function public.create_purchase(
  p_user_id uuid,
  p_pack_id text,
  p_provider text,
  p_livemode boolean,
  p_session_id uuid default null
)
returns table (id uuid, tokens integer, price_minor integer, currency text, stripe_price_id text)
language plpgsql
security definer
set search_path = ''
as $$
declare
  purchase public.purchases;
begin
  perform private.lock_wallet(p_user_id, p_session_id);
  insert into public.purchases (user_id, pack_id, tokens, price_minor, currency, provider, livemode)
  select p_user_id, pack.id, pack.tokens, pack.price_minor, pack.currency, p_provider, p_livemode
  from public.token_packs as pack
  where pack.id = p_pack_id and pack.active and (p_provider <> 'stripe' or pack.stripe_price_id is not null)
  returning * into purchase;
  if not found then
    raise sqlstate 'PT404' using message = 'pack_not_found';
  end if;
  return query select purchase.id, purchase.tokens, purchase.price_minor, purchase.currency, pack.stripe_price_id
    from public.token_packs as pack where pack.id = p_pack_id;
end;
$$;
comment on function public.create_purchase(uuid, text, text, boolean, uuid) is
  'Records a pending purchase of a pack at its price of now, in minor units, for a checkout that is about to begin. '
  'PT404 pack_not_found, PT401 session_ended, PT404 user_not_found.';
grant execute on function public.create_purchase(uuid, text, text, boolean, uuid) to service_role;

create function public.abandon_purchase(p_purchase_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.purchases set status = 'failed' where id = p_purchase_id and status = 'pending';
end;
$$;
comment on function public.abandon_purchase(uuid) is
  'Closes a pending purchase whose checkout could not begin. A payment that arrives all the same still counts.';
grant execute on function public.abandon_purchase(uuid) to service_role;

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

create or replace function private.refuse_ledger_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- The one change there is: the rows of a closed account lose its name, never a number.
  if tg_op = 'UPDATE'
    and (new.id, new.amount, new.balance_after, new.held_after, new.kind, new.created_at)
      = (old.id, old.amount, old.balance_after, old.held_after, old.kind, old.created_at)
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

create function private.forget_buyer()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  pseudonym uuid := (
    select t.user_id from public.token_transactions as t
    join public.purchases as p on p.id = t.purchase_id where p.user_id = old.id limit 1
  );
begin
  update public.payment_events as e set payload = '{}'
  from public.purchases as p
  where p.user_id = old.id and e.provider = p.provider and (e.payment_id = p.payment_id or e.purchase_id = p.id);
  update public.purchases set user_id = coalesce(pseudonym, gen_random_uuid()) where user_id = old.id;
  return null;
end;
$$;
comment on function private.forget_buyer() is
  'After a user is deleted: puts the ledger''s pseudonym on the purchases and removes what providers said of the person.';

create trigger forget_buyer after delete on auth.users
  for each row execute function private.forget_buyer();

create function private.verify_purchases()
returns table (user_id uuid, problem text, expected bigint, found bigint)
language sql
stable
set search_path = ''
begin atomic
  with bought as (
    select p.user_id, sum(p.granted)::bigint as granted from public.purchases as p group by p.user_id
  ),
  entered as (
    select t.user_id, sum(t.amount)::bigint as amount
    from public.token_transactions as t where t.purchase_id is not null group by t.user_id
  )
  select w.user_id, 'what purchases grant is not what the ledger and the debt say',
    coalesce(b.granted, 0), coalesce(e.amount, 0) - w.debt
  from public.user_tokens as w
  left join bought as b on b.user_id = w.user_id
  left join entered as e on e.user_id = w.user_id
  where coalesce(b.granted, 0) <> coalesce(e.amount, 0) - w.debt;
end;
comment on function private.verify_purchases() is
  'Every wallet whose purchases disagree with its ledger and its debt. Empty is the only good answer.';

alter function private.verify_ledger() rename to verify_entries;
create function private.verify_ledger()
returns table (user_id uuid, problem text, expected bigint, found bigint)
language sql
stable
set search_path = ''
begin atomic
  select * from private.verify_entries() union all select * from private.verify_purchases();
end;
comment on function private.verify_ledger() is
  'All that private.verify_entries and private.verify_purchases find. Empty is the only good answer.';
