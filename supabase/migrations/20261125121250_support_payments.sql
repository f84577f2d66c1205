-- What the staff does about payments: has an event tried again, and has the providers asked.

create function public.support_retry(
  p_staff_id uuid, p_session_id uuid, p_provider text, p_event_id text, p_reason text, p_idempotency_key text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  line public.support_log;
  known public.support_log;
  event public.payment_events;
  tried record;
begin
  line.staff_id := p_staff_id;
  line.action := 'retry';
  line.subject := p_provider || ' ' || p_event_id;
  line.reason := p_reason;
  line.idempotency_key := p_idempotency_key;
  line.request_hash := private.hash_request('retry', p_provider, p_event_id, p_reason);
  select * into event from public.payment_events as e where e.provider = p_provider and e.event_id = p_event_id;
  -- Null where it is about nobody, or about an account that was deleted.
  select u.id into line.user_id from auth.users as u where u.id = (private.find_purchase(event)).user_id;
  known := private.begin_action(line, p_session_id);
  if known.id is not null then
    return known.answer || '{"replayed": true}';
  end if;
  if event.event_id is null then
    raise sqlstate 'PT404' using message = 'event_not_found';
  end if;

  perform private.lock_payment(event);
  -- Looked at again: it may have been followed while this waited.
  select * into event from public.payment_events as e where e.provider = p_provider and e.event_id = p_event_id;
  if event.review_reason is null then
    raise sqlstate 'PT409' using message = 'event_not_in_review';
  end if;
  event.attempts := event.attempts + 1;
  select * into tried from private.try_event(event);
  -- The payment and the wallet may have been waited for.
  perform private.require_time();
  perform private.require_staff(p_staff_id, p_session_id);
  return private.end_action(line, jsonb_build_object('outcome', tried.outcome, 'review_reason', tried.reason));
end;
$$;
comment on function public.support_retry is
  'Tries an event again that is under review, by a member of staff, whenever it would be due. Returns its outcome as '
  'apply_payment_event does. Refusals: those of private.begin_action and end_action, PT404 event_not_found, '
  'PT409 event_not_in_review.';
grant execute on function public.support_retry to service_role;

create function public.support_reconcile(
  p_staff_id uuid, p_session_id uuid, p_reason text, p_idempotency_key text
)
returns boolean
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  line public.support_log;
  known public.support_log;
begin
  line.staff_id := p_staff_id;
  line.action := 'reconcile';
  line.reason := p_reason;
  line.idempotency_key := p_idempotency_key;
  line.request_hash := private.hash_request('reconcile', p_reason);
  known := private.begin_action(line, p_session_id);
  if known.id is null then
    perform private.end_action(line, '{}');
  end if;
  return known.id is not null;
end;
$$;
comment on function public.support_reconcile is
  'Notes that a member of staff has the providers asked, once for each key, and returns whether it was noted before. '
  'Refusals: those of private.begin_action and end_action.';
grant execute on function public.support_reconcile to service_role;
