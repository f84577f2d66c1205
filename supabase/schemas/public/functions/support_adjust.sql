CREATE OR REPLACE FUNCTION public.support_adjust (
  p_staff_id        uuid,
  p_session_id      uuid,
  p_user_id         uuid,
  p_amount          integer,
  p_reason          text,
  p_idempotency_key text,
  p_reference       text    DEFAULT NULL::text
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
  if p_amount is null or abs(p_amount::bigint) not between 1 and 100000 then
    raise sqlstate 'PT422' using message = 'validation_failed',
      detail = 'the staff adjusts by -100000 to 100000 tokens, not by 0';
  end if;
  line.staff_id := p_staff_id;
  line.user_id := p_user_id;
  line.action := 'adjust';
  line.reason := p_reason;
  line.idempotency_key := p_idempotency_key;
  line.request_hash := private.hash_request('adjust', p_user_id::text, p_amount::text, p_reason, p_reference);
  known := private.begin_action(line, p_session_id);
  if known.id is not null then
    return known.answer || '{"replayed": true}';
  end if;

  wallet := private.begin_entry(line, p_session_id);
  perform private.require_balance(wallet, p_amount);
  entry := private.entry_of_staff(line);
  entry.kind := 'adjustment';
  entry.amount := p_amount;
  entry.reference := p_reference;
  entry := private.post_entry(wallet, entry);
  line.subject := entry.id::text;
  return private.end_action(line, private.answer_of_entry(entry));
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_adjust"(uuid, uuid, uuid, integer, text, text, text) TO "service_role";

COMMENT ON FUNCTION "public"."support_adjust"(uuid, uuid, uuid, integer, text, text, text) IS 'Credits (p_amount above 0) or debits a person by up to 100,000 tokens, by a member of staff, whom the entry names with the reason. Refusals: those of private.begin_action, begin_entry, require_balance and end_action, and PT422 validation_failed.';

REVOKE ALL ON FUNCTION "public"."support_adjust"(uuid, uuid, uuid, integer, text, text, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_adjust"(uuid, uuid, uuid, integer, text, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_adjust"(uuid, uuid, uuid, integer, text, text, text) FROM PUBLIC, "anon", "authenticated";
