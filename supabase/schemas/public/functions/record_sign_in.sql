CREATE OR REPLACE FUNCTION public.record_sign_in (
  p_user_id uuid
)
  RETURNS TABLE (
    token      integer,
    held       integer,
    debt       bigint,
    updated_at timestamp with time zone
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  max_sessions constant integer := 100;
begin
  return query select b.token, b.held, b.debt, b.updated_at from public.token_balances as b where b.user_id = p_user_id;
  if not found then
    return query select * from public.open_wallet(p_user_id);
  end if;
  -- After the wallet, should it have been locked: the account's deletion comes to the sessions last as well.
  delete from auth.sessions where id in (
    select session.id from auth.sessions as session where session.user_id = p_user_id
    order by session.created_at desc, session.id offset max_sessions
  );
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."record_sign_in"(uuid) TO "service_role";

COMMENT ON FUNCTION "public"."record_sign_in"(uuid) IS 'Returns the balance of a user who has just signed in, opening the wallet at 0 where it is missing, and ends all but the newest 100 of their sessions. PT404 user_not_found.';

REVOKE ALL ON FUNCTION "public"."record_sign_in"(uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."record_sign_in"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."record_sign_in"(uuid) FROM PUBLIC, "anon", "authenticated";
