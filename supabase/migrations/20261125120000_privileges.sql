-- Nothing is granted unless a migration writes it down, right under the object.
-- The result is the same whether or not the project exposes new tables by default.

-- Postgres lets everyone execute a new function. This revocation works only
-- without `in schema`: a per-schema entry can add to the global default, not take away.
alter default privileges revoke execute on functions from public;

-- Supabase projects may also grant these roles everything new in `public`, by name.
-- service_role is among them: to bypass row level security is not to bypass grants.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

create schema private;
comment on schema private is
  'Trigger functions and helpers. Not exposed through the API; no role but the owner may use it.';
revoke all on schema private from public;

create function private.set_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Strictly later than before, so that a row's updated_at can serve as its version;
  -- in milliseconds, since a JavaScript client cannot hold more.
  new.updated_at := greatest(
    date_trunc('milliseconds', clock_timestamp()),
    old.updated_at + interval '1 millisecond'
  );
  return new;
end;
$$;
comment on function private.set_updated_at is
  'Before-update trigger: moves updated_at strictly forward, in milliseconds.';
