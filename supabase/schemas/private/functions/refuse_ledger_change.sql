CREATE OR REPLACE FUNCTION private.refuse_ledger_change()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  -- The one change there is: the rows of a closed account lose its name, never a number.
  if tg_op = 'UPDATE'
    and (new.id, new.amount, new.balance_after, new.held_after, new.debt_change, new.debt_after)
      = (old.id, old.amount, old.balance_after, old.held_after, old.debt_change, old.debt_after)
    and (new.kind, new.requested_by, new.created_at) = (old.kind, old.requested_by, old.created_at)
    and (new.hold_id, new.reverses, new.purchase_id) is not distinct from (old.hold_id, old.reverses, old.purchase_id)
    and (new.reference, new.idempotency_key, new.request_hash) is null
    and new.metadata = '{}'
    and new.user_id <> old.user_id
    and not exists (select from public.user_tokens where user_id = old.user_id)
  then
    return new;
  end if;
  raise exception 'token_transactions is append-only' using errcode = 'restrict_violation';
end;
$function$;

COMMENT ON FUNCTION "private"."refuse_ledger_change"() IS 'Keeps the ledger append-only for every role, its owner included.';

REVOKE ALL ON FUNCTION "private"."refuse_ledger_change"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."refuse_ledger_change"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."refuse_ledger_change"() TO "postgres";
