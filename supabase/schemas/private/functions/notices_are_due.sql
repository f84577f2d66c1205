CREATE OR REPLACE FUNCTION private.notices_are_due()
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
RETURN (EXISTS (SELECT FROM public.notices WHERE (notices.next_attempt_at <= now())));

COMMENT ON FUNCTION "private"."notices_are_due"() IS 'Whether POST /tokens/notices/deliver has something to do.';

REVOKE ALL ON FUNCTION "private"."notices_are_due"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."notices_are_due"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."notices_are_due"() TO "postgres";
