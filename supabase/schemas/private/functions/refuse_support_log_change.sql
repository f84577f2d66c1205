CREATE OR REPLACE FUNCTION private.refuse_support_log_change()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  -- The one change there is: the lines about a closed account lose its name and what was written about it.
  if tg_op = 'UPDATE'
    and (new.id, new.staff_id, new.action, new.created_at) = (old.id, old.staff_id, old.action, old.created_at)
    and (new.subject, new.idempotency_key, new.request_hash, new.answer)
      is not distinct from (old.subject, old.idempotency_key, old.request_hash, old.answer)
    and new.user_id <> old.user_id
    and not exists (select from public.user_tokens where user_id = old.user_id)
  then
    return new;
  end if;
  raise exception 'support_log is append-only' using errcode = 'restrict_violation';
end;
$function$;

COMMENT ON FUNCTION "private"."refuse_support_log_change"() IS 'Keeps the support log append-only for every role, its owner included.';

REVOKE ALL ON FUNCTION "private"."refuse_support_log_change"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."refuse_support_log_change"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."refuse_support_log_change"() TO "postgres";
