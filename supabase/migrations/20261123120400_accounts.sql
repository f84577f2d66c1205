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
comment on function private.open_wallet_of_new_user() is 'Opens a wallet at 0 with every new user, and never fails the sign-up.';

create trigger open_wallet after insert on auth.users
  for each row execute function private.open_wallet_of_new_user();

create function private.close_account()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  wallet public.user_tokens := private.lock_wallet(old.id);
  hold public.token_holds;
  pseudonym uuid := gen_random_uuid();
begin
  for hold in select * from public.token_holds where user_id = old.id and status = 'held' loop
    perform private.end_hold(hold, 'released');
    wallet.token := wallet.token + hold.amount;
  end loop;
  if wallet.token > 0 then
    perform private.post_entry(old.id, 'closing', -wallet.token);
  end if;
  delete from public.user_tokens where user_id = old.id;
  -- One pseudonym for the whole account, recorded nowhere: the books stay checkable, the person is gone.
  update public.token_holds set user_id = pseudonym, reference = null, metadata = '{}' where user_id = old.id;
  update public.token_transactions
  set user_id = pseudonym, reference = null, idempotency_key = null, request_hash = null, metadata = '{}'
  where user_id = old.id;
  return old;
end;
$$;
comment on function private.close_account() is
  'Before a user is deleted: releases what is held, enters what is left as closing, removes the wallet '
  'and takes the name off holds and ledger.';

create trigger close_account before delete on auth.users
  for each row execute function private.close_account();

-- Users who were there before this migration.
insert into public.user_tokens (user_id) select id from auth.users on conflict (user_id) do nothing;
