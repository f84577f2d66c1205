-- Turns a migrated database into a sharded one, on the coordinator of a Citus cluster whose workers were added:
--   psql --single-transaction -v ON_ERROR_STOP=1 -f scale/citus.sql <address of the coordinator>
-- Safe to repeat: what is as it should be stays. Run it again after each migration. docs/scaling.md says what then
-- works, and what does not yet.

-- The trigger that keeps the ledger append-only runs on the workers, next to the rows that it guards.
do $$
begin
  execute format('alter database %I set citus.enable_unsafe_triggers = on', current_database());
end;
$$;
set citus.enable_unsafe_triggers = on;

-- A policy with a sub-select would be a query of its own, which a shard refuses.
do $$
declare
  policy record;
begin
  for policy in
    select tablename, policyname, replace(qual, '( SELECT auth.uid() AS uid)', 'auth.uid()') as qual
    from pg_policies
    where schemaname = 'public' and tablename in ('user_tokens', 'token_transactions', 'token_holds')
      and qual like '%( SELECT auth.uid() AS uid)%'
  loop
    execute format('alter policy %I on public.%I using (%s)', policy.policyname, policy.tablename, policy.qual);
  end loop;
end;
$$;

-- What belongs to a wallet lives on one worker, so that each change of it is a transaction there.
do $$
declare
  name text;
begin
  foreach name in array array['user_tokens', 'token_transactions', 'token_holds'] loop
    if not exists (select from pg_dist_partition where logicalrelid = ('public.' || name)::regclass) then
      perform create_distributed_table(
        ('public.' || name)::regclass, 'user_id',
        colocate_with => case name when 'user_tokens' then 'none' else 'public.user_tokens' end
      );
    end if;
  end loop;
end;
$$;

-- All else stays on the coordinator:
--   token_packs, purchases, payment_events, payment_reconciliations, payment_findings: a payment is unique over all
--     users, and there are many debits to each;
--   notices: one deliverer claims what is due of all users;
--   profiles: their writers are users, whose claims do not reach the workers;
--   support_log, and Auth's own tables.
