-- What can be bought, what was bought, and the inbox of what payment providers say about it.

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
