-- Users see their sessions and end them one by one.

create function public.require_session(p_user_id uuid, p_session_id uuid)
returns void
language sql
stable
security definer
set search_path = ''
begin atomic
  select private.require_session(p_user_id, p_session_id);
end;
comment on function public.require_session is
  'Refuses as private.require_session does, which moves tokens: for what Auth lets a session do that is past its end.';
grant execute on function public.require_session to service_role;

create function public.list_sessions(p_user_id uuid)
returns table (
  id uuid, created_at timestamptz, refreshed_at timestamptz, not_after timestamptz, user_agent text, ip text, aal text
)
language sql
stable
security definer
set search_path = ''
begin atomic
  select s.id, s.created_at, s.refreshed_at at time zone 'UTC', s.not_after, s.user_agent, host(s.ip), s.aal::text
  from auth.sessions as s
  where s.user_id = p_user_id and (s.not_after is null or s.not_after > now())
  order by s.created_at desc, s.id
  limit 100;
end;
comment on function public.list_sessions is
  'Returns the newest 100 sessions of a user that are signed in: when they began and were refreshed last, from where '
  'and by what program, and how surely it was the user (aal1, or aal2 with a second factor).';
grant execute on function public.list_sessions to service_role;

create function public.end_session(p_user_id uuid, p_session_id uuid, p_ended_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform private.require_session(p_user_id, p_session_id);
  delete from auth.sessions where id = p_ended_id and user_id = p_user_id;
  if not found then
    raise sqlstate 'PT404' using message = 'session_not_found';
  end if;
end;
$$;
comment on function public.end_session is
  'Ends the session p_ended_id of a user, with its refresh tokens, as its session p_session_id asks. PT401 '
  'session_ended, PT404 session_not_found.';
grant execute on function public.end_session to service_role;
