CREATE OR REPLACE FUNCTION private.require_own_session()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
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
$function$;

COMMENT ON FUNCTION "private"."require_own_session"() IS 'Before a user writes: refuses a token whose session has ended. PT401 session_ended, PT503 request_expired.';

REVOKE ALL ON FUNCTION "private"."require_own_session"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."require_own_session"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."require_own_session"() TO "postgres";
