CREATE OR REPLACE FUNCTION private.close_account()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '5s'
  AS $function$
declare
  pseudonym constant uuid := gen_random_uuid();
begin
  perform private.close_wallet(private.prepare_wallet(old.id));
  delete from public.profiles where user_id = old.id;
  delete from public.notices where user_id = old.id;
  -- What providers said of the person goes.
  update public.payment_events as e set payload = '{}'
  from public.purchases as p
  where p.user_id = old.id and e.provider = p.provider and e.payment_id = p.payment_id;
  update public.payment_events as e set payload = '{}'
  from public.purchases as p
  where p.user_id = old.id and e.purchase_id = p.id;
  -- One pseudonym for the whole account, recorded nowhere: the books stay checkable, the person is gone.
  update public.purchases set user_id = pseudonym, idempotency_key = null where user_id = old.id;
  update public.token_holds set user_id = pseudonym, reference = null, metadata = '{}' where user_id = old.id;
  update public.token_transactions
  set user_id = pseudonym, reference = null, idempotency_key = null, request_hash = null, metadata = '{}'
  where user_id = old.id;
  update public.support_log
  set user_id = pseudonym, reason = case when reason is not null then 'account closed' end
  where user_id = old.id;
  return old;
end;
$function$;

COMMENT ON FUNCTION "private"."close_account"() IS 'Before a user is deleted: closes the wallet, removes the profile and the notices, and takes the name off holds, ledger, purchases and the support log. The account''s row is locked by then, the wallet next: whoever holds a wallet never waits for an account.';

REVOKE ALL ON FUNCTION "private"."close_account"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."close_account"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."close_account"() TO "postgres";
