-- What runs by the clock where pg_cron is there. Without it, whoever runs the project calls the same routes.

create function private.call_function(p_path text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  project_url text := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url');
  secret_key text := (select decrypted_secret from vault.decrypted_secrets where name = 'secret_key');
begin
  if project_url is null or secret_key is null then
    raise exception 'the vault holds no project_url or no secret_key: see docs/deploy.md';
  end if;
  perform net.http_post(
    url => project_url || '/functions/v1' || p_path,
    headers => jsonb_build_object('apikey', secret_key, 'content-type', 'application/json'),
    body => '{}'::jsonb,
    timeout_milliseconds => 60000
  );
end;
$$;
comment on function private.call_function is
  'Calls a route of a function as a trusted server, with the address and the key that the vault holds. Does not wait.';

do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron with schema pg_catalog;
    perform cron.schedule('sweep-holds', '* * * * *',
      $job$do $sweep$ begin loop exit when private.sweep_holds() = 0; commit; end loop; end $sweep$ $job$);
  end if;
  if (select count(*) from pg_available_extensions where name in ('pg_cron', 'pg_net', 'supabase_vault')) = 3 then
    create extension if not exists pg_net with schema extensions;
    perform cron.schedule('reconcile-payments', '*/10 * * * *',
      $job$select private.call_function('/payments/reconcile') where exists (select from public.purchases)$job$);
    perform cron.schedule('deliver-notices', '* * * * *',
      $job$select private.call_function('/tokens/notices/deliver') where private.notices_are_due()$job$);
  end if;
end;
$$;
