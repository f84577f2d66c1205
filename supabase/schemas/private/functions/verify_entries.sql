CREATE OR REPLACE FUNCTION private.verify_entries (
  p_after_user_id uuid,
  p_after_id      bigint,
  p_to_user_id    uuid,
  p_to_id         bigint
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
 WITH wrong
  AS (
          SELECT t.user_id,
             t.id,
             t.balance_after,
             t.held_after,
             t.debt_after,
             t.created_at,
                 CASE
                     WHEN (before.id IS NULL) THEN (0)::bigint
                     ELSE (t.id - 1)
                 END AS id_before,
             (COALESCE(before.balance_after, 0) + (t.amount)::bigint) AS expected_balance,
             (COALESCE(before.held_after, 0) - (
                 CASE
                     WHEN (t.kind = 'hold'::text) THEN t.amount
                     WHEN (t.hold_id IS NOT NULL) THEN h.amount
                     ELSE 0
                 END)::bigint) AS expected_held,
             (COALESCE(before.debt_after, (0)::bigint) + t.debt_change) AS expected_debt,
             before.created_at AS not_before
            FROM ((public.token_transactions t
              LEFT JOIN public.token_transactions before ON (((before.user_id = t.user_id) AND (before.id = (t.id - 1)))))
              LEFT JOIN public.token_holds h ON (((h.user_id = t.user_id) AND (h.id = t.hold_id))))
           WHERE ((ROW(t.user_id, t.id) > ROW(verify_entries.p_after_user_id, verify_entries.p_after_id)) AND (ROW(t.user_id, t.id) <= ROW(verify_entries.p_to_user_id, verify_entries.p_to_id)) AND (((before.id IS NULL) AND (t.id <> 1)) OR (t.balance_after <> (COALESCE(before.balance_after, 0) + (t.amount)::bigint)) OR (t.held_after IS DISTINCT FROM (COALESCE(before.held_after, 0) - (
                 CASE
                     WHEN (t.kind = 'hold'::text) THEN t.amount
                     WHEN (t.hold_id IS NOT NULL) THEN h.amount
                     ELSE 0
                 END)::bigint)) OR (t.debt_after <> (COALESCE(before.debt_after, (0)::bigint) + t.debt_change)) OR (t.created_at < before.created_at)))
         )
  SELECT w.user_id,
     (('the entry before entry '::text || w.id) || ' is missing'::text),
     (w.id - 1),
     w.id_before
    FROM wrong w
   WHERE (w.id_before <> (w.id - 1))
 UNION ALL
  SELECT w.user_id,
     (('balance_after of entry '::text || w.id) || ' does not follow from the one before'::text),
     w.expected_balance,
     w.balance_after
    FROM wrong w
   WHERE (w.balance_after <> w.expected_balance)
 UNION ALL
  SELECT w.user_id,
     (('held_after of entry '::text || w.id) || ' does not follow from the one before'::text),
     w.expected_held,
     w.held_after
    FROM wrong w
   WHERE (w.held_after IS DISTINCT FROM w.expected_held)
 UNION ALL
  SELECT w.user_id,
     (('debt_after of entry '::text || w.id) || ' does not follow from the one before'::text),
     w.expected_debt,
     w.debt_after
    FROM wrong w
   WHERE (w.debt_after <> w.expected_debt)
 UNION ALL
  SELECT w.user_id,
     (('entry '::text || w.id) || ' is dated before the one before it'::text),
     (EXTRACT(epoch FROM w.not_before))::bigint AS "extract",
     (EXTRACT(epoch FROM w.created_at))::bigint AS "extract"
    FROM wrong w
   WHERE (w.created_at < w.not_before)
 UNION ALL
  SELECT t.user_id,
     'a closed account does not end at 0'::text,
     0,
     ((t.balance_after + t.held_after) + t.debt_after)
    FROM public.token_transactions t
   WHERE ((ROW(t.user_id, t.id) > ROW(verify_entries.p_after_user_id, verify_entries.p_after_id)) AND (ROW(t.user_id, t.id) <= ROW(verify_entries.p_to_user_id, verify_entries.p_to_id)) AND (((t.balance_after + t.held_after) + t.debt_after) > 0) AND (NOT (EXISTS ( SELECT
            FROM public.user_tokens w
           WHERE (w.user_id = t.user_id)))) AND (NOT (EXISTS ( SELECT
            FROM public.token_transactions n
           WHERE ((n.user_id = t.user_id) AND (n.id = (t.id + 1)))))));
END;

COMMENT ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) IS 'Every entry after one (user, id) up to another that does not follow from the entry before it. Where none does not, the last entry of each wallet carries the sums of all of them.';

REVOKE ALL ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) TO "postgres";
