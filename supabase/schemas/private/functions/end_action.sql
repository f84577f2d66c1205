CREATE OR REPLACE FUNCTION private.end_action (
  p_line   public.support_log,
  p_answer jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  line public.support_log := p_line;
begin
  line.answer := p_answer;
  perform private.note_support(line);
  return p_answer || '{"replayed": false}';
end;
$function$;

COMMENT ON FUNCTION "private"."end_action"(public.support_log, jsonb) IS 'Notes what a member of staff did, and returns the answer to it. PT429 too_many_requests.';

REVOKE ALL ON FUNCTION "private"."end_action"(public.support_log, jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."end_action"(public.support_log, jsonb) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."end_action"(public.support_log, jsonb) TO "postgres";
