CREATE OR REPLACE FUNCTION public.reverse_transaction (
  p_user_id         uuid,
  p_transaction_id  bigint,
  p_metadata        jsonb,
  p_allow_partial   boolean DEFAULT false,
  p_idempotency_key text    DEFAULT NULL::text
)
  RETURNS TABLE (
    transaction_id bigint,
    amount         integer,
    token          integer,
    held           integer,
    debt           bigint,
    updated_at     timestamp with time zone,
    replayed       boolean
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  wallet public.user_tokens;
  entry public.token_transactions;
  known public.token_transactions;
begin
  perform private.require_metadata(p_metadata);
  entry.reverses := p_transaction_id;
  entry.metadata := p_metadata;
  entry.requested_by := 'server';

  wallet := private.prepare_wallet(p_user_id);
  if p_idempotency_key is not null then
    entry.idempotency_key := p_idempotency_key;
    entry.request_hash := private.hash_request(
      'reversal', p_transaction_id::text, p_metadata::text, p_allow_partial::text
    );
    known := private.find_entry(p_user_id, entry);
  end if;
  replayed := known.id is not null;
  if replayed then
    entry := known;
  else
    entry := private.reverse_entry(wallet, entry, p_allow_partial);
  end if;
  return query select
    entry.id, entry.amount, entry.balance_after, entry.held_after, entry.debt_after, entry.created_at, replayed;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."reverse_transaction"(uuid, bigint, jsonb, boolean, text) TO "service_role";

COMMENT ON FUNCTION "public"."reverse_transaction"(uuid, bigint, jsonb, boolean, text) IS 'Takes back one add, deduct or adjustment, once. p_allow_partial: take what is left where the balance is short. Refusals: PT404 transaction_not_found, PT409 transaction_already_reversed, PT409 transaction_not_reversible, PT402 insufficient_tokens (detail: the balance), PT422 balance_limit, PT422 idempotency_key_reused, PT422 validation_failed, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "public"."reverse_transaction"(uuid, bigint, jsonb, boolean, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."reverse_transaction"(uuid, bigint, jsonb, boolean, text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."reverse_transaction"(uuid, bigint, jsonb, boolean, text) FROM PUBLIC, "anon", "authenticated";
