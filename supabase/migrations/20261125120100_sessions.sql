-- Who may still write: a request whose caller waits for it, of a session that is signed in.

create function private.deadline()
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  -- PostgREST hands over the request's headers. Calls in SQL have none, and no deadline.
  return to_timestamp((
    nullif(current_setting('request.headers', true), '')::json ->> 'x-request-deadline'
  )::bigint / 1000.0);
end;
$$;
comment on function private.deadline is
  'Until when the request may still do something: its x-request-deadline (Unix time in milliseconds); null for none.';

create function private.require_time()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if clock_timestamp() > private.deadline() then
    raise sqlstate 'PT503' using message = 'request_expired';
  end if;
end;
$$;
comment on function private.require_time is
  'Refuses a request that waited past its deadline: its caller has been told that nothing happened, or soon will be. '
  'Called after the last lock that may be waited for. PT503 request_expired.';

create function private.require_session(p_user_id uuid, p_session_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  session_aal text;
begin
  -- An access token outlives sign-out, a ban and the account itself; the session does not.
  select session.aal::text into session_aal
  from auth.sessions as session
  join auth.users as owner on owner.id = session.user_id
  where session.id = p_session_id
    and session.user_id = p_user_id
    and (session.not_after is null or session.not_after > now())
    and (owner.banned_until is null or owner.banned_until <= now())
    and owner.deleted_at is null;
  if not found then
    raise sqlstate 'PT401' using message = 'session_ended';
  end if;
  if session_aal is distinct from 'aal2'
    and nullif(current_setting('request.headers', true), '')::json ->> 'x-require-aal2' = 'true'
    and exists (select from auth.mfa_factors where user_id = p_user_id and status = 'verified')
  then
    raise sqlstate 'PT403' using message = 'insufficient_aal';
  end if;
end;
$$;
comment on function private.require_session is
  'Refuses a user whose session is signed out or past its end, who is banned, or whose account is deleted: PT401 '
  'session_ended. Where the request''s x-require-aal2 is true, also one who has a second factor and did not show it in '
  'this session: PT403 insufficient_aal.';
