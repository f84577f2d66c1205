CREATE OR REPLACE FUNCTION private.verify_ledger()
  RETURNS TABLE (
    user_id  uuid,
    problem  text,
    expected bigint,
    found    bigint
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
begin
  return query
  with ends as (
    select '00000000-0000-0000-0000-000000000000'::uuid as first, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid as last
  )
  select v.* from ends, private.verify_entries(ends.first, 0, ends.last, 9223372036854775807) as v
  union all
  select v.* from ends, private.verify_holds(ends.first, ends.first, ends.last, ends.last) as v
  union all
  select v.* from ends, private.verify_wallets(ends.first, ends.last) as v
  union all
  select v.* from ends, private.verify_purchases(ends.first, ends.last) as v
  order by 1, 2;
end;
$function$;

COMMENT ON FUNCTION "private"."verify_ledger"() IS 'All that disagrees in the books, in one look at all of them. Empty is the only good answer.';

REVOKE ALL ON FUNCTION "private"."verify_ledger"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_ledger"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_ledger"() TO "postgres";
