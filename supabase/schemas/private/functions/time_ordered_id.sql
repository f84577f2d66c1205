CREATE OR REPLACE FUNCTION private.time_ordered_id()
  RETURNS uuid
  LANGUAGE sql
  SET search_path TO ''
RETURN
  (((lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), 12, '0'::text) || '7'::text) || substr(replace((gen_random_uuid())::text, '-'::text,
  ''::text), 14)))::uuid;

COMMENT ON FUNCTION "private"."time_ordered_id"() IS 'A random UUID that begins with the time in milliseconds (version 7), so that ids are in the order of time.';

REVOKE ALL ON FUNCTION "private"."time_ordered_id"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."time_ordered_id"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."time_ordered_id"() TO "postgres";
