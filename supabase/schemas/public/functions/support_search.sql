CREATE OR REPLACE FUNCTION public.support_search (
  p_staff_id   uuid,
  p_session_id uuid,
  p_email      text DEFAULT NULL::text,
  p_user_id    uuid DEFAULT NULL::uuid,
  p_payment_id text DEFAULT NULL::text
)
  RETURNS TABLE (
    user_id    uuid,
    email      text,
    created_at timestamp with time zone,
    events     jsonb
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  line public.support_log;
  found_ids uuid[];
begin
  perform private.enter_desk(p_staff_id, p_session_id);
  line.staff_id := p_staff_id;
  line.action := 'search';
  found_ids := case
    when p_user_id is not null then array[p_user_id]
    -- As Auth keeps addresses. Those of single sign-on are not unique, and have no index.
    when p_email is not null then array(
      select u.id from auth.users as u where u.email = lower(p_email) and u.is_sso_user = false
    )
    else array(
      select p.user_id from public.purchases as p
      where p.provider in ('standard', 'stripe') and p.payment_id = p_payment_id
      union
      -- A payment that changed nothing may still name its purchase.
      select p.user_id from public.payment_events as e join public.purchases as p on p.id = e.purchase_id
      where e.provider in ('standard', 'stripe') and e.payment_id = p_payment_id
    )
  end;
  events := coalesce(
    (
      select jsonb_agg(event) from unnest(array['standard', 'stripe']) as provider,
        jsonb_array_elements(private.events_of(provider, p_payment_id, null)) as event
    ),
    '[]'
  );
  for user_id, email, created_at in
    select u.id, u.email, u.created_at from auth.users as u where u.id = any (found_ids) order by u.created_at, u.id
  loop
    line.user_id := user_id;
    perform private.note_support(line);
    return next;
  end loop;
  if line.user_id is null then
    perform private.note_support(line);
    -- What a provider says of a payment that belongs to nobody here.
    if events <> '[]' then
      user_id := null;
      return next;
    end if;
  end if;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_search"(uuid, uuid, text, uuid, text) TO "service_role";

COMMENT ON FUNCTION "public"."support_search"(uuid, uuid, text, uuid, text) IS 'The accounts of an e-mail address, of a user id, or of a payment as its provider names it, and with the last the newest events of the payment: on a row without an account where it is nobody''s. A search that finds nobody is noted as well. PT401 session_ended, PT403 staff_required, PT429 too_many_requests, PT503 request_expired.';

REVOKE ALL ON FUNCTION "public"."support_search"(uuid, uuid, text, uuid, text) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_search"(uuid, uuid, text, uuid, text) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_search"(uuid, uuid, text, uuid, text) FROM PUBLIC, "anon", "authenticated";
