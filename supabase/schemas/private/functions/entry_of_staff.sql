CREATE OR REPLACE FUNCTION private.entry_of_staff (
  p_line public.support_log
)
  RETURNS public.token_transactions
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
declare
  entry public.token_transactions;
begin
  entry.requested_by := 'staff';
  entry.metadata := jsonb_build_object('reason', p_line.reason, 'actor', p_line.staff_id);
  return entry;
end;
$function$;

COMMENT ON FUNCTION "private"."entry_of_staff"(public.support_log) IS 'The part of a ledger line that says which member of staff made it, and why.';

REVOKE ALL ON FUNCTION "private"."entry_of_staff"(public.support_log) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."entry_of_staff"(public.support_log) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."entry_of_staff"(public.support_log) TO "postgres";
