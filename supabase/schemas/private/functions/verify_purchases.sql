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
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
begin
  return query
  with bought as (
    select p.user_id, sum(p.granted)::bigint as granted from public.purchases as p
    where p.user_id > p_after_user_id and p.user_id <= p_to_user_id
    group by p.user_id
  ),
  entered as (
    select t.user_id, sum(t.amount - t.debt_change)::bigint as amount from public.token_transactions as t
    where t.user_id > p_after_user_id and t.user_id <= p_to_user_id and t.kind in ('purchase', 'chargeback')
    group by t.user_id
  )
  select coalesce(b.user_id, e.user_id), 'what purchases grant is not what the ledger says', coalesce(b.granted, 0), coalesce(e.amount, 0)
  from bought as b full join entered as e on e.user_id = b.user_id
  where coalesce(b.granted, 0) <> coalesce(e.amount, 0);
end;
$function$;

COMMENT ON FUNCTION "private"."verify_purchases"(uuid, uuid) IS 'Every user after one up to another whose purchases disagree with their ledger.';

REVOKE ALL ON FUNCTION "private"."verify_purchases"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_purchases"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_purchases"(uuid, uuid) TO "postgres";
