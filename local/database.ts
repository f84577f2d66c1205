import type { Sql } from "postgres";

/**
 * Gives a fresh Postgres what migrations expect of a Supabase project: its roles, its
 * schemas, and the default privileges that expose new tables where the project does so.
 */
export async function prepareDatabase(sql: Sql, { expose_new_tables }: { expose_new_tables: boolean }): Promise<void> {
  await sql.unsafe(`
    do $$
    begin
      if not exists (select from pg_roles where rolname = 'anon') then
        create role anon nologin noinherit;
        create role authenticated nologin noinherit;
        create role service_role nologin noinherit bypassrls;
        create role supabase_auth_admin nologin noinherit createrole;
        create role authenticator nologin noinherit;
        grant anon, authenticated, service_role to authenticator;
      end if;
    end;
    $$;
    create schema if not exists auth;
    create schema if not exists extensions;
    grant usage on schema public, auth, extensions to anon, authenticated, service_role;
    alter database postgres set pgrst.db_schemas = 'public';

    create or replace function auth.jwt() returns jsonb language sql stable as $$
      select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
      )::jsonb
    $$;
    create or replace function auth.uid() returns uuid language sql stable as $$
      select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
      )::uuid
    $$;
    create or replace function auth.role() returns text language sql stable as $$
      select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
      )
    $$;
  `);
  if (expose_new_tables) {
    await sql.unsafe(`
      alter default privileges in schema public grant all on tables to postgres, anon, authenticated, service_role;
      alter default privileges in schema public grant all on functions to postgres, anon, authenticated, service_role;
      alter default privileges in schema public grant all on sequences to postgres, anon, authenticated, service_role;
    `);
  }
}
