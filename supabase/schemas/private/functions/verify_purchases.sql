CREATE OR REPLACE FUNCTION private.verify_purchases()
  RETURNS TABLE (
    user_id  uuid,
    problem  text,
    expected bigint,
    found    bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
BEGIN ATOMIC
 WITH bought
  AS (
          SELECT p.user_id,
             sum(p.granted) AS granted
            FROM public.purchases p
           GROUP BY p.user_id
         ), entered AS (
          SELECT t.user_id,
             (sum((t.amount - t.debt_change)))::bigint AS amount
            FROM public.token_transactions t
           WHERE (t.purchase_id IS NOT NULL)
           GROUP BY t.user_id
         )
  SELECT w.user_id,
     'what purchases grant is not what the ledger says'::text,
     COALESCE(b.granted, (0)::bigint) AS "coalesce",
     COALESCE(e.amount, (0)::bigint) AS "coalesce"
    FROM ((public.user_tokens w
      LEFT JOIN bought b ON ((b.user_id = w.user_id)))
      LEFT JOIN entered e ON ((e.user_id = w.user_id)))
   WHERE (COALESCE(b.granted, (0)::bigint) <> COALESCE(e.amount, (0)::bigint));
END;

COMMENT ON FUNCTION "private"."verify_purchases"() IS 'Every wallet whose purchases disagree with its ledger. Empty is the only good answer.';

REVOKE ALL ON FUNCTION "private"."verify_purchases"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_purchases"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_purchases"() TO "postgres";
