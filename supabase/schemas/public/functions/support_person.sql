CREATE OR REPLACE FUNCTION public.support_person (
  p_staff_id   uuid,
  p_session_id uuid,
  p_user_id    uuid
)
  RETURNS TABLE (
    user_id         uuid,
    email           text,
    created_at      timestamp with time zone,
    last_sign_in_at timestamp with time zone,
    banned_until    timestamp with time zone,
    is_staff        boolean,
    token           integer,
    held            integer,
    debt            bigint,
    updated_at      timestamp with time zone
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'person');
  return query
    select
      u.id, u.email::text, u.created_at, u.last_sign_in_at, u.banned_until,
      coalesce(u.raw_app_meta_data ->> 'role' = 'support', false),
      coalesce(b.token, 0), coalesce(b.held, 0), coalesce(b.debt, 0), coalesce(b.updated_at, u.created_at)
    from auth.users as u left join public.token_balances as b on b.user_id = u.id
    where u.id = p_user_id;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_person"(uuid, uuid, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."support_person"(uuid, uuid, uuid) IS 'An account and its balance, for a member of staff. Refusals as private.look_at has them.';

REVOKE ALL ON FUNCTION "public"."support_person"(uuid, uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_person"(uuid, uuid, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_person"(uuid, uuid, uuid) FROM PUBLIC, "anon", "authenticated";
