CREATE OR REPLACE FUNCTION private.verify_wallets (
  p_after_user_id uuid,
  p_to_user_id    uuid
)
  RETURNS TABLE (
    user_id  uuid,
    problem  text,
    expected bigint,
    found    bigint
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
begin
  return query
  with portion as (
    select
      w.user_id, w.entries, w.token, w.held, w.debt,
      coalesce(last.id, 0) as last_id,
      later.id as later_id,
      coalesce(last.balance_after, 0) as last_balance,
      coalesce(last.held_after, 0) as last_held,
      coalesce(last.debt_after, 0) as last_debt,
      coalesce(open.amount, 0)::bigint as open_amount
    from public.user_tokens as w
    left join public.token_transactions as last on last.user_id = w.user_id and last.id = w.entries
    left join public.token_transactions as later on later.user_id = w.user_id and later.id = w.entries + 1
    left join (
      select h.user_id, sum(h.amount) as amount from public.token_holds as h
      where h.status = 'held' and h.user_id > p_after_user_id and h.user_id <= p_to_user_id
      group by h.user_id
    ) as open on open.user_id = w.user_id
    where w.user_id > p_after_user_id and w.user_id <= p_to_user_id
  ),
  wrong as (
    select * from portion
    where entries <> last_id or later_id is not null or token <> last_balance or held <> last_held
      or debt <> last_debt or held <> open_amount or (debt > 0 and token > 0)
  )
  select w.user_id, 'the last entry is not the one that the wallet counts', w.entries, coalesce(w.later_id, w.last_id)
  from wrong as w where w.entries <> w.last_id or w.later_id is not null
  union all
  select w.user_id, 'the balance is not the sum of the ledger', w.last_balance::bigint, w.token::bigint
  from wrong as w where w.token <> w.last_balance
  union all
  select w.user_id, 'the held sum is not the one of the ledger', w.last_held::bigint, w.held::bigint
  from wrong as w where w.held <> w.last_held
  union all
  select w.user_id, 'the debt is not the sum of the ledger', w.last_debt, w.debt
  from wrong as w where w.debt <> w.last_debt
  union all
  select w.user_id, 'there is a balance beside a debt', 0, w.token::bigint
  from wrong as w where w.debt > 0 and w.token > 0
  union all
  select w.user_id, 'the held sum is not the sum of the open holds', w.open_amount, w.held::bigint
  from wrong as w where w.held <> w.open_amount;
end;
$function$;

COMMENT ON FUNCTION "private"."verify_wallets"(uuid, uuid) IS 'Every wallet after one user up to another that disagrees with its last entry or its open holds.';

REVOKE ALL ON FUNCTION "private"."verify_wallets"(uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_wallets"(uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_wallets"(uuid, uuid) TO "postgres";
