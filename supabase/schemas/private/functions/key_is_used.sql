CREATE OR REPLACE FUNCTION private.key_is_used (
  p_user_id         uuid,
  p_idempotency_key text,
  p_session_id      uuid
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return exists (
    select from public.token_transactions
    where user_id = p_user_id and idempotency_key = p_idempotency_key
      and requested_by = private.requester(p_session_id)
  );
end;
$function$;

COMMENT ON FUNCTION "private"."key_is_used"(uuid, text, uuid) IS 'Whether the user of a session, or a server where there is none, made an entry under a key before.';

REVOKE ALL ON FUNCTION "private"."key_is_used"(uuid, text, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."key_is_used"(uuid, text, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."key_is_used"(uuid, text, uuid) TO "postgres";
