CREATE OR REPLACE FUNCTION private.prepare_wallet (
  p_user_id    uuid,
  p_session_id uuid DEFAULT NULL::uuid
)
  RETURNS public.user_tokens
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  wallet public.user_tokens;
begin
  select * into wallet from public.user_tokens where user_id = p_user_id for update skip locked;
  if not found then
    wallet := private.await_wallet(p_user_id);
  end if;

  -- After the lock, which may have been waited for. To ask first is cheaper than to call what refuses.
  if clock_timestamp() > private.deadline() then
    perform private.require_time();
  end if;
  if p_session_id is not null then
    perform private.require_session(p_user_id, p_session_id);
  end if;
  if wallet.held > 0 then
    wallet := private.expire_holds(wallet);
  end if;
  return wallet;
end;
$function$;

COMMENT ON FUNCTION "private"."prepare_wallet"(uuid, uuid) IS 'Locks the wallet of a user until the transaction ends and brings it up to date: opens it where it is missing, ends the holds that ran out. p_session_id: the session that must still be signed in, null for servers. PT404 user_not_found, PT401 session_ended, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "private"."prepare_wallet"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."prepare_wallet"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."prepare_wallet"(uuid, uuid) TO "postgres";
