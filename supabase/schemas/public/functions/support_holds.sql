CREATE OR REPLACE FUNCTION public.support_holds (
  p_staff_id   uuid,
  p_session_id uuid,
  p_user_id    uuid
)
  RETURNS SETOF public.token_holds
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'holds');
  return query
    select h.* from public.token_holds as h
    where h.user_id = p_user_id and h.status = 'held' and h.expires_at > now()
    order by h.expires_at, h.id;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_holds"(uuid, uuid, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."support_holds"(uuid, uuid, uuid) IS 'The open holds of a person, at most 100, for a member of staff. Refusals as private.look_at has them.';

REVOKE ALL ON FUNCTION "public"."support_holds"(uuid, uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_holds"(uuid, uuid, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_holds"(uuid, uuid, uuid) FROM PUBLIC, "anon", "authenticated";
