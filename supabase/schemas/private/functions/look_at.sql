CREATE OR REPLACE FUNCTION private.look_at (
  p_staff_id   uuid,
  p_session_id uuid,
  p_user_id    uuid,
  p_part       text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  line public.support_log;
begin
  perform private.enter_desk(p_staff_id, p_session_id);
  if not exists (select from auth.users where id = p_user_id) then
    raise sqlstate 'PT404' using message = 'user_not_found';
  end if;
  line.staff_id := p_staff_id;
  line.user_id := p_user_id;
  line.action := p_part;
  perform private.note_support(line);
end;
$function$;

COMMENT ON FUNCTION "private"."look_at"(uuid, uuid, uuid, text) IS 'Lets a member of staff look at a part of a person''s data, and notes it. PT401 session_ended, PT403 staff_required, PT404 user_not_found, PT429 too_many_requests, PT503 request_expired.';

REVOKE ALL ON FUNCTION "private"."look_at"(uuid, uuid, uuid, text) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."look_at"(uuid, uuid, uuid, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."look_at"(uuid, uuid, uuid, text) TO "postgres";
