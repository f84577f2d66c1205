CREATE OR REPLACE FUNCTION public.support_log_of (
  p_staff_id   uuid,
  p_session_id uuid,
  p_user_id    uuid,
  p_limit      integer,
  p_before     bigint  DEFAULT NULL::bigint
)
  RETURNS TABLE (
    id          bigint,
    staff_id    uuid,
    staff_email text,
    action      text,
    subject     text,
    reason      text,
    created_at  timestamp with time zone
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'log');
  return query
    select l.id, l.staff_id, u.email::text, l.action, l.subject, l.reason, l.created_at
    from public.support_log as l left join auth.users as u on u.id = l.staff_id
    where l.user_id = p_user_id and (p_before is null or l.id < p_before)
    order by l.id desc limit p_limit;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_log_of"(uuid, uuid, uuid, integer, bigint) TO "service_role";

COMMENT ON FUNCTION "public"."support_log_of"(uuid, uuid, uuid, integer, bigint) IS 'What the staff looked at and did for a person, newest first, for a member of staff. Refusals as private.look_at has them.';

REVOKE ALL ON FUNCTION "public"."support_log_of"(uuid, uuid, uuid, integer, bigint) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_log_of"(uuid, uuid, uuid, integer, bigint) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_log_of"(uuid, uuid, uuid, integer, bigint) FROM PUBLIC, "anon", "authenticated";
