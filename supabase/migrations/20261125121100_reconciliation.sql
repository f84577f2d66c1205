-- What a provider says of the past is held against the books, so that a webhook that never came is not a loss.

create table public.payment_reconciliations (
  id uuid primary key default gen_random_uuid(),
  provider text not null
    constraint provider_is_known check (provider in ('standard', 'stripe')),
  livemode boolean not null,
  since timestamptz not null,
  until timestamptz not null,
  stage text not null default 'events'
    constraint stage_is_known check (stage in ('events', 'payments', 'purchases', 'retries', 'done')),
  cursor text,
  events_seen integer not null default 0,
  payments_seen integer not null default 0,
  purchases_seen integer not null default 0,
  retries_seen integer not null default 0,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  constraint done_when_finished check ((stage = 'done') = (finished_at is not null))
);
comment on table public.payment_reconciliations is
  'Each comparison of the books with a provider: how far it got, so that another call can go on, and then its report.';
comment on column public.payment_reconciliations.since is
  'The watermark: a quarter of an hour before where the last one ended, since a provider''s lists may lag.';
comment on column public.payment_reconciliations.cursor is
  'Where to go on within the stage, in the provider''s words; null at its beginning.';

create unique index one_open_reconciliation on public.payment_reconciliations (provider, livemode)
  where finished_at is null;
create index reconciliations_by_watermark on public.payment_reconciliations (provider, livemode, until desc);

alter table public.payment_reconciliations enable row level security;
grant select on public.payment_reconciliations to service_role;
create policy "servers read reconciliations" on public.payment_reconciliations
  for select to service_role using (true);

create table public.payment_findings (
  reconciliation_id uuid not null references public.payment_reconciliations (id) on delete cascade,
  kind text not null
    constraint kind_is_known check (
      kind in ('paid_not_credited', 'credited_not_paid', 'amount_differs', 'refund_differs', 'dispute_differs')
    ),
  payment_id text not null,
  purchase_id uuid,
  here text not null,
  there text not null,
  primary key (reconciliation_id, kind, payment_id)
);
comment on table public.payment_findings is 'Where the books and a provider disagree, and a person should look.';
comment on column public.payment_findings.here is 'What the books say, for a person to read.';
comment on column public.payment_findings.there is 'What the provider says, for a person to read.';

alter table public.payment_findings enable row level security;
grant select on public.payment_findings to service_role;
create policy "servers read findings" on public.payment_findings for select to service_role using (true);

create view public.payment_reconciliation_reports
with (security_invoker = true)
as
select
  r.id, r.provider, r.livemode, r.since, r.until, r.stage, r.cursor,
  r.events_seen, r.payments_seen, r.purchases_seen, r.retries_seen, r.started_at, r.finished_at,
  (select count(*)::integer from public.payment_events as e where e.reconciliation_id = r.id and e.fact <> 'other')
    as events_missed,
  (select count(*)::integer from public.payment_findings as f where f.reconciliation_id = r.id) as finding_count
from public.payment_reconciliations as r;
comment on view public.payment_reconciliation_reports is
  'Reconciliations with what they found: events whose webhook never came, and disagreements.';
grant select on public.payment_reconciliation_reports to service_role;

create function public.open_reconciliation(p_provider text, p_livemode boolean)
returns setof public.payment_reconciliation_reports
language plpgsql
security definer
set search_path = ''
as $$
declare
  watermark timestamptz := (
    select max(until) from public.payment_reconciliations
    where provider = p_provider and livemode = p_livemode and finished_at is not null
  );
begin
  loop
    insert into public.payment_reconciliations (provider, livemode, since, until)
    -- The first looks as far back as Stripe lists events.
    values (p_provider, p_livemode, coalesce(watermark - interval '15 minutes', now() - interval '30 days'), now())
    on conflict (provider, livemode) where finished_at is null do nothing;
    return query select * from public.payment_reconciliation_reports
      where provider = p_provider and livemode = p_livemode and finished_at is null;
    -- Not found: the one that was under way ended between the two.
    exit when found;
  end loop;
end;
$$;
comment on function public.open_reconciliation is
  'The reconciliation with a provider that is under way, or a new one since the last watermark.';
grant execute on function public.open_reconciliation to service_role;

create function public.advance_reconciliation(
  p_id uuid,
  p_stage text,
  p_cursor text,
  p_next_stage text,
  p_next_cursor text,
  p_seen integer,
  p_findings jsonb default '[]'
)
returns setof public.payment_reconciliation_reports
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.payment_reconciliations
  set stage = p_next_stage,
    cursor = p_next_cursor,
    events_seen = events_seen + case p_stage when 'events' then p_seen else 0 end,
    payments_seen = payments_seen + case p_stage when 'payments' then p_seen else 0 end,
    purchases_seen = purchases_seen + case p_stage when 'purchases' then p_seen else 0 end,
    retries_seen = retries_seen + case p_stage when 'retries' then p_seen else 0 end,
    finished_at = case p_next_stage when 'done' then clock_timestamp() end
  where id = p_id and stage = p_stage and cursor is not distinct from p_cursor;
  -- Where another call did the same page first, its findings and its counts stand.
  if found then
    insert into public.payment_findings (reconciliation_id, kind, payment_id, purchase_id, here, there)
    select p_id, finding.kind, finding.payment_id, finding.purchase_id, finding.here, finding.there
    from jsonb_to_recordset(p_findings) as finding (kind text, payment_id text, purchase_id uuid, here text, there text)
    on conflict do nothing;
  end if;
  return query select * from public.payment_reconciliation_reports where id = p_id;
end;
$$;
comment on function public.advance_reconciliation is
  'Notes that a page of a reconciliation is done and what it found, unless another call did that page already. '
  'p_seen: things on the page. p_findings: rows of payment_findings. Returns how far it is now.';
grant execute on function public.advance_reconciliation to service_role;
