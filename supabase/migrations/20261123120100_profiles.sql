-- One CV document per user. Clients own their row, through the API and through PostgREST.

create table public.profiles (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null unique default auth.uid() references auth.users (id) on delete cascade,
  profile_data jsonb not null
    constraint profile_data_is_an_object check (jsonb_typeof(profile_data) = 'object')
    -- The API takes 256 KiB of JSON. Numbers such as 1e308 are written out here, hence the distance.
    constraint profile_data_is_bounded check (octet_length(profile_data::text) <= 16777216),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now())
);
comment on table public.profiles is 'The CV of a user: one JSON object, kept as it was sent. Goes with the account.';
comment on column public.profiles.updated_at is 'The version of the document: equal to created_at until the first update, then strictly rising.';

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
