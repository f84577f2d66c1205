CREATE OR REPLACE FUNCTION private.verify_ledger()
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
 WITH ends
  AS (
          SELECT '00000000-0000-0000-0000-000000000000'::uuid AS first,
             'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid AS last
         )
  SELECT v.user_id,
     v.problem,
     v.expected,
     v.found
    FROM ends,
     LATERAL private.verify_entries(ends.first, (0)::bigint, ends.last, '9223372036854775807'::bigint) v(user_id, problem, expected, found)
 UNION ALL
  SELECT v.user_id,
     v.problem,
     v.expected,
     v.found
    FROM ends,
     LATERAL private.verify_holds(ends.first, ends.first, ends.last, ends.last) v(user_id, problem, expected, found)
 UNION ALL
  SELECT v.user_id,
     v.problem,
     v.expected,
     v.found
    FROM ends,
     LATERAL private.verify_wallets(ends.first, ends.last) v(user_id, problem, expected, found)
 UNION ALL
  SELECT v.user_id,
     v.problem,
     v.expected,
     v.found
    FROM ends,
     LATERAL private.verify_purchases(ends.first, ends.last) v(user_id, problem, expected, found)
  ORDER BY 1, 2;
END;

COMMENT ON FUNCTION "private"."verify_ledger"() IS 'All that disagrees in the books, in one look at all of them. Empty is the only good answer.';

REVOKE ALL ON FUNCTION "private"."verify_ledger"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_ledger"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_ledger"() TO "postgres";
