CREATE OR REPLACE FUNCTION public.advance_reconciliation (
  p_id          uuid,
  p_stage       text,
  p_cursor      text,
  p_next_stage  text,
  p_next_cursor text,
  p_seen        integer,
  p_findings    jsonb   DEFAULT '[]'::jsonb
)
  RETURNS SETOF public.payment_reconciliation_reports
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  AS $function$
begin
  update public.payment_reconciliations
  set stage = p_next_stage,
    cursor = p_next_cursor,
    events_seen = events_seen + case p_stage when 'events' then p_seen else 0 end,
    payments_seen = payments_seen + case p_stage when 'payments' then p_seen else 0 end,
    purchases_seen = purchases_seen + case p_stage when 'purchases' then p_seen else 0 end,
    retries_seen = retries_seen + case p_stage when 'retries' then p_seen else 0 end,
    finished_at = case p_next_stage when 'done' then clock_timestamp() end
  where id = p_id and stage = p_stage and cursor is not distinct from p_cursor;
  -- Where another call did the same page first, its findings and its counts stand.
  if found then
    insert into public.payment_findings (reconciliation_id, kind, payment_id, purchase_id, here, there)
    select p_id, finding.kind, finding.payment_id, finding.purchase_id, finding.here, finding.there
    from jsonb_to_recordset(p_findings) as finding (kind text, payment_id text, purchase_id uuid, here text, there text)
    on conflict do nothing;
  end if;
  return query select * from public.payment_reconciliation_reports where id = p_id;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."advance_reconciliation"(uuid, text, text, text, text, integer, jsonb) TO "service_role";

COMMENT ON FUNCTION "public"."advance_reconciliation"(uuid, text, text, text, text, integer, jsonb) IS 'Notes that a page of a reconciliation is done and what it found, unless another call did that page already. p_seen: things on the page. p_findings: rows of payment_findings. Returns how far it is now.';

REVOKE ALL ON FUNCTION "public"."advance_reconciliation"(uuid, text, text, text, text, integer, jsonb) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."advance_reconciliation"(uuid, text, text, text, text, integer, jsonb) TO "postgres";

REVOKE ALL ON FUNCTION "public"."advance_reconciliation"(uuid, text, text, text, text, integer, jsonb) FROM PUBLIC, "anon", "authenticated";
