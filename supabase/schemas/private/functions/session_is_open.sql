CREATE OR REPLACE FUNCTION private.session_is_open (
  p_user_id    uuid,
  p_session_id uuid
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  -- An access token outlives sign-out, a ban and the account itself; the session does not.
  return exists (
    select from auth.sessions as session
    join auth.users as owner on owner.id = session.user_id
    where session.id = p_session_id
      and session.user_id = p_user_id
      and (session.not_after is null or session.not_after > now())
      and (owner.banned_until is null or owner.banned_until <= now())
      and owner.deleted_at is null
  );
end;
$function$;

COMMENT ON FUNCTION "private"."session_is_open"(uuid, uuid) IS 'Whether a session is the user''s, neither signed out nor past its end, and the user neither banned nor deleted.';

REVOKE ALL ON FUNCTION "private"."session_is_open"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."session_is_open"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."session_is_open"(uuid, uuid) TO "postgres";
