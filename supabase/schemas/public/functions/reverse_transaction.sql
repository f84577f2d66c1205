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
  original public.token_transactions;
  entry public.token_transactions;
  known public.token_transactions;
  credited bigint;
  taken bigint;
begin
  perform private.require_metadata(p_metadata);
  entry.kind := 'reversal';
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
    select * into original from public.token_transactions as t
    where t.user_id = p_user_id and t.id = p_transaction_id;
    if not found then
      raise sqlstate 'PT404' using message = 'transaction_not_found';
    end if;
    if original.kind not in ('add', 'deduct', 'adjustment') then
      raise sqlstate 'PT409' using message = 'transaction_not_reversible';
    end if;
    if exists (
      select from public.token_transactions as t where t.user_id = p_user_id and t.reverses = p_transaction_id
    ) then
      raise sqlstate 'PT409' using message = 'transaction_already_reversed';
    end if;

    credited := original.amount - original.debt_change;
    if credited < 0 then
      -- A debit is given back, like any credit: it pays a debt first.
      entry.amount := -credited;
      perform private.require_balance(wallet, entry.amount);
    else
      -- A credit is taken back: out of the balance, and what is not there as the debt that it had paid.
      taken := least(credited, wallet.token);
      entry.debt_change := least(credited - taken, -original.debt_change);
      if taken + entry.debt_change < credited and (not p_allow_partial or taken + entry.debt_change = 0) then
        perform private.require_balance(wallet, (entry.debt_change - credited)::integer);
      end if;
      entry.amount := -taken;
    end if;
    entry := private.post_entry(wallet, entry);
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
