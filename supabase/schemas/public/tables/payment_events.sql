CREATE TABLE "public"."payment_events" (
  "provider"          text                     NOT NULL,
  "event_id"          text                     NOT NULL,
  "payment_id"        text,
  "purchase_id"       uuid,
  "fact"              text                     NOT NULL,
  "subject_id"        text,
  "amount_minor"      bigint,
  "currency"          text,
  "livemode"          boolean                  NOT NULL,
  "occurred_at"       timestamp with time zone NOT NULL,
  "review_reason"     text,
  "attempts"          integer                  NOT NULL DEFAULT 0,
  "next_attempt_at"   timestamp with time zone,
  "reconciliation_id" uuid,
  "payload"           jsonb                    NOT NULL,
  "received_at"       timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT "event_id_is_bounded" CHECK (((char_length(event_id) >= 1) AND (char_length(event_id) <= 255))),
  CONSTRAINT "fact_is_known"
    CHECK
    ((fact = ANY (ARRAY['paid'::text, 'failed'::text, 'refunded'::text, 'refund_failed'::text, 'dispute_opened'::text, 'dispute_won'::text, 'dispute_lost'::text, 'other'::text]))),
  CONSTRAINT "payment_events_pkey" PRIMARY KEY (PROVIDER, event_id)
);

ALTER TABLE "public"."payment_events"
  ENABLE ROW LEVEL SECURITY;

CREATE INDEX events_of_payment ON public.payment_events USING btree (PROVIDER, payment_id);

CREATE INDEX events_of_purchase ON public.payment_events USING btree (purchase_id)
  WHERE (purchase_id IS NOT NULL);

CREATE INDEX events_of_reconciliation ON public.payment_events USING btree (reconciliation_id)
  WHERE (reconciliation_id IS NOT NULL);

CREATE INDEX events_to_retry ON public.payment_events USING btree (PROVIDER, next_attempt_at)
  WHERE (next_attempt_at IS NOT NULL);

CREATE INDEX events_to_review ON public.payment_events USING btree (received_at)
  WHERE (review_reason IS NOT NULL);

CREATE POLICY "servers read events" ON "public"."payment_events"
  FOR SELECT
  TO "service_role"
  USING (true);

COMMENT ON COLUMN "public"."payment_events"."attempts" IS 'How often it was tried again while it was under review.';

COMMENT ON COLUMN "public"."payment_events"."next_attempt_at" IS 'When it is tried again; null where it need not or will not be.';

COMMENT ON COLUMN "public"."payment_events"."reconciliation_id" IS 'The reconciliation that found it; null where its webhook came first.';

COMMENT ON COLUMN "public"."payment_events"."review_reason" IS 'Why it changed nothing and a person should look; null for what was applied or only waits for its payment.';

COMMENT ON TABLE "public"."payment_events" IS 'The inbox: each event that a provider signed, stored before it is answered. For servers and operators.';

REVOKE ALL ON TABLE "public"."payment_events" FROM "service_role";

GRANT SELECT ON TABLE "public"."payment_events" TO "service_role";

REVOKE ALL ON TABLE "public"."payment_events" FROM "anon", "authenticated";
