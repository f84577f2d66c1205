-- The support desk: who of the staff may look at whom, and what they looked at and did.

create table public.support_log (
  id bigint generated always as identity primary key,
  staff_id uuid not null,
  -- No foreign keys: the log outlives both accounts, the person's under the pseudonym of their ledger.
  user_id uuid,
  action text not null
    constraint action_is_known check (
      action in (
        'search', 'person', 'transactions', 'holds', 'purchases', 'log',
        'adjust', 'reverse', 'release', 'retry', 'reconcile'
      )
    ),
  subject text
    constraint subject_is_bounded check (char_length(subject) between 1 and 300),
  reason text
    constraint reason_is_bounded check (char_length(reason) between 1 and 500),
  idempotency_key text
    constraint idempotency_key_is_bounded check (char_length(idempotency_key) between 1 and 255),
  request_hash bytea,
  answer jsonb,
  created_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  constraint key_does_one_thing unique (staff_id, idempotency_key),
  constraint actions_have_reason_and_key check (
    (action in ('adjust', 'reverse', 'release', 'retry', 'reconcile')) = (reason is not null)
    and (reason is null) = (idempotency_key is null)
    and (reason is null) = (request_hash is null)
    and (reason is null) = (answer is null)
  )
);
comment on table public.support_log is
  'Each look of the staff at a person''s data and each action of theirs, never changed or deleted. Written in the '
  'transaction of the look or the action. Holds ids: no address, and nothing of what was seen.';
comment on column public.support_log.user_id is
  'The person whom it was about; null for a search that found nobody and for what is about no single person.';
comment on column public.support_log.subject is
  'What of theirs an action was about: the id of an entry or a hold, or an event as its provider and its id.';
comment on column public.support_log.request_hash is
  'SHA-256 of the request that used idempotency_key, to tell a retry from a reuse.';
comment on column public.support_log.answer is 'What the action was answered with, for those who repeat its key.';

create index support_log_of_person on public.support_log (user_id, id desc) where user_id is not null;
create index support_log_of_staff on public.support_log (staff_id, created_at);

alter table public.support_log enable row level security;
grant select on public.support_log to service_role;
create policy "servers read the support log" on public.support_log for select to service_role using (true);

create function private.refuse_support_log_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- The one change there is: the lines about a closed account lose its name and what was written about it.
  if tg_op = 'UPDATE'
    and (new.id, new.staff_id, new.action, new.created_at) = (old.id, old.staff_id, old.action, old.created_at)
    and (new.subject, new.idempotency_key, new.request_hash, new.answer)
      is not distinct from (old.subject, old.idempotency_key, old.request_hash, old.answer)
    and new.user_id <> old.user_id
    and not exists (select from public.user_tokens where user_id = old.user_id)
  then
    return new;
  end if;
  raise exception 'support_log is append-only' using errcode = 'restrict_violation';
end;
$$;
comment on function private.refuse_support_log_change is
  'Keeps the support log append-only for every role, its owner included.';

create trigger refuse_row_change before update or delete on public.support_log
  for each row execute function private.refuse_support_log_change();
create trigger refuse_truncate before truncate on public.support_log
  for each statement execute function private.refuse_support_log_change();

create function private.require_staff(p_staff_id uuid, p_session_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  perform private.require_session(p_staff_id, p_session_id);
  -- A token says for up to an hour what somebody was when it was issued.
  if not exists (select from auth.users where id = p_staff_id and raw_app_meta_data ->> 'role' = 'support') then
    raise sqlstate 'PT403' using message = 'staff_required';
  end if;
end;
$$;
comment on function private.require_staff is
  'Refuses a session that is signed out, and whoever is no support staff by now. PT401 session_ended, '
  'PT403 staff_required.';

create function private.enter_desk(p_staff_id uuid, p_session_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- One request of a member of staff after the other, so that each sees what those before it wrote into the log.
  -- The first of all locks, and nobody else takes it.
  perform pg_advisory_xact_lock(hashtextextended('support ' || p_staff_id, 0));
  perform private.require_time();
  perform private.require_staff(p_staff_id, p_session_id);
end;
$$;
comment on function private.enter_desk is
  'Begins each function of the support desk. PT401 session_ended, PT403 staff_required, PT503 request_expired; 55P03 '
  'where another request of the same member of staff takes too long.';

create function private.note_support(p_line public.support_log)
returns void
language plpgsql
set search_path = ''
as $$
declare
  max_lines_per_hour constant integer := 1000;
begin
  if max_lines_per_hour <= (
    select count(*) from public.support_log
    where staff_id = p_line.staff_id and created_at > now() - interval '1 hour'
  ) then
    raise sqlstate 'PT429' using message = 'too_many_requests';
  end if;
  insert into public.support_log (staff_id, user_id, action, subject, reason, idempotency_key, request_hash, answer)
  values (
    p_line.staff_id, p_line.user_id, p_line.action, p_line.subject, p_line.reason, p_line.idempotency_key,
    p_line.request_hash, p_line.answer
  );
end;
$$;
comment on function private.note_support is
  'Writes a line into the support log. PT429 too_many_requests after 1,000 lines of a member of staff within an hour.';

create function private.look_at(p_staff_id uuid, p_session_id uuid, p_user_id uuid, p_part text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  line public.support_log;
begin
  perform private.enter_desk(p_staff_id, p_session_id);
  if not exists (select from auth.users where id = p_user_id) then
    raise sqlstate 'PT404' using message = 'user_not_found';
  end if;
  line.staff_id := p_staff_id;
  line.user_id := p_user_id;
  line.action := p_part;
  perform private.note_support(line);
end;
$$;
comment on function private.look_at is
  'Lets a member of staff look at a part of a person''s data, and notes it. PT401 session_ended, PT403 staff_required, '
  'PT404 user_not_found, PT429 too_many_requests, PT503 request_expired.';
