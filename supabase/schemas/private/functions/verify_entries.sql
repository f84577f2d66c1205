CREATE OR REPLACE FUNCTION private.verify_entries (
  p_after_user_id uuid,
  p_after_id      bigint,
  p_to_user_id    uuid,
  p_to_id         bigint
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
  with wrong as (
    select
      t.user_id, t.id, t.balance_after, t.held_after, t.debt_after, t.created_at,
      case when before.id is null then 0 else t.id - 1 end as id_before,
      coalesce(before.balance_after, 0) + t.amount::bigint as expected_balance,
      coalesce(before.held_after, 0) - (
        case when t.kind = 'hold' then t.amount when t.hold_id is not null then h.amount else 0 end
      )::bigint as expected_held,
      coalesce(before.debt_after, 0) + t.debt_change as expected_debt,
      before.created_at as not_before
    from public.token_transactions as t
    left join public.token_transactions as before on before.user_id = t.user_id and before.id = t.id - 1
    left join public.token_holds as h on h.user_id = t.user_id and h.id = t.hold_id
    where (t.user_id, t.id) > (p_after_user_id, p_after_id) and (t.user_id, t.id) <= (p_to_user_id, p_to_id)
      and (
        (before.id is null and t.id <> 1)
        or t.balance_after <> coalesce(before.balance_after, 0) + t.amount::bigint
        or t.held_after is distinct from coalesce(before.held_after, 0) - (
          case when t.kind = 'hold' then t.amount when t.hold_id is not null then h.amount else 0 end
        )::bigint
        or t.debt_after <> coalesce(before.debt_after, 0) + t.debt_change
        or t.created_at < before.created_at
      )
  )
  select w.user_id, 'the entry before entry ' || w.id || ' is missing', w.id - 1, w.id_before
  from wrong as w where w.id_before <> w.id - 1
  union all
  select w.user_id, 'balance_after of entry ' || w.id || ' does not follow from the one before',
    w.expected_balance, w.balance_after
  from wrong as w where w.balance_after <> w.expected_balance
  union all
  select w.user_id, 'held_after of entry ' || w.id || ' does not follow from the one before',
    w.expected_held, w.held_after
  from wrong as w where w.held_after is distinct from w.expected_held
  union all
  select w.user_id, 'debt_after of entry ' || w.id || ' does not follow from the one before',
    w.expected_debt, w.debt_after
  from wrong as w where w.debt_after <> w.expected_debt
  union all
  select w.user_id, 'entry ' || w.id || ' is dated before the one before it',
    extract(epoch from w.not_before)::bigint, extract(epoch from w.created_at)::bigint
  from wrong as w where w.created_at < w.not_before
  union all
  select t.user_id, 'a closed account does not end at 0', 0, t.balance_after + t.held_after + t.debt_after
  from public.token_transactions as t
  where (t.user_id, t.id) > (p_after_user_id, p_after_id) and (t.user_id, t.id) <= (p_to_user_id, p_to_id)
    and t.balance_after + t.held_after + t.debt_after > 0
    and not exists (select from public.user_tokens as w where w.user_id = t.user_id)
    and not exists (select from public.token_transactions as n where n.user_id = t.user_id and n.id = t.id + 1);
end;
$function$;

COMMENT ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) IS 'Every entry after one (user, id) up to another that does not follow from the entry before it. Where none does not, the last entry of each wallet carries the sums of all of them.';

REVOKE ALL ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_entries"(uuid, bigint, uuid, bigint) TO "postgres";
