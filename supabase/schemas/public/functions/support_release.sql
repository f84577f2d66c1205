CREATE OR REPLACE FUNCTION public.support_release (
  p_staff_id        uuid,
  p_session_id      uuid,
  p_user_id         uuid,
  p_hold_id         uuid,
  p_reason          text,
  p_idempotency_key text
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
  hold public.token_holds;
  entry public.token_transactions;
begin
  line.staff_id := p_staff_id;
  line.user_id := p_user_id;
  line.action := 'release';
  line.subject := p_hold_id::text;
  line.reason := p_reason;
  line.idempotency_key := p_idempotency_key;
  line.request_hash := private.hash_request('release', p_user_id::text, p_hold_id::text, p_reason);
  known := private.begin_action(line, p_session_id);
  if known.id is not null then
    return known.answer || '{"replayed": true}';
  end if;

  wallet := private.begin_entry(line, p_session_id);
  select * into hold from public.token_holds where user_id = p_user_id and id = p_hold_id;
  if not found then
    raise sqlstate 'PT404' using message = 'hold_not_found';
  end if;
  perform private.require_open(hold);
  hold.status := 'released';
  entry := private.end_hold(wallet, hold, private.entry_of_staff(line));
  return private.end_action(line, private.answer_of_entry(entry));
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_release"(uuid, uuid, uuid, uuid, text, text) TO "service_role";

COMMENT ON FUNCTION "public"."support_release"(uuid, uuid, uuid, uuid, text, text) IS 'Gives all tokens of a person''s hold back, whoever placed it, by a member of staff. Refusals: those of private.begin_action, begin_entry, require_open and end_action, and PT404 hold_not_found.';

REVOKE ALL ON FUNCTION "public"."support_release"(uuid, uuid, uuid, uuid, text, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_release"(uuid, uuid, uuid, uuid, text, text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_release"(uuid, uuid, uuid, uuid, text, text) FROM PUBLIC, "anon", "authenticated";
