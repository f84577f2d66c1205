CREATE OR REPLACE FUNCTION private.open_wallet_of_new_user()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  AS $function$
begin
  insert into public.user_tokens (user_id) values (new.id) on conflict (user_id) do nothing;
  return new;
exception when others then
  -- A sign-up must not fail for this: the wallet opens at its first use instead.
  raise warning 'the wallet of user % was not opened: %', new.id, sqlerrm;
  return new;
end;
$function$;

COMMENT ON FUNCTION "private"."open_wallet_of_new_user"() IS 'Opens a wallet at 0 with every new user, and never fails the sign-up.';

REVOKE ALL ON FUNCTION "private"."open_wallet_of_new_user"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."open_wallet_of_new_user"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."open_wallet_of_new_user"() TO "postgres";
