CREATE OR REPLACE FUNCTION public.balance_at (
  p_user_id uuid,
  p_time    timestamp with time zone
)
  RETURNS TABLE (
    token integer,
    held  integer,
    debt  bigint
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
declare
  -- Times are told apart by the microsecond.
  last_id constant bigint := public.last_entry_before(p_user_id, p_time + interval '1 microsecond');
begin
  return query
  -- The last entry until then, and the holds that had run out by then without their line being written yet.
  select
    (coalesce(last.balance_after, 0) + greatest(expired.amount - coalesce(last.debt_after, 0), 0))::integer,
    (coalesce(last.held_after, 0) - expired.amount)::integer,
    greatest(coalesce(last.debt_after, 0) - expired.amount, 0)
  from (
    select coalesce(sum(amount), 0)::bigint as amount from public.token_holds
    where user_id = p_user_id and status = 'held' and expires_at <= least(p_time, now())
  ) as expired
  left join public.token_transactions as last on last.user_id = p_user_id and last.id = last_id;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) TO "authenticated";

GRANT EXECUTE ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) TO "service_role";

COMMENT ON FUNCTION "public"."balance_at"(uuid, timestamp with time zone) IS 'What a user could spend, had set aside, and owed, at an instant. Reads with the rights of its caller: users see their own.';

REVOKE ALL ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) TO "postgres";

REVOKE ALL ON FUNCTION "public"."balance_at"(uuid, timestamp WITH time zone) FROM PUBLIC, "anon";
