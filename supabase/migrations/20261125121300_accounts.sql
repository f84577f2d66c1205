-- The wallet comes and goes with the account.

create function private.open_wallet_of_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.user_tokens (user_id) values (new.id) on conflict (user_id) do nothing;
  return new;
exception when others then
  -- A sign-up must not fail for this: the wallet opens at its first use instead.
  raise warning 'the wallet of user % was not opened: %', new.id, sqlerrm;
  return new;
end;
$$;
comment on function private.open_wallet_of_new_user is
  'Opens a wallet at 0 with every new user, and never fails the sign-up.';

create trigger open_wallet after insert on auth.users
  for each row execute function private.open_wallet_of_new_user();

create function public.record_sign_in(p_user_id uuid)
returns table (token integer, held integer, debt bigint, updated_at timestamptz)
language plpgsql
security definer
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  max_sessions constant integer := 100;
begin
  return query select b.token, b.held, b.debt, b.updated_at from public.token_balances as b where b.user_id = p_user_id;
  if not found then
    return query select * from public.open_wallet(p_user_id);
  end if;
  -- After the wallet, should it have been locked: the account's deletion comes to the sessions last as well.
  delete from auth.sessions where id in (
    select session.id from auth.sessions as session where session.user_id = p_user_id
    order by session.created_at desc, session.id offset max_sessions
  );
end;
$$;
comment on function public.record_sign_in is
  'Returns the balance of a user who has just signed in, opening the wallet at 0 where it is missing, and ends all but '
  'the newest 100 of their sessions. PT404 user_not_found.';
grant execute on function public.record_sign_in to service_role;

create function private.close_wallet(p_wallet public.user_tokens)
returns void
language plpgsql
set search_path = ''
as $$
declare
  wallet public.user_tokens := p_wallet;
  hold public.token_holds;
  entry public.token_transactions;
begin
  entry.requested_by := 'system';
  for hold in select * from public.token_holds where user_id = wallet.user_id and status = 'held' loop
    hold.status := 'released';
    perform private.end_hold(wallet, hold, entry);
    select * into strict wallet from public.user_tokens where user_id = p_wallet.user_id;
  end loop;
  if wallet.token > 0 or wallet.debt > 0 then
    entry.kind := 'closing';
    entry.amount := -wallet.token;
    entry.debt_change := -wallet.debt;
    perform private.post_entry(wallet, entry);
  end if;
  delete from public.user_tokens where user_id = wallet.user_id;
end;
$$;
comment on function private.close_wallet is
  'Releases what a locked wallet holds, enters what is left of balance and debt as closing, and removes it.';

create function private.close_account()
returns trigger
language plpgsql
security definer
set search_path = ''
set lock_timeout = '5s'
as $$
declare
  pseudonym constant uuid := gen_random_uuid();
begin
  perform private.close_wallet(private.prepare_wallet(old.id));
  delete from public.profiles where user_id = old.id;
  delete from public.notices where user_id = old.id;
  -- What providers said of the person goes.
  update public.payment_events as e set payload = '{}'
  from public.purchases as p
  where p.user_id = old.id and e.provider = p.provider and e.payment_id = p.payment_id;
  update public.payment_events as e set payload = '{}'
  from public.purchases as p
  where p.user_id = old.id and e.purchase_id = p.id;
  -- One pseudonym for the whole account, recorded nowhere: the books stay checkable, the person is gone.
  update public.purchases set user_id = pseudonym, idempotency_key = null where user_id = old.id;
  update public.token_holds set user_id = pseudonym, reference = null, metadata = '{}' where user_id = old.id;
  update public.token_transactions
  set user_id = pseudonym, reference = null, idempotency_key = null, request_hash = null, metadata = '{}'
  where user_id = old.id;
  update public.support_log
  set user_id = pseudonym, reason = case when reason is not null then 'account closed' end
  where user_id = old.id;
  return old;
end;
$$;
comment on function private.close_account is
  'Before a user is deleted: closes the wallet, removes the profile and the notices, and takes the name off holds, '
  'ledger, purchases and the support log. The account''s row is locked by then, the wallet next: whoever holds a '
  'wallet never waits for an account.';

create trigger close_account before delete on auth.users
  for each row execute function private.close_account();

-- Users who were there before this migration.
insert into public.user_tokens (user_id) select id from auth.users on conflict (user_id) do nothing;
