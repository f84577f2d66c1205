CREATE OR REPLACE FUNCTION private.exported_rows (
  p_user_id uuid,
  p_part    text,
  p_after   text,
  p_limit   integer
)
  RETURNS TABLE (
    key   text,
    value jsonb
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  case p_part
    when 'transactions' then
      return query select t.id::text, to_jsonb(t) - 'request_hash' from public.token_transactions as t
      where t.user_id = p_user_id and t.id > coalesce(p_after, '0')::bigint order by t.id limit p_limit;
    when 'holds' then
      return query select h.id::text, to_jsonb(h) from public.token_holds as h
      where h.user_id = p_user_id and (p_after is null or h.id > p_after::uuid) order by h.id limit p_limit;
    when 'purchases' then
      return query select b.id::text, to_jsonb(b) from public.purchases as b
      where b.user_id = p_user_id and (p_after is null or b.id > p_after::uuid) order by b.id limit p_limit;
    when 'payment_events' then
      return query select e.event_id, to_jsonb(e) from public.payment_events as e
      where (p_after is null or e.event_id > p_after) and (
        e.purchase_id in (select b.id from public.purchases as b where b.user_id = p_user_id)
        or (e.provider, e.payment_id) in (
          select b.provider, b.payment_id from public.purchases as b where b.user_id = p_user_id
        )
      ) order by e.event_id limit p_limit;
    when 'notices' then
      return query select n.id::text, to_jsonb(n) from public.notices as n
      where n.user_id = p_user_id and (p_after is null or n.id > p_after::uuid) order by n.id limit p_limit;
    when 'support_log' then
      -- Who of the staff it was is the staff's own data.
      return query
      select l.id::text, to_jsonb(l) - array['staff_id', 'idempotency_key', 'request_hash', 'answer']
      from public.support_log as l
      where l.user_id = p_user_id and l.id > coalesce(p_after, '0')::bigint order by l.id limit p_limit;
  end case;
end;
$function$;

COMMENT ON FUNCTION "private"."exported_rows"(uuid, text, text, integer) IS 'Returns up to p_limit rows of one part of what is stored about a user, in the order of their keys, after p_after.';

REVOKE ALL ON FUNCTION "private"."exported_rows"(uuid, text, text, integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."exported_rows"(uuid, text, text, integer) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."exported_rows"(uuid, text, text, integer) TO "postgres";
