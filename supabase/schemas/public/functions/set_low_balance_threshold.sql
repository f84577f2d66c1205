CREATE OR REPLACE FUNCTION public.set_low_balance_threshold (
  p_user_id    uuid,
  p_threshold  integer DEFAULT NULL::integer,
  p_session_id uuid    DEFAULT NULL::uuid
)
  RETURNS integer
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  perform private.prepare_wallet(p_user_id, p_session_id);
  update public.user_tokens set low_balance_threshold = p_threshold where user_id = p_user_id;
  return p_threshold;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."set_low_balance_threshold"(uuid, integer, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."set_low_balance_threshold"(uuid, integer, uuid) IS 'Sets the balance below which a user is told, in whole tokens, or with null that they are not, and returns it. A balance that is below it already is not told of. PT401 session_ended, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "public"."set_low_balance_threshold"(uuid, integer, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."set_low_balance_threshold"(uuid, integer, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."set_low_balance_threshold"(uuid, integer, uuid) FROM PUBLIC, "anon", "authenticated";
