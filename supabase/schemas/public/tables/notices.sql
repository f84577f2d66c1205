CREATE TABLE "public"."notices" (
  "id"              uuid                     NOT NULL DEFAULT gen_random_uuid(),
  "user_id"         uuid                     NOT NULL,
  "transaction_id"  bigint                   NOT NULL,
  "type"            text                     NOT NULL,
  "data"            jsonb                    NOT NULL,
  "created_at"      timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  "attempts"        integer                  NOT NULL DEFAULT 0,
  "next_attempt_at" timestamp with time zone DEFAULT clock_timestamp(),
  "delivered_at"    timestamp with time zone,
  "last_error"      text,
  CONSTRAINT "delivered_is_done" CHECK (((delivered_at IS NULL) OR (next_attempt_at IS NULL))),
  CONSTRAINT "entry_is_told_once" UNIQUE (user_id, transaction_id),
  CONSTRAINT "notices_pkey" PRIMARY KEY (id),
  CONSTRAINT "type_is_known" CHECK ((type = 'balance.low'::text))
);

ALTER TABLE "public"."notices"
  ENABLE ROW LEVEL SECURITY;

CREATE INDEX notices_to_send ON public.notices USING btree (next_attempt_at)
  WHERE (next_attempt_at IS NOT NULL);

CREATE POLICY "servers read notices" ON "public"."notices"
  FOR SELECT
  TO "service_role"
  USING (true);

COMMENT ON COLUMN "public"."notices"."next_attempt_at" IS 'When it is sent again; null once it was delivered or given up.';

COMMENT ON TABLE "public"."notices" IS 'The outbox: what is to be told to the outside, written in the transaction that it tells of.';

REVOKE ALL ON TABLE "public"."notices" FROM "service_role";

GRANT SELECT ON TABLE "public"."notices" TO "service_role";

REVOKE ALL ON TABLE "public"."notices" FROM "anon", "authenticated";
