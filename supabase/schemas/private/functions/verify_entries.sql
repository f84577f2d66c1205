CREATE OR REPLACE FUNCTION private.verify_entries()
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
 WITH chain
  AS (
          SELECT t.user_id,
             t.id,
             t.balance_after,
             t.held_after,
             t.debt_after,
             t.created_at,
             (lag(t.balance_after, 1, 0) OVER entries + (t.amount)::bigint) AS expected_balance,
             (lag(t.held_after, 1, 0) OVER entries +
                 CASE
                     WHEN (t.kind = 'hold'::text) THEN (- (t.amount)::bigint)
                     WHEN (t.hold_id IS NOT NULL) THEN (- (h.amount)::bigint)
                     ELSE (0)::bigint
                 END) AS expected_held,
             (lag(t.debt_after, 1, (0)::bigint) OVER entries + t.debt_change) AS expected_debt,
             lag(t.created_at) OVER entries AS not_before,
             (row_number() OVER (PARTITION BY t.user_id ORDER BY t.id DESC) = 1) AS is_last
            FROM (public.token_transactions t
              LEFT JOIN public.token_holds h ON (((h.user_id = t.user_id) AND (h.id = t.hold_id))))
           WINDOW entries AS (PARTITION BY t.user_id ORDER BY t.id)
         ), sums AS (
          SELECT t.user_id,
             sum(t.amount) AS amount,
             (sum(t.debt_change))::bigint AS debt
            FROM public.token_transactions t
           GROUP BY t.user_id
         ), open_holds AS (
          SELECT h.user_id,
             sum(h.amount) AS amount
            FROM public.token_holds h
           WHERE (h.status = 'held'::text)
           GROUP BY h.user_id
         )
  SELECT w.user_id,
     'the balance is not the sum of the ledger'::text,
     COALESCE(s.amount, (0)::bigint) AS "coalesce",
     (w.token)::bigint AS token
    FROM (public.user_tokens w
      LEFT JOIN sums s ON ((s.user_id = w.user_id)))
   WHERE (w.token <> COALESCE(s.amount, (0)::bigint))
 UNION ALL
  SELECT w.user_id,
     'the debt is not the sum of the ledger'::text,
     COALESCE(s.debt, (0)::bigint) AS "coalesce",
     w.debt
    FROM (public.user_tokens w
      LEFT JOIN sums s ON ((s.user_id = w.user_id)))
   WHERE (w.debt <> COALESCE(s.debt, (0)::bigint))
 UNION ALL
  SELECT w.user_id,
     'there is a balance beside a debt'::text,
     0,
     (w.token)::bigint AS token
    FROM public.user_tokens w
   WHERE ((w.debt > 0) AND (w.token > 0))
 UNION ALL
  SELECT w.user_id,
     'the held sum is not the sum of the open holds'::text,
     COALESCE(o.amount, (0)::bigint) AS "coalesce",
     (w.held)::bigint AS held
    FROM (public.user_tokens w
      LEFT JOIN open_holds o ON ((o.user_id = w.user_id)))
   WHERE (w.held <> COALESCE(o.amount, (0)::bigint))
 UNION ALL
  SELECT c.user_id,
     (('balance_after of entry '::text || c.id) || ' does not follow from the one before'::text),
     c.expected_balance,
     c.balance_after
    FROM chain c
   WHERE (c.balance_after <> c.expected_balance)
 UNION ALL
  SELECT c.user_id,
     (('held_after of entry '::text || c.id) || ' does not follow from the one before'::text),
     c.expected_held,
     c.held_after
    FROM chain c
   WHERE (c.held_after <> c.expected_held)
 UNION ALL
  SELECT c.user_id,
     (('debt_after of entry '::text || c.id) || ' does not follow from the one before'::text),
     c.expected_debt,
     c.debt_after
    FROM chain c
   WHERE (c.debt_after <> c.expected_debt)
 UNION ALL
  SELECT c.user_id,
     (('entry '::text || c.id) || ' is dated before the one before it'::text),
     (EXTRACT(epoch FROM c.not_before))::bigint AS "extract",
     (EXTRACT(epoch FROM c.created_at))::bigint AS "extract"
    FROM chain c
   WHERE (c.created_at < c.not_before)
 UNION ALL
  SELECT w.user_id,
     'the last entry does not carry the balance'::text,
     (c.balance_after)::bigint AS balance_after,
     (w.token)::bigint AS token
    FROM (public.user_tokens w
      JOIN chain c ON (((c.user_id = w.user_id) AND c.is_last)))
   WHERE (c.balance_after <> w.token)
 UNION ALL
  SELECT s.user_id,
     'a closed account does not end at 0'::text,
     0,
     s.amount
    FROM sums s
   WHERE ((s.amount <> 0) AND (NOT (EXISTS ( SELECT
            FROM public.user_tokens w
           WHERE (w.user_id = s.user_id)))))
 UNION ALL
  SELECT h.user_id,
     (('hold '::text || h.id) || ' has no entry that begins or ends it'::text),
         CASE h.status
             WHEN 'held'::text THEN 1
             ELSE 2
         END AS "case",
     count(t.id) AS count
    FROM (public.token_holds h
      LEFT JOIN public.token_transactions t ON (((t.user_id = h.user_id) AND (t.hold_id = h.id))))
   GROUP BY h.user_id, h.id, h.status
  HAVING (count(t.id) <>
         CASE h.status
             WHEN 'held'::text THEN 1
             ELSE 2
         END)
  ORDER BY 1, 2;
END;

COMMENT ON FUNCTION "private"."verify_entries"() IS 'Every wallet whose balance, held sum, debt or chain of entries disagrees with the ledger. Empty is the only good answer.';

REVOKE ALL ON FUNCTION "private"."verify_entries"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_entries"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_entries"() TO "postgres";
