-- All that is stored about a user, for them to take away.

create function private.exported_rows(p_user_id uuid, p_part text, p_after text, p_limit integer)
returns table (key text, value jsonb)
language plpgsql
stable
set search_path = ''
as $$
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
$$;
comment on function private.exported_rows is
  'Returns up to p_limit rows of one part of what is stored about a user, in the order of their keys, after p_after.';

create function public.export_portion(p_user_id uuid, p_part text, p_after text default null)
returns table (last_key text, rows text)
language sql
stable
security definer
set search_path = ''
begin atomic
  select (array_agg(r.key order by r.position desc))[1], string_agg(r.value::text, ',' order by r.position)
  from private.exported_rows(p_user_id, p_part, p_after, 500) with ordinality as r (key, value, position)
  having count(*) > 0;
end;
comment on function public.export_portion is
  'Returns up to 500 rows of one part of what is stored about a user as JSON, with commas between, and the key that the '
  'next portion begins after; no row where there is nothing more. Parts: transactions, holds, purchases, '
  'payment_events, notices and support_log.';
grant execute on function public.export_portion to service_role;
