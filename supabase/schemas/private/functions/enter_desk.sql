CREATE OR REPLACE FUNCTION private.enter_desk (
  p_staff_id   uuid,
  p_session_id uuid
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  -- One request of a member of staff after the other, so that each sees what those before it wrote into the log.
  -- The first of all locks, and nobody else takes it.
  perform pg_advisory_xact_lock(hashtextextended('support ' || p_staff_id, 0));
  perform private.require_time();
  perform private.require_staff(p_staff_id, p_session_id);
end;
$function$;

COMMENT ON FUNCTION "private"."enter_desk"(uuid, uuid) IS 'Begins each function of the support desk. PT401 session_ended, PT403 staff_required, PT503 request_expired; 55P03 where another request of the same member of staff takes too long.';

REVOKE ALL ON FUNCTION "private"."enter_desk"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."enter_desk"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."enter_desk"(uuid, uuid) TO "postgres";
