CREATE OR REPLACE FUNCTION public.open_wallet (
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
  wallet public.user_tokens := private.prepare_wallet(p_user_id);
begin
  return query select wallet.token, wallet.held, wallet.debt, wallet.updated_at;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."open_wallet"(uuid) TO "service_role";

COMMENT ON FUNCTION "public"."open_wallet"(uuid) IS 'Returns the balance of a user, opening the wallet at 0 where it is missing. PT404 user_not_found.';

REVOKE ALL ON FUNCTION "public"."open_wallet"(uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."open_wallet"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."open_wallet"(uuid) FROM PUBLIC, "anon", "authenticated";
