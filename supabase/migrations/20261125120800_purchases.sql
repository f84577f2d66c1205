-- What can be bought, and what was bought.

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
comment on table public.token_packs is
  'What can be bought. What a payment grants comes from here, never from a client or a provider''s metadata.';
comment on column public.token_packs.price_minor is 'In the smallest unit of the currency: 500 is 5.00 eur.';
comment on column public.token_packs.currency is 'ISO 4217, lower case.';
comment on column public.token_packs.stripe_price_id is
  'The price at Stripe (price_…), of the same amount and currency. Packs without one are not sold through Stripe.';

alter table public.token_packs enable row level security;
-- What buyers see: not the price's id at the provider, nor packs that are not sold.
grant select (id, tokens, price_minor, currency, active) on public.token_packs to anon, authenticated;
grant select, insert, update on public.token_packs to service_role;
create policy "everyone reads what can be bought" on public.token_packs
  for select to anon, authenticated using (active);
create policy "servers read all packs" on public.token_packs for select to service_role using (true);
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
  idempotency_key text
    constraint idempotency_key_is_bounded check (char_length(idempotency_key) between 1 and 255),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now()),
  constraint payment_buys_once unique (provider, payment_id),
  constraint key_begins_one_purchase unique (user_id, idempotency_key)
);
comment on table public.purchases is 'One attempt to buy a pack, and what became of it.';
comment on column public.purchases.granted is
  'Whole tokens that the payment stands for at the moment: all, less what was refunded, none while disputed.';
comment on column public.purchases.livemode is 'Whether real money moved. Events of the other mode do not count.';
comment on column public.purchases.idempotency_key is
  'The key of the checkout; null where it had none or could not begin.';

create index purchases_of_user on public.purchases (user_id, created_at desc, id);
create index purchases_of_pack on public.purchases (pack_id);
create index purchases_pending on public.purchases (user_id, created_at) where status = 'pending';
create index purchases_to_compare on public.purchases (provider, livemode, updated_at, id)
  where payment_id is not null;

alter table public.purchases enable row level security;
grant select on public.purchases to authenticated, service_role;
create policy "users read their own purchases" on public.purchases
  for select to authenticated using ((select auth.uid()) = user_id);
create trigger set_updated_at before update on public.purchases
  for each row execute function private.set_updated_at();

create function public.create_purchase(
  p_user_id uuid,
  p_pack_id text,
  p_provider text,
  p_livemode boolean,
  p_idempotency_key text default null,
  p_session_id uuid default null
)
returns table (
  id uuid, tokens integer, price_minor integer, currency text, stripe_price_id text, replayed boolean
)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  max_pending constant integer := 20;
  purchase public.purchases;
begin
  -- The wallet's lock has the purchases of one user begin one after the other.
  perform private.prepare_wallet(p_user_id, p_session_id);

  select * into purchase from public.purchases as p
  where p.user_id = p_user_id and p.idempotency_key = p_idempotency_key;
  replayed := found;
  if replayed then
    if (purchase.pack_id, purchase.provider, purchase.livemode)
      is distinct from (p_pack_id, p_provider, p_livemode)
    then
      raise sqlstate 'PT422' using message = 'idempotency_key_reused';
    end if;
    if purchase.status <> 'pending' then
      raise sqlstate 'PT409' using message = 'purchase_ended';
    end if;
  else
    -- Checkout pages live for a day. A payment that arrives later all the same still counts.
    update public.purchases as p set status = 'failed'
    where p.user_id = p_user_id and p.status = 'pending' and p.created_at < now() - interval '1 day';
    if max_pending <= (
      select count(*) from public.purchases as p where p.user_id = p_user_id and p.status = 'pending'
    ) then
      raise sqlstate 'PT409' using message = 'purchase_limit';
    end if;
    insert into public.purchases (
      user_id, pack_id, tokens, price_minor, currency, provider, livemode, idempotency_key
    )
    select p_user_id, pack.id, pack.tokens, pack.price_minor, pack.currency, p_provider, p_livemode, p_idempotency_key
    from public.token_packs as pack
    where pack.id = p_pack_id and pack.active and (p_provider <> 'stripe' or pack.stripe_price_id is not null)
    returning * into purchase;
    if not found then
      raise sqlstate 'PT404' using message = 'pack_not_found';
    end if;
  end if;
  return query select
    purchase.id, purchase.tokens, purchase.price_minor, purchase.currency, pack.stripe_price_id, replayed
    from public.token_packs as pack where pack.id = p_pack_id;
end;
$$;
comment on function public.create_purchase is
  'Records a pending purchase of a pack at its price of now, in minor units, for a checkout that is about to begin. '
  'A known key answers with its purchase while that is pending. '
  'PT404 pack_not_found, PT409 purchase_limit (20 are pending; those older than a day end), PT409 purchase_ended, '
  'PT422 idempotency_key_reused, PT401 session_ended, PT404 user_not_found, PT503 request_expired; '
  '55P03 where the wallet stays locked.';
grant execute on function public.create_purchase to service_role;

create function public.abandon_purchase(p_purchase_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  -- Without its key, so that the same request may try again.
  update public.purchases set status = 'failed', idempotency_key = null
  where id = p_purchase_id and status = 'pending';
end;
$$;
comment on function public.abandon_purchase is
  'Closes a pending purchase whose checkout could not begin. A payment that arrives all the same still counts.';
grant execute on function public.abandon_purchase to service_role;
