CREATE VIEW "public"."payment_reconciliation_reports" WITH (security_invoker=true) AS  SELECT id,
    provider,
    livemode,
    since,
    until,
    stage,
    cursor,
    events_seen,
    payments_seen,
    purchases_seen,
    retries_seen,
    started_at,
    finished_at,
    ( SELECT (count(*))::integer AS count
           FROM public.payment_events e
          WHERE ((e.reconciliation_id = r.id) AND (e.fact <> 'other'::text))) AS events_missed,
    ( SELECT (count(*))::integer AS count
           FROM public.payment_findings f
          WHERE (f.reconciliation_id = r.id)) AS finding_count
   FROM public.payment_reconciliations r;

COMMENT ON VIEW "public"."payment_reconciliation_reports" IS 'Reconciliations with what they found: events whose webhook never came, and disagreements.';

REVOKE ALL ON TABLE "public"."payment_reconciliation_reports" FROM "service_role";

GRANT SELECT ON TABLE "public"."payment_reconciliation_reports" TO "service_role";

REVOKE ALL ON TABLE "public"."payment_reconciliation_reports" FROM "anon", "authenticated";
