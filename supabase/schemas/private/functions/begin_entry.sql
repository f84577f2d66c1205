CREATE OR REPLACE FUNCTION private.begin_entry (
  p_line       public.support_log,
  p_session_id uuid
)
  RETURNS public.user_tokens
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  wallet public.user_tokens := private.prepare_wallet(p_line.user_id);
begin
  -- The wallet may have been waited for.
  perform private.require_staff(p_line.staff_id, p_session_id);
  return wallet;
end;
$function$;

COMMENT ON FUNCTION "private"."begin_entry"(public.support_log, uuid) IS 'Locks the wallet that a member of staff acts on. Refusals as private.prepare_wallet and private.require_staff have them.';

REVOKE ALL ON FUNCTION "private"."begin_entry"(public.support_log, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."begin_entry"(public.support_log, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."begin_entry"(public.support_log, uuid) TO "postgres";
