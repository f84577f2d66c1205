CREATE OR REPLACE FUNCTION public.balance_at (
  p_user_id uuid,
  p_time    timestamp with time zone
)
  RETURNS TABLE (
    token integer,
    held  integer,
    debt  bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
BEGIN ATOMIC
 SELECT ((COALESCE(last.balance_after, 0) + GREATEST((expired.amount - COALESCE(last.debt_after, (0)::bigint)), (0)::bigint)))::integer
  AS int4,
     ((COALESCE(last.held_after, 0) - expired.amount))::integer AS int4,
     GREATEST((COALESCE(last.debt_after, (0)::bigint) - expired.amount), (0)::bigint) AS "greatest"
    FROM (( SELECT COALESCE(sum(token_holds.amount), (0)::bigint) AS amount
            FROM public.token_holds
           WHERE ((token_holds.user_id = balance_at.p_user_id) AND (token_holds.status = 'held'::text) AND (token_holds.expires_at <= LEAST(balance_at.p_time, now())))) expired
      LEFT JOIN public.token_transactions last ON (((last.user_id = balance_at.p_user_id) AND (last.id = public.last_entry_before(balance_at.p_user_id, (balance_at.p_time + '00:00:00.000001'::interval))))));
END;

GRANT EXECUTE ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) TO "authenticated";

GRANT EXECUTE ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) TO "service_role";

COMMENT ON FUNCTION "public"."balance_at"(uuid, timestamp with time zone) IS 'What a user could spend, had set aside, and owed, at an instant. Reads with the rights of its caller: users see their own.';

REVOKE ALL ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) TO "postgres";

REVOKE ALL ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) FROM PUBLIC, "anon";
