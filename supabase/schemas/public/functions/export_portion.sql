CREATE OR REPLACE FUNCTION public.export_portion (
  p_user_id uuid,
  p_part    text,
  p_after   text DEFAULT NULL::text
)
  RETURNS TABLE (
    last_key text,
    rows     text
  )
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path TO ''
BEGIN ATOMIC
 SELECT (array_agg(r.key ORDER BY r."position" DESC))[1]
  AS array_agg,
     string_agg((r.value)::text, ','::text ORDER BY r."position") AS string_agg
    FROM private.exported_rows(export_portion.p_user_id, export_portion.p_part, export_portion.p_after, 500) WITH ORDINALITY r(key, value, "position")
  HAVING (count(*) > 0);
END;

GRANT EXECUTE ON FUNCTION "public"."export_portion"(uuid, text, text) TO "service_role";

COMMENT ON FUNCTION "public"."export_portion"(uuid, text, text) IS 'Returns up to 500 rows of one part of what is stored about a user as JSON, with commas between, and the key that the next portion begins after; no row where there is nothing more. Parts: transactions, holds, purchases, payment_events, notices and support_log.';

REVOKE ALL ON FUNCTION "public"."export_portion"(uuid, text, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."export_portion"(uuid, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."export_portion"(uuid, text, text) FROM PUBLIC, "anon", "authenticated";
