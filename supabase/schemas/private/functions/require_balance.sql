CREATE OR REPLACE FUNCTION private.require_balance (
  p_wallet public.user_tokens,
  p_amount integer
)
  RETURNS void
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  if p_wallet.token::bigint + p_amount < 0 then
    raise sqlstate 'PT402' using message = 'insufficient_tokens', detail = p_wallet.token::text;
  end if;
  -- A debt is paid before the balance grows.
  if p_wallet.token::bigint + p_wallet.held + p_amount - least(p_wallet.debt, greatest(p_amount, 0)) > 2147483647 then
    raise sqlstate 'PT422' using message = 'balance_limit';
  end if;
end;
$function$;

COMMENT ON FUNCTION "private"."require_balance"(public.user_tokens, integer) IS 'Refuses a change that a wallet cannot take. PT402 insufficient_tokens (detail: the balance), PT422 balance_limit.';

REVOKE ALL ON FUNCTION "private"."require_balance"(public.user_tokens, integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."require_balance"(public.user_tokens, integer) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."require_balance"(public.user_tokens, integer) TO "postgres";
