CREATE OR REPLACE FUNCTION private.verify_purchases (
  p_after_user_id uuid,
  p_to_user_id    uuid
)
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
           WHERE ((p.user_id > verify_purchases.p_after_user_id) AND (p.user_id <= verify_purchases.p_to_user_id))
           GROUP BY p.user_id
         ), entered AS (
          SELECT t.user_id,
             (sum((t.amount - t.debt_change)))::bigint AS amount
            FROM public.token_transactions t
           WHERE ((t.user_id > verify_purchases.p_after_user_id) AND (t.user_id <= verify_purchases.p_to_user_id) AND (t.kind = ANY (ARRAY['purchase'::text, 'chargeback'::text])))
           GROUP BY t.user_id
         )
  SELECT user_id,
     'what purchases grant is not what the ledger says'::text,
     COALESCE(b.granted, (0)::bigint) AS "coalesce",
     COALESCE(e.amount, (0)::bigint) AS "coalesce"
    FROM (bought b
      FULL JOIN entered e USING (user_id))
   WHERE (COALESCE(b.granted, (0)::bigint) <> COALESCE(e.amount, (0)::bigint));
END;

COMMENT ON FUNCTION "private"."verify_purchases"(uuid, uuid) IS 'Every user after one up to another whose purchases disagree with their ledger.';

REVOKE ALL ON FUNCTION "private"."verify_purchases"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_purchases"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_purchases"(uuid, uuid) TO "postgres";
