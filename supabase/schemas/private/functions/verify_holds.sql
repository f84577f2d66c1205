CREATE OR REPLACE FUNCTION private.verify_holds (
  p_after_user_id uuid,
  p_after_id      uuid,
  p_to_user_id    uuid,
  p_to_id         uuid
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
  select h.user_id, 'hold ' || h.id || ' has no entry that begins or ends it',
    case h.status when 'held' then 1 else 2 end::bigint, count(t.id)
  from public.token_holds as h
  left join public.token_transactions as t on t.user_id = h.user_id and t.hold_id = h.id
  where (h.user_id, h.id) > (p_after_user_id, p_after_id) and (h.user_id, h.id) <= (p_to_user_id, p_to_id)
  group by h.user_id, h.id, h.status
  having count(t.id) <> case h.status when 'held' then 1 else 2 end;
end;
$function$;

COMMENT ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) IS 'Every hold after one (user, id) up to another whose begin or end is not in the ledger.';

REVOKE ALL ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) TO "postgres";
