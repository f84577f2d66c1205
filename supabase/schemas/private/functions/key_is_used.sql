CREATE OR REPLACE FUNCTION private.key_is_used (
  p_user_id         uuid,
  p_idempotency_key text,
  p_requested_by    text
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return exists (
    select from public.token_transactions
    where user_id = p_user_id and idempotency_key = p_idempotency_key and requested_by = p_requested_by
  );
end;
$function$;

COMMENT ON FUNCTION "private"."key_is_used"(uuid, text, text) IS 'Whether a requester made an entry under a key before.';

REVOKE ALL ON FUNCTION "private"."key_is_used"(uuid, text, text) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."key_is_used"(uuid, text, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."key_is_used"(uuid, text, text) TO "postgres";
