CREATE OR REPLACE FUNCTION private.requester (
  p_session_id uuid
)
  RETURNS text
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return case when p_session_id is null then 'server' else 'user' end;
end;
$function$;

COMMENT ON FUNCTION "private"."requester"(uuid) IS 'Who asks: a user comes with a session, a trusted server without one.';

REVOKE ALL ON FUNCTION "private"."requester"(uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."requester"(uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."requester"(uuid) TO "postgres";
