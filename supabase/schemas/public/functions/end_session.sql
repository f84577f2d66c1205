CREATE OR REPLACE FUNCTION public.end_session (
  p_user_id    uuid,
  p_session_id uuid,
  p_ended_id   uuid
)
  RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  perform private.require_session(p_user_id, p_session_id);
  delete from auth.sessions where id = p_ended_id and user_id = p_user_id;
  if not found then
    raise sqlstate 'PT404' using message = 'session_not_found';
  end if;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."end_session"(uuid, uuid, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."end_session"(uuid, uuid, uuid) IS 'Ends the session p_ended_id of a user, with its refresh tokens, as its session p_session_id asks. PT401 session_ended, PT404 session_not_found.';

REVOKE ALL ON FUNCTION "public"."end_session"(uuid, uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."end_session"(uuid, uuid, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."end_session"(uuid, uuid, uuid) FROM PUBLIC, "anon", "authenticated";
