CREATE TABLE "public"."payment_reconciliations" (
  "id"             uuid                     NOT NULL DEFAULT gen_random_uuid(),
  "provider"       text                     NOT NULL,
  "livemode"       boolean                  NOT NULL,
  "since"          timestamp with time zone NOT NULL,
  "until"          timestamp with time zone NOT NULL,
  "stage"          text                     NOT NULL DEFAULT 'events'::text,
  "cursor"         text,
  "events_seen"    integer                  NOT NULL DEFAULT 0,
  "payments_seen"  integer                  NOT NULL DEFAULT 0,
  "purchases_seen" integer                  NOT NULL DEFAULT 0,
  "retries_seen"   integer                  NOT NULL DEFAULT 0,
  "started_at"     timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  "finished_at"    timestamp with time zone,
  CONSTRAINT "done_when_finished" CHECK (((stage = 'done'::text) = (finished_at IS NOT NULL))),
  CONSTRAINT "payment_reconciliations_pkey" PRIMARY KEY (id),
  CONSTRAINT "provider_is_known" CHECK ((provider = ANY (ARRAY['standard'::text, 'stripe'::text]))),
  CONSTRAINT "stage_is_known" CHECK ((stage = ANY (ARRAY['events'::text, 'payments'::text, 'purchases'::text, 'retries'::text, 'done'::text])))
);

ALTER TABLE "public"."payment_reconciliations"
  ENABLE ROW LEVEL SECURITY;

CREATE UNIQUE INDEX one_open_reconciliation ON public.payment_reconciliations USING btree (PROVIDER, livemode)
  WHERE (finished_at IS NULL);

CREATE INDEX reconciliations_by_watermark ON public.payment_reconciliations USING btree (PROVIDER, livemode, until DESC);

CREATE POLICY "servers read reconciliations" ON "public"."payment_reconciliations"
  FOR SELECT
  TO "service_role"
  USING (true);

COMMENT ON COLUMN "public"."payment_reconciliations"."cursor" IS 'Where to go on within the stage, in the provider''s words; null at its beginning.';

COMMENT ON COLUMN "public"."payment_reconciliations"."since" IS 'The watermark: a quarter of an hour before where the last one ended, since a provider''s lists may lag.';

COMMENT ON TABLE "public"."payment_reconciliations" IS 'Each comparison of the books with a provider: how far it got, so that another call can go on, and then its report.';

REVOKE ALL ON TABLE "public"."payment_reconciliations" FROM "service_role";

GRANT SELECT ON TABLE "public"."payment_reconciliations" TO "service_role";

REVOKE ALL ON TABLE "public"."payment_reconciliations" FROM "anon", "authenticated";
