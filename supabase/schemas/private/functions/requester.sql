CREATE OR REPLACE FUNCTION private.requester (
  p_session_id uuid
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
RETURN CASE WHEN (p_session_id IS NULL) THEN 'server'::text ELSE 'user'::text END;

COMMENT ON FUNCTION "private"."requester"(uuid) IS 'Who asks: a user comes with a session, a trusted server without one.';

REVOKE ALL ON FUNCTION "private"."requester"(uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."requester"(uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."requester"(uuid) TO "postgres";
