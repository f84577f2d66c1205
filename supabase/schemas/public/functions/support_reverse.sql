CREATE OR REPLACE FUNCTION public.support_reverse (
  p_staff_id        uuid,
  p_session_id      uuid,
  p_user_id         uuid,
  p_transaction_id  bigint,
  p_reason          text,
  p_idempotency_key text,
  p_allow_partial   boolean DEFAULT false
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  line public.support_log;
  known public.support_log;
  wallet public.user_tokens;
  entry public.token_transactions;
begin
  line.staff_id := p_staff_id;
  line.user_id := p_user_id;
  line.action := 'reverse';
  line.subject := p_transaction_id::text;
  line.reason := p_reason;
  line.idempotency_key := p_idempotency_key;
  line.request_hash := private.hash_request(
    'reverse', p_user_id::text, p_transaction_id::text, p_reason, p_allow_partial::text
  );
  known := private.begin_action(line, p_session_id);
  if known.id is not null then
    return known.answer || '{"replayed": true}';
  end if;

  wallet := private.begin_entry(line, p_session_id);
  entry := private.entry_of_staff(line);
  entry.reverses := p_transaction_id;
  entry := private.reverse_entry(wallet, entry, p_allow_partial);
  return private.end_action(line, private.answer_of_entry(entry));
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_reverse"(uuid, uuid, uuid, bigint, text, text, boolean) TO "service_role";

COMMENT ON FUNCTION "public"."support_reverse"(uuid, uuid, uuid, bigint, text, text, boolean) IS 'Takes back one add, deduct or adjustment of a person, once, by a member of staff. p_allow_partial: take what is left where the balance is short. Refusals: those of private.begin_action, begin_entry, reverse_entry and end_action.';

REVOKE ALL ON FUNCTION "public"."support_reverse"(uuid, uuid, uuid, bigint, text, text, boolean) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_reverse"(uuid, uuid, uuid, bigint, text, text, boolean) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_reverse"(uuid, uuid, uuid, bigint, text, text, boolean) FROM PUBLIC, "anon", "authenticated";
