-- Reads of a wallet's past, each at one cost whether it has ten entries or ten million. They read with the rights of
-- their caller.

create function public.last_entry_before(p_user_id uuid, p_time timestamptz)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
declare
  low bigint := 0;
  high bigint;
  middle bigint;
  last_time timestamptz;
begin
  -- Most ask about now.
  select t.id, t.created_at into high, last_time from public.token_transactions as t
  where t.user_id = p_user_id order by t.id desc limit 1;
  if high is null or last_time < p_time then
    return coalesce(high, 0);
  end if;
  -- Entries are numbered and dated in one order, so halving finds it, without an index that each debit would pay for.
  high := high - 1;
  while low < high loop
    middle := (low + high + 1) / 2;
    if p_time > (select t.created_at from public.token_transactions as t where t.user_id = p_user_id and t.id = middle)
    then
      low := middle;
    else
      high := middle - 1;
    end if;
  end loop;
  return low;
end;
$$;
comment on function public.last_entry_before is
  'The id of the last entry of a user that was made before an instant; 0 where there is none.';
grant execute on function public.last_entry_before to authenticated, service_role;

create function public.list_transactions(
  p_user_id uuid,
  p_limit integer,
  p_kind text default null,
  p_from timestamptz default null,
  p_to timestamptz default null,
  p_before_id bigint default null,
  p_after_id bigint default null
)
returns setof public.token_transactions
language plpgsql
stable
set search_path = ''
-- A page is read in the order of an index and no further, however few rows the planner expects beyond it.
set enable_seqscan = off
set enable_bitmapscan = off
as $$
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
$$;
comment on function public.list_transactions is
  'Up to p_limit entries of a user between p_before_id and p_after_id, made from p_from until before p_to: newest '
  'first, or with p_after_id oldest first.';
grant execute on function public.list_transactions to authenticated, service_role;

create function public.list_holds(
  p_user_id uuid,
  p_limit integer,
  p_status text default null,
  p_before_id uuid default null
)
returns setof public.token_hold_states
language plpgsql
stable
set search_path = ''
-- A page is read in the order of an index and no further, however few rows the planner expects beyond it.
set enable_seqscan = off
set enable_bitmapscan = off
as $$
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
$$;
comment on function public.list_holds is
  'Up to p_limit holds of a user, newest first, that are in a state now and come after p_before_id.';
grant execute on function public.list_holds to authenticated, service_role;
