CREATE OR REPLACE FUNCTION public.list_holds (
  p_user_id   uuid,
  p_limit     integer,
  p_status    text    DEFAULT NULL::text,
  p_before_id uuid    DEFAULT NULL::uuid
)
  RETURNS SETOF public.token_hold_states
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  AS $function$
declare
  high uuid := coalesce(p_before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  if p_status is null then
    return query select h.* from public.token_hold_states as h
      where h.user_id = p_user_id and h.id < high order by h.id desc limit p_limit;
  elsif p_status = 'captured' then
    return query select h.* from public.token_hold_states as h
      where h.user_id = p_user_id and h.id < high and h.status = 'captured' order by h.id desc limit p_limit;
  else
    return query
      with found as (
        select h.id from public.token_holds as h
        where h.user_id = p_user_id and h.id < high and h.status = 'held'
          and case p_status when 'held' then h.expires_at > now() when 'expired' then h.expires_at <= now() else false end
        union all (
          select h.id from public.token_holds as h
          where h.user_id = p_user_id and h.id < high and h.status = p_status and h.status in ('released', 'expired')
          order by h.id desc limit p_limit
        )
      )
      select h.* from found join public.token_hold_states as h on h.user_id = p_user_id and h.id = found.id
      order by h.id desc limit p_limit;
  end if;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."list_holds"(uuid, integer, text, uuid) TO "authenticated";

GRANT EXECUTE ON FUNCTION "public"."list_holds"(uuid, integer, text, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."list_holds"(uuid, integer, text, uuid) IS 'Up to p_limit holds of a user, newest first, that are in a state now and come after p_before_id.';

REVOKE ALL ON FUNCTION "public"."list_holds"(uuid, integer, text, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."list_holds"(uuid, integer, text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."list_holds"(uuid, integer, text, uuid) FROM PUBLIC, "anon";
