CREATE OR REPLACE FUNCTION private.find_entry (
  p_user_id uuid,
  p_entry   public.token_transactions
)
  RETURNS public.token_transactions
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  known public.token_transactions;
begin
  select * into known from public.token_transactions
  where user_id = p_user_id
    and idempotency_key = p_entry.idempotency_key
    and requested_by = p_entry.requested_by;
  if known.request_hash <> p_entry.request_hash then
    raise sqlstate 'PT422' using message = 'idempotency_key_reused';
  end if;
  return known;
end;
$function$;

COMMENT ON FUNCTION "private"."find_entry"(uuid, public.token_transactions) IS 'The entry that was made before with the key and the requester of p_entry; null where there is none. PT422 idempotency_key_reused where it was made for another request.';

REVOKE ALL ON FUNCTION "private"."find_entry"(uuid, public.token_transactions) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."find_entry"(uuid, public.token_transactions) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."find_entry"(uuid, public.token_transactions) TO "postgres";
