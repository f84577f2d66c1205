CREATE OR REPLACE FUNCTION public.list_sessions (
  p_user_id uuid
)
  RETURNS TABLE (
    id           uuid,
    created_at   timestamp with time zone,
    refreshed_at timestamp with time zone,
    not_after    timestamp with time zone,
    user_agent   text,
    ip           text,
    aal          text
  )
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path TO ''
BEGIN ATOMIC
 SELECT s.id,
     s.created_at,
     (s.refreshed_at AT TIME ZONE 'UTC'::text)
  AS timezone,
     s.not_after,
     s.user_agent,
     host(s.ip) AS host,
     s.aal
    FROM auth.sessions s
   WHERE ((s.user_id = list_sessions.p_user_id) AND ((s.not_after IS NULL) OR (s.not_after > now())))
   ORDER BY s.created_at DESC, s.id
  LIMIT 100;
END;

GRANT EXECUTE ON FUNCTION "public"."list_sessions"(uuid) TO "service_role";

COMMENT ON FUNCTION "public"."list_sessions"(uuid) IS 'Returns the newest 100 sessions of a user that are signed in: when they began and were refreshed last, from where and by what program, and how surely it was the user (aal1, or aal2 with a second factor).';

REVOKE ALL ON FUNCTION "public"."list_sessions"(uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."list_sessions"(uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."list_sessions"(uuid) FROM PUBLIC, "anon", "authenticated";
