CREATE OR REPLACE FUNCTION private.require_open (
  p_hold public.token_holds
)
  RETURNS void
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  if p_hold.status <> 'held' then
    raise sqlstate 'PT409' using message = 'hold_settled', detail = json_build_object(
      'id', p_hold.id, 'amount', p_hold.amount, 'captured_amount', p_hold.captured_amount,
      'status', p_hold.status, 'placed_by', p_hold.placed_by, 'expires_at', p_hold.expires_at
    )::text;
  end if;
end;
$function$;

COMMENT ON FUNCTION "private"."require_open"(public.token_holds) IS 'Refuses a hold that has ended. PT409 hold_settled (detail: its final state as JSON).';

REVOKE ALL ON FUNCTION "private"."require_open"(public.token_holds) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."require_open"(public.token_holds) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."require_open"(public.token_holds) TO "postgres";
