CREATE OR REPLACE FUNCTION public.open_reconciliation (
  p_provider text,
  p_livemode boolean
)
  RETURNS SETOF public.payment_reconciliation_reports
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  AS $function$
declare
  watermark timestamptz := (
    select max(until) from public.payment_reconciliations
    where provider = p_provider and livemode = p_livemode and finished_at is not null
  );
begin
  loop
    insert into public.payment_reconciliations (provider, livemode, since, until)
    -- The first looks as far back as Stripe lists events.
    values (p_provider, p_livemode, coalesce(watermark - interval '15 minutes', now() - interval '30 days'), now())
    on conflict (provider, livemode) where finished_at is null do nothing;
    return query select * from public.payment_reconciliation_reports
      where provider = p_provider and livemode = p_livemode and finished_at is null;
    -- Not found: the one that was under way ended between the two.
    exit when found;
  end loop;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."open_reconciliation"(text, boolean) TO "service_role";

COMMENT ON FUNCTION "public"."open_reconciliation"(text, boolean) IS 'The reconciliation with a provider that is under way, or a new one since the last watermark.';

REVOKE ALL ON FUNCTION "public"."open_reconciliation"(text, boolean) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."open_reconciliation"(text, boolean) TO "postgres";

REVOKE ALL ON FUNCTION "public"."open_reconciliation"(text, boolean) FROM PUBLIC, "anon", "authenticated";
