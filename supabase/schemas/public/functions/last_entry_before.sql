CREATE OR REPLACE FUNCTION public.last_entry_before (
  p_user_id uuid,
  p_time    timestamp with time zone
)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
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
$function$;

GRANT EXECUTE ON FUNCTION "public"."last_entry_before"(uuid, timestamp WITH time zone) TO "authenticated";

GRANT EXECUTE ON FUNCTION "public"."last_entry_before"(uuid, timestamp WITH time zone) TO "service_role";

COMMENT ON FUNCTION "public"."last_entry_before"(uuid, timestamp with time zone) IS 'The id of the last entry of a user that was made before an instant; 0 where there is none.';

REVOKE ALL ON FUNCTION "public"."last_entry_before"(uuid, timestamp WITH time zone) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."last_entry_before"(uuid, timestamp WITH time zone) TO "postgres";

REVOKE ALL ON FUNCTION "public"."last_entry_before"(uuid, timestamp WITH time zone) FROM PUBLIC, "anon";
