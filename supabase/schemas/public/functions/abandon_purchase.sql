CREATE OR REPLACE FUNCTION public.abandon_purchase (
  p_purchase_id uuid
)
  RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  -- Without its key, so that the same request may try again.
  update public.purchases set status = 'failed', idempotency_key = null
  where id = p_purchase_id and status = 'pending';
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."abandon_purchase"(uuid) TO "service_role";

COMMENT ON FUNCTION "public"."abandon_purchase"(uuid) IS 'Closes a pending purchase whose checkout could not begin. A payment that arrives all the same still counts.';

REVOKE ALL ON FUNCTION "public"."abandon_purchase"(uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."abandon_purchase"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."abandon_purchase"(uuid) FROM PUBLIC, "anon", "authenticated";
