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
 SELECT verify_entries.user_id,
     verify_entries.problem,
     verify_entries.expected,
     verify_entries.found
    FROM private.verify_entries() verify_entries(user_id, problem, expected, found)
 UNION ALL
  SELECT verify_purchases.user_id,
     verify_purchases.problem,
     verify_purchases.expected,
     verify_purchases.found
    FROM private.verify_purchases() verify_purchases(user_id, problem, expected, found);
END;

COMMENT ON FUNCTION "private"."verify_ledger"() IS 'All that private.verify_entries and private.verify_purchases find. Empty is the only good answer.';

REVOKE ALL ON FUNCTION "private"."verify_ledger"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_ledger"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_ledger"() TO "postgres";
