CREATE OR REPLACE FUNCTION private.sweep_holds (
  p_max_wallets integer DEFAULT 50
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  due_user_id uuid;
  wallet public.user_tokens;
  swept_count integer := 0;
begin
  for due_user_id in
    select distinct hold.user_id from public.token_holds as hold where hold.status = 'held' and hold.expires_at <= now()
  loop
    -- A wallet that somebody works on is brought up to date by them.
    select * into wallet from public.user_tokens where user_id = due_user_id for update skip locked;
    if found then
      perform private.expire_holds(wallet);
      swept_count := swept_count + 1;
    end if;
    exit when swept_count = p_max_wallets;
  end loop;
  return swept_count;
end;
$function$;

COMMENT ON FUNCTION "private"."sweep_holds"(integer) IS 'Writes the ledger lines of holds that ran out, for up to p_max_wallets wallets, so that none is locked for long: repeat it, each time in a transaction of its own, until it returns 0. Changes no balance that is shown: without it, the next touch of the wallet does the same.';

REVOKE ALL ON FUNCTION "private"."sweep_holds"(integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."sweep_holds"(integer) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."sweep_holds"(integer) TO "postgres";
