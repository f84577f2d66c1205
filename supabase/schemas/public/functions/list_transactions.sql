CREATE OR REPLACE FUNCTION public.list_transactions (
  p_user_id   uuid,
  p_limit     integer,
  p_kind      text                     DEFAULT NULL::text,
  p_from      timestamp with time zone DEFAULT NULL::timestamp WITH time zone,
  p_to        timestamp with time zone DEFAULT NULL::timestamp WITH time zone,
  p_before_id bigint                   DEFAULT NULL::bigint,
  p_after_id  bigint                   DEFAULT NULL::bigint
)
  RETURNS SETOF public.token_transactions
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  AS $function$
declare
  low bigint := coalesce(p_after_id, 0);
  high bigint := coalesce(p_before_id, 9223372036854775807);
begin
  if p_from is not null then
    low := greatest(low, public.last_entry_before(p_user_id, p_from));
  end if;
  if p_to is not null then
    high := least(high, 1 + public.last_entry_before(p_user_id, p_to));
  end if;
  -- Each query says which index serves it: what is said by a parameter, no prepared plan can rely on.
  if p_kind is null or p_kind in ('deduct', 'hold', 'capture') then
    if p_after_id is null then
      return query select t.* from public.token_transactions as t
        where t.user_id = p_user_id and t.id > low and t.id < high and (p_kind is null or t.kind = p_kind)
        order by t.id desc limit p_limit;
    else
      return query select t.* from public.token_transactions as t
        where t.user_id = p_user_id and t.id > low and t.id < high and (p_kind is null or t.kind = p_kind)
        order by t.id limit p_limit;
    end if;
  elsif p_after_id is null then
    return query select t.* from public.token_transactions as t
      where t.user_id = p_user_id and t.id > low and t.id < high
        and t.kind = p_kind and t.kind not in ('deduct', 'hold', 'capture')
      order by t.id desc limit p_limit;
  else
    return query select t.* from public.token_transactions as t
      where t.user_id = p_user_id and t.id > low and t.id < high
        and t.kind = p_kind and t.kind not in ('deduct', 'hold', 'capture')
      order by t.id limit p_limit;
  end if;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."list_transactions"(uuid, integer, text, timestamp WITH time zone, timestamp WITH time zone, bigint, bigint) TO "authenticated";

GRANT EXECUTE ON FUNCTION "public"."list_transactions"(uuid, integer, text, timestamp WITH time zone, timestamp WITH time zone, bigint, bigint) TO "service_role";

COMMENT ON FUNCTION "public"."list_transactions"(uuid, integer, text, timestamp with time zone, timestamp with time zone, bigint, bigint) IS 'Up to p_limit entries of a user between p_before_id and p_after_id, made from p_from until before p_to: newest first, or with p_after_id oldest first.';

REVOKE ALL ON FUNCTION "public"."list_transactions"(uuid, integer, text, timestamp WITH time zone, timestamp WITH time zone, bigint, bigint) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."list_transactions"(uuid, integer, text, timestamp WITH time zone, timestamp WITH time zone, bigint, bigint) TO "postgres";

REVOKE ALL ON FUNCTION "public"."list_transactions"(uuid, integer, text, timestamp WITH time zone, timestamp WITH time zone, bigint, bigint) FROM PUBLIC, "anon";
