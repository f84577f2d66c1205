CREATE OR REPLACE FUNCTION private.await_wallet (
  p_user_id uuid
)
  RETURNS public.user_tokens
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  wallet public.user_tokens;
  may_wait boolean := false;
begin
  if not exists (select from public.user_tokens where user_id = p_user_id) then
    -- An account that is being deleted is waited for. No wallet is locked yet, so nobody waits in a circle.
    perform from auth.users where id = p_user_id for key share;
    if not found then
      raise sqlstate 'PT404' using message = 'user_not_found';
    end if;
    insert into public.user_tokens (user_id) values (p_user_id) on conflict (user_id) do nothing;
  end if;

  -- Eight may wait for a wallet as long as lock_timeout says; who comes after them gives up sooner,
  -- so that one wallet's queue does not take every connection there is.
  for place in 1..8 loop
    may_wait := pg_try_advisory_xact_lock(hashtext(p_user_id::text), place);
    exit when may_wait;
  end loop;
  if not may_wait then
    perform set_config('lock_timeout', '500ms', true);
  end if;
  -- A statement of its own: the one that makes a row, here or in a racing call, does not lock it for this one.
  select * into wallet from public.user_tokens where user_id = p_user_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'user_not_found';
  end if;
  return wallet;
end;
$function$;

COMMENT ON FUNCTION "private"."await_wallet"(uuid) IS 'Locks a wallet that is missing or locked by others: opens it, or waits for it. PT404 user_not_found; 55P03 where it stays locked past lock_timeout.';

REVOKE ALL ON FUNCTION "private"."await_wallet"(uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."await_wallet"(uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."await_wallet"(uuid) TO "postgres";
