CREATE OR REPLACE FUNCTION private.verify_wallets (
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
 WITH portion
  AS (
          SELECT w.user_id,
             w.entries,
             w.token,
             w.held,
             w.debt,
             COALESCE(last.id, (0)::bigint) AS last_id,
             later.id AS later_id,
             COALESCE(last.balance_after, 0) AS last_balance,
             COALESCE(last.held_after, 0) AS last_held,
             COALESCE(last.debt_after, (0)::bigint) AS last_debt,
             COALESCE(open.amount, (0)::bigint) AS open_amount
            FROM (((public.user_tokens w
              LEFT JOIN public.token_transactions last ON (((last.user_id = w.user_id) AND (last.id = w.entries))))
              LEFT JOIN public.token_transactions later ON (((later.user_id = w.user_id) AND (later.id = (w.entries + 1)))))
              LEFT JOIN ( SELECT h.user_id,
                     sum(h.amount) AS amount
                    FROM public.token_holds h
                   WHERE ((h.status = 'held'::text) AND (h.user_id > verify_wallets.p_after_user_id) AND (h.user_id <= verify_wallets.p_to_user_id))
                   GROUP BY h.user_id) open ON ((open.user_id = w.user_id)))
           WHERE ((w.user_id > verify_wallets.p_after_user_id) AND (w.user_id <= verify_wallets.p_to_user_id))
         ), wrong AS (
          SELECT portion.user_id,
             portion.entries,
             portion.token,
             portion.held,
             portion.debt,
             portion.last_id,
             portion.later_id,
             portion.last_balance,
             portion.last_held,
             portion.last_debt,
             portion.open_amount
            FROM portion
           WHERE ((portion.entries <> portion.last_id) OR (portion.later_id IS NOT NULL) OR (portion.token <> portion.last_balance) OR (portion.held <> portion.last_held) OR (portion.debt <> portion.last_debt) OR (portion.held <> portion.open_amount) OR ((portion.debt > 0) AND (portion.token > 0)))
         )
  SELECT w.user_id,
     'the last entry is not the one that the wallet counts'::text,
     w.entries,
     COALESCE(w.later_id, w.last_id) AS "coalesce"
    FROM wrong w
   WHERE ((w.entries <> w.last_id) OR (w.later_id IS NOT NULL))
 UNION ALL
  SELECT w.user_id,
     'the balance is not the sum of the ledger'::text,
     (w.last_balance)::bigint AS last_balance,
     (w.token)::bigint AS token
    FROM wrong w
   WHERE (w.token <> w.last_balance)
 UNION ALL
  SELECT w.user_id,
     'the held sum is not the one of the ledger'::text,
     (w.last_held)::bigint AS last_held,
     (w.held)::bigint AS held
    FROM wrong w
   WHERE (w.held <> w.last_held)
 UNION ALL
  SELECT w.user_id,
     'the debt is not the sum of the ledger'::text,
     w.last_debt,
     w.debt
    FROM wrong w
   WHERE (w.debt <> w.last_debt)
 UNION ALL
  SELECT w.user_id,
     'there is a balance beside a debt'::text,
     0,
     (w.token)::bigint AS token
    FROM wrong w
   WHERE ((w.debt > 0) AND (w.token > 0))
 UNION ALL
  SELECT w.user_id,
     'the held sum is not the sum of the open holds'::text,
     w.open_amount,
     (w.held)::bigint AS held
    FROM wrong w
   WHERE (w.held <> w.open_amount);
END;

COMMENT ON FUNCTION "private"."verify_wallets"(uuid, uuid) IS 'Every wallet after one user up to another that disagrees with its last entry or its open holds.';

REVOKE ALL ON FUNCTION "private"."verify_wallets"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_wallets"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_wallets"(uuid, uuid) TO "postgres";
