CREATE OR REPLACE FUNCTION private.notice_rest()
  RETURNS interval
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
RETURN '01:00:00'::interval;

COMMENT ON FUNCTION "private"."notice_rest"() IS 'How long a user is not told again of a low balance after they were, unless tokens were credited in between. To change it, replace this function.';

REVOKE ALL ON FUNCTION "private"."notice_rest"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."notice_rest"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."notice_rest"() TO "postgres";
