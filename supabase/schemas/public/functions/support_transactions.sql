CREATE OR REPLACE FUNCTION public.support_transactions (
  p_staff_id   uuid,
  p_session_id uuid,
  p_user_id    uuid,
  p_limit      integer,
  p_before     bigint  DEFAULT NULL::bigint
)
  RETURNS SETOF public.token_transactions
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'transactions');
  return query
    select t.* from public.token_transactions as t
    where t.user_id = p_user_id and (p_before is null or t.id < p_before)
    order by t.id desc limit p_limit;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_transactions"(uuid, uuid, uuid, integer, bigint) TO "service_role";

COMMENT ON FUNCTION "public"."support_transactions"(uuid, uuid, uuid, integer, bigint) IS 'Entries of a person''s ledger, newest first, for a member of staff. Refusals as private.look_at has them.';

REVOKE ALL ON FUNCTION "public"."support_transactions"(uuid, uuid, uuid, integer, bigint) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_transactions"(uuid, uuid, uuid, integer, bigint) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_transactions"(uuid, uuid, uuid, integer, bigint) FROM PUBLIC, "anon", "authenticated";
