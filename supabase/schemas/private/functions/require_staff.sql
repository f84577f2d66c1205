CREATE OR REPLACE FUNCTION private.require_staff (
  p_staff_id   uuid,
  p_session_id uuid
)
  RETURNS void
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  perform private.require_session(p_staff_id, p_session_id);
  -- A token says for up to an hour what somebody was when it was issued.
  if not exists (select from auth.users where id = p_staff_id and raw_app_meta_data ->> 'role' = 'support') then
    raise sqlstate 'PT403' using message = 'staff_required';
  end if;
end;
$function$;

COMMENT ON FUNCTION "private"."require_staff"(uuid, uuid) IS 'Refuses a session that is signed out, and whoever is no support staff by now. PT401 session_ended, PT403 staff_required.';

REVOKE ALL ON FUNCTION "private"."require_staff"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."require_staff"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."require_staff"(uuid, uuid) TO "postgres";
