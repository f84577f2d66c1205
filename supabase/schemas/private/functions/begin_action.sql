CREATE OR REPLACE FUNCTION private.begin_action (
  p_line       public.support_log,
  p_session_id uuid
)
  RETURNS public.support_log
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  known public.support_log;
begin
  perform private.enter_desk(p_line.staff_id, p_session_id);
  if p_line.user_id = p_line.staff_id then
    raise sqlstate 'PT403' using message = 'own_account';
  end if;
  select * into known from public.support_log
  where staff_id = p_line.staff_id and idempotency_key = p_line.idempotency_key;
  if known.request_hash <> p_line.request_hash then
    raise sqlstate 'PT422' using message = 'idempotency_key_reused';
  end if;
  return known;
end;
$function$;

COMMENT ON FUNCTION "private"."begin_action"(public.support_log, uuid) IS 'Lets a member of staff act, on an account that is not their own, and returns the line that was written before under the key of p_line; null where there is none. PT401 session_ended, PT403 staff_required, PT403 own_account, PT422 idempotency_key_reused, PT503 request_expired.';

REVOKE ALL ON FUNCTION "private"."begin_action"(public.support_log, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."begin_action"(public.support_log, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."begin_action"(public.support_log, uuid) TO "postgres";
