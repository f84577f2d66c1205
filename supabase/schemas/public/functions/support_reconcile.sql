CREATE OR REPLACE FUNCTION public.support_reconcile (
  p_staff_id        uuid,
  p_session_id      uuid,
  p_reason          text,
  p_idempotency_key text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  line public.support_log;
  known public.support_log;
begin
  line.staff_id := p_staff_id;
  line.action := 'reconcile';
  line.reason := p_reason;
  line.idempotency_key := p_idempotency_key;
  line.request_hash := private.hash_request('reconcile', p_reason);
  known := private.begin_action(line, p_session_id);
  if known.id is null then
    perform private.end_action(line, '{}');
  end if;
  return known.id is not null;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_reconcile"(uuid, uuid, text, text) TO "service_role";

COMMENT ON FUNCTION "public"."support_reconcile"(uuid, uuid, text, text) IS 'Notes that a member of staff has the providers asked, once for each key, and returns whether it was noted before. Refusals: those of private.begin_action and end_action.';

REVOKE ALL ON FUNCTION "public"."support_reconcile"(uuid, uuid, text, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_reconcile"(uuid, uuid, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_reconcile"(uuid, uuid, text, text) FROM PUBLIC, "anon", "authenticated";
