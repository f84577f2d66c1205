CREATE OR REPLACE FUNCTION private.adjust_carefully (
  p_user_id         uuid,
  p_amount          integer,
  p_kind            text,
  p_idempotency_key text,
  p_reference       text,
  p_metadata        jsonb,
  p_session_id      uuid
)
  RETURNS TABLE (
    transaction_id bigint,
    token          integer,
    held           integer,
    debt           bigint,
    updated_at     timestamp with time zone,
    replayed       boolean
  )
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  wallet public.user_tokens;
  entry public.token_transactions;
  known public.token_transactions;
begin
  perform private.require_metadata(p_metadata);
  entry.kind := p_kind;
  entry.amount := p_amount;
  entry.reference := p_reference;
  entry.metadata := p_metadata;
  entry.requested_by := private.requester(p_session_id);

  -- The lock comes first: whatever is read below stays true until commit.
  wallet := private.prepare_wallet(p_user_id, p_session_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request(p_kind, p_amount::text, p_reference, p_metadata::text);
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  if replayed then
    entry := known;
  else
    perform private.require_balance(wallet, p_amount);
    entry := private.post_entry(wallet, entry);
  end if;
  return query select
    entry.id, entry.balance_after, entry.held_after, entry.debt_after, entry.created_at, replayed;
end;
$function$;

COMMENT ON FUNCTION "private"."adjust_carefully"(uuid, integer, text, text, text, jsonb, uuid) IS 'What public.adjust_tokens does to any wallet, one step after the other, with the same refusals.';

REVOKE ALL ON FUNCTION "private"."adjust_carefully"(uuid, integer, text, text, text, jsonb, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."adjust_carefully"(uuid, integer, text, text, text, jsonb, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."adjust_carefully"(uuid, integer, text, text, text, jsonb, uuid) TO "postgres";
