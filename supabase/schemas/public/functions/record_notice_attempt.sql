CREATE OR REPLACE FUNCTION public.record_notice_attempt (
  p_id    uuid,
  p_error text DEFAULT NULL::text
)
  RETURNS void
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path TO ''
BEGIN ATOMIC
 UPDATE public.notices
  SET delivered_at =
         CASE
             WHEN (record_notice_attempt.p_error IS NULL) THEN now()
             ELSE NULL::timestamp WITH time zone
         END, next_attempt_at =
         CASE
             WHEN (record_notice_attempt.p_error IS NOT NULL) THEN notices.next_attempt_at
             ELSE NULL::timestamp WITH time zone
         END, last_error = "left"(record_notice_attempt.p_error, 255)
   WHERE ((notices.id = record_notice_attempt.p_id) AND (notices.delivered_at IS NULL));
END;

GRANT EXECUTE ON FUNCTION "public"."record_notice_attempt"(uuid, text) TO "service_role";

COMMENT ON FUNCTION "public"."record_notice_attempt"(uuid, text) IS 'Records that a notice was delivered, or in p_error why it was not this time.';

REVOKE ALL ON FUNCTION "public"."record_notice_attempt"(uuid, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."record_notice_attempt"(uuid, text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."record_notice_attempt"(uuid, text) FROM PUBLIC, "anon", "authenticated";
