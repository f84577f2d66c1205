CREATE OR REPLACE FUNCTION public.claim_notices (
  p_limit integer
)
  RETURNS TABLE (
    id         uuid,
    type       text,
    data       jsonb,
    created_at timestamp with time zone
  )
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path TO ''
BEGIN ATOMIC
 UPDATE public.notices n
  SET attempts = (n.attempts + 1), next_attempt_at =
         CASE
             WHEN (n.attempts < 9) THEN (now() + ('00:00:30'::interval * power((3)::double precision, (n.attempts)::double precision)))
             ELSE NULL::timestamp WITH time zone
         END
   WHERE (n.id IN ( SELECT due.id
            FROM public.notices due
           WHERE (due.next_attempt_at <= now())
           ORDER BY due.next_attempt_at
          LIMIT claim_notices.p_limit
          FOR UPDATE OF due SKIP LOCKED))
   RETURNING n.id,
     n.type,
     n.data,
     n.created_at;
END;

GRANT EXECUTE ON FUNCTION "public"."claim_notices"(integer) TO "service_role";

COMMENT ON FUNCTION "public"."claim_notices"(integer) IS 'Up to p_limit notices that are due, for the caller alone to send now; each is due again later until record_notice_attempt says that it was delivered.';

REVOKE ALL ON FUNCTION "public"."claim_notices"(integer) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."claim_notices"(integer) TO "postgres";

REVOKE ALL ON FUNCTION "public"."claim_notices"(integer) FROM PUBLIC, "anon", "authenticated";
