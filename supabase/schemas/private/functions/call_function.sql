CREATE OR REPLACE FUNCTION private.call_function (
  p_path text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
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
$function$;

COMMENT ON FUNCTION "private"."call_function"(text) IS 'Calls a route of a function as a trusted server, with the address and the key that the vault holds. Does not wait.';

REVOKE ALL ON FUNCTION "private"."call_function"(text) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."call_function"(text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."call_function"(text) TO "postgres";
