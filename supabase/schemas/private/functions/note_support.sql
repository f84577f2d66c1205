CREATE OR REPLACE FUNCTION private.note_support (
  p_line public.support_log
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  max_lines_per_hour constant integer := 1000;
begin
  if max_lines_per_hour <= (
    select count(*) from public.support_log
    where staff_id = p_line.staff_id and created_at > now() - interval '1 hour'
  ) then
    raise sqlstate 'PT429' using message = 'too_many_requests';
  end if;
  insert into public.support_log (staff_id, user_id, action, subject, reason, idempotency_key, request_hash, answer)
  values (
    p_line.staff_id, p_line.user_id, p_line.action, p_line.subject, p_line.reason, p_line.idempotency_key,
    p_line.request_hash, p_line.answer
  );
end;
$function$;

COMMENT ON FUNCTION "private"."note_support"(public.support_log) IS 'Writes a line into the support log. PT429 too_many_requests after 1,000 lines of a member of staff within an hour.';

REVOKE ALL ON FUNCTION "private"."note_support"(public.support_log) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."note_support"(public.support_log) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."note_support"(public.support_log) TO "postgres";
