-- One CV document per user. Clients own their row, through the API and through PostgREST.

create table public.profiles (
  id uuid not null default gen_random_uuid(),
  -- No foreign key: a writer would lock the account's row. private.close_account removes the profile instead.
  user_id uuid primary key default auth.uid(),
  profile_data jsonb not null
    constraint profile_data_is_an_object check (jsonb_typeof(profile_data) = 'object')
    -- The API takes 256 KiB of JSON; as stored, with spaces and numbers written out, it may have twice that.
    constraint profile_data_is_bounded check (octet_length(profile_data::text) <= 524288)
    constraint profile_data_is_shallow check (
      not jsonb_path_exists(profile_data, 'strict $.**{64} ? (@.type() == "object" || @.type() == "array")')
    ),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now())
);
comment on table public.profiles is 'The CV of a user: one JSON object, kept as it was sent. Goes with the account.';
comment on column public.profiles.profile_data is 'At most 512 KiB as stored, and 64 levels deep.';
comment on column public.profiles.updated_at is
  'The version of the document: equal to created_at until the first update, then strictly rising.';

alter table public.profiles enable row level security;

-- The timestamps are the database's alone, therefore columns. user_id is updatable
-- because an upsert names it; the policy holds it to the caller.
grant select, delete on public.profiles to authenticated;
grant insert (user_id, profile_data), update (user_id, profile_data) on public.profiles to authenticated;
grant select on public.profiles to service_role;

create policy "users read their own profile" on public.profiles
  for select to authenticated using ((select auth.uid()) = user_id);
create policy "users create their own profile" on public.profiles
  for insert to authenticated with check ((select auth.uid()) = user_id);
create policy "users update their own profile" on public.profiles
  for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "users delete their own profile" on public.profiles
  for delete to authenticated using ((select auth.uid()) = user_id);

create trigger set_updated_at before update on public.profiles
  for each row execute function private.set_updated_at();

create function private.require_own_session()
returns trigger
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  -- Known from the token's claims: current_user is this function's owner here.
  if auth.jwt() ->> 'role' = 'authenticated' then
    -- An account that is being deleted is waited for, so that no profile outlives it.
    perform from auth.users where id = auth.uid() for key share;
    perform private.require_session(auth.uid(), (auth.jwt() ->> 'session_id')::uuid);
    perform private.require_time();
  end if;
  return null;
end;
$$;
comment on function private.require_own_session is
  'Before a user writes: refuses a token whose session has ended. PT401 session_ended, PT503 request_expired.';

create trigger require_own_session before insert or update or delete on public.profiles
  for each statement execute function private.require_own_session();
