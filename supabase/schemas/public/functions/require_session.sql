CREATE OR REPLACE FUNCTION public.require_session (
  p_user_id    uuid,
  p_session_id uuid
)
  RETURNS void
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path TO ''
BEGIN ATOMIC
 SELECT private.require_session(p_user_id, p_session_id)
  AS require_session;
END;

GRANT EXECUTE ON FUNCTION "public"."require_session"(uuid, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."require_session"(uuid, uuid) IS 'Refuses as private.require_session does, which moves tokens: for what Auth lets a session do that is past its end.';

REVOKE ALL ON FUNCTION "public"."require_session"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."require_session"(uuid, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."require_session"(uuid, uuid) FROM PUBLIC, "anon", "authenticated";
