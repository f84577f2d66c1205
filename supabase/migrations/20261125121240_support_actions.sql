-- What the staff does for a person: each with a reason and a key, and a line in the support log beside its effect.

create function private.begin_action(p_line public.support_log, p_session_id uuid)
returns public.support_log
language plpgsql
set search_path = ''
as $$
declare
  known public.support_log;
begin
  perform private.enter_desk(p_line.staff_id, p_session_id);
  if p_line.user_id = p_line.staff_id then
    raise sqlstate 'PT403' using message = 'own_account';
  end if;
  select * into known from public.support_log
  where staff_id = p_line.staff_id and idempotency_key = p_line.idempotency_key;
  if known.request_hash <> p_line.request_hash then
    raise sqlstate 'PT422' using message = 'idempotency_key_reused';
  end if;
  return known;
end;
$$;
comment on function private.begin_action is
  'Lets a member of staff act, on an account that is not their own, and returns the line that was written before under '
  'the key of p_line; null where there is none. PT401 session_ended, PT403 staff_required, PT403 own_account, '
  'PT422 idempotency_key_reused, PT503 request_expired.';

create function private.begin_entry(p_line public.support_log, p_session_id uuid)
returns public.user_tokens
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens := private.prepare_wallet(p_line.user_id);
begin
  -- The wallet may have been waited for.
  perform private.require_staff(p_line.staff_id, p_session_id);
  return wallet;
end;
$$;
comment on function private.begin_entry is
  'Locks the wallet that a member of staff acts on. Refusals as private.prepare_wallet and private.require_staff have '
  'them.';

create function private.end_action(p_line public.support_log, p_answer jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  line public.support_log := p_line;
begin
  line.answer := p_answer;
  perform private.note_support(line);
  return p_answer || '{"replayed": false}';
end;
$$;
comment on function private.end_action is
  'Notes what a member of staff did, and returns the answer to it. PT429 too_many_requests.';

create function private.entry_of_staff(p_line public.support_log)
returns public.token_transactions
language plpgsql
immutable
set search_path = ''
as $$
declare
  entry public.token_transactions;
begin
  entry.requested_by := 'staff';
  entry.metadata := jsonb_build_object('reason', p_line.reason, 'actor', p_line.staff_id);
  return entry;
end;
$$;
comment on function private.entry_of_staff is
  'The part of a ledger line that says which member of staff made it, and why.';

create function private.answer_of_entry(p_entry public.token_transactions)
returns jsonb
language sql
immutable
set search_path = ''
return jsonb_build_object(
  'transaction_id', p_entry.id, 'amount', p_entry.amount, 'token', p_entry.balance_after, 'held', p_entry.held_after,
  'debt', p_entry.debt_after, 'updated_at', p_entry.created_at
);
comment on function private.answer_of_entry is 'What an action that made an entry is answered with.';

create function public.support_adjust(
  p_staff_id uuid,
  p_session_id uuid,
  p_user_id uuid,
  p_amount integer,
  p_reason text,
  p_idempotency_key text,
  p_reference text default null
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
$$;
comment on function public.support_adjust is
  'Credits (p_amount above 0) or debits a person by up to 100,000 tokens, by a member of staff, whom the entry names '
  'with the reason. Refusals: those of private.begin_action, begin_entry, require_balance and end_action, and '
  'PT422 validation_failed.';
grant execute on function public.support_adjust to service_role;

create function public.support_reverse(
  p_staff_id uuid,
  p_session_id uuid,
  p_user_id uuid,
  p_transaction_id bigint,
  p_reason text,
  p_idempotency_key text,
  p_allow_partial boolean default false
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
  wallet public.user_tokens;
  entry public.token_transactions;
begin
  line.staff_id := p_staff_id;
  line.user_id := p_user_id;
  line.action := 'reverse';
  line.subject := p_transaction_id::text;
  line.reason := p_reason;
  line.idempotency_key := p_idempotency_key;
  line.request_hash := private.hash_request(
    'reverse', p_user_id::text, p_transaction_id::text, p_reason, p_allow_partial::text
  );
  known := private.begin_action(line, p_session_id);
  if known.id is not null then
    return known.answer || '{"replayed": true}';
  end if;

  wallet := private.begin_entry(line, p_session_id);
  entry := private.entry_of_staff(line);
  entry.reverses := p_transaction_id;
  entry := private.reverse_entry(wallet, entry, p_allow_partial);
  return private.end_action(line, private.answer_of_entry(entry));
end;
$$;
comment on function public.support_reverse is
  'Takes back one add, deduct or adjustment of a person, once, by a member of staff. p_allow_partial: take what is '
  'left where the balance is short. Refusals: those of private.begin_action, begin_entry, reverse_entry and '
  'end_action.';
grant execute on function public.support_reverse to service_role;

create function public.support_release(
  p_staff_id uuid, p_session_id uuid, p_user_id uuid, p_hold_id uuid, p_reason text, p_idempotency_key text
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
$$;
comment on function public.support_release is
  'Gives all tokens of a person''s hold back, whoever placed it, by a member of staff. Refusals: those of '
  'private.begin_action, begin_entry, require_open and end_action, and PT404 hold_not_found.';
grant execute on function public.support_release to service_role;
