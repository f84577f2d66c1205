CREATE TABLE "public"."payment_findings" (
  "reconciliation_id" uuid NOT NULL,
  "kind"              text NOT NULL,
  "payment_id"        text NOT NULL,
  "purchase_id"       uuid,
  "here"              text NOT NULL,
  "there"             text NOT NULL,
  CONSTRAINT "kind_is_known"
    CHECK ((kind = ANY (ARRAY['paid_not_credited'::text, 'credited_not_paid'::text, 'amount_differs'::text, 'refund_differs'::text, 'dispute_differs'::text]))),
  CONSTRAINT "payment_findings_pkey" PRIMARY KEY (reconciliation_id, kind, payment_id),
  CONSTRAINT "payment_findings_reconciliation_id_fkey" FOREIGN KEY (reconciliation_id) REFERENCES public.payment_reconciliations(id) ON DELETE CASCADE
);

ALTER TABLE "public"."payment_findings"
  ENABLE ROW LEVEL SECURITY;

CREATE POLICY "servers read findings" ON "public"."payment_findings"
  FOR SELECT
  TO "service_role"
  USING (true);

COMMENT ON COLUMN "public"."payment_findings"."here" IS 'What the books say, for a person to read.';

COMMENT ON COLUMN "public"."payment_findings"."there" IS 'What the provider says, for a person to read.';

COMMENT ON TABLE "public"."payment_findings" IS 'Where the books and a provider disagree, and a person should look.';

REVOKE ALL ON TABLE "public"."payment_findings" FROM "service_role";

GRANT SELECT ON TABLE "public"."payment_findings" TO "service_role";

REVOKE ALL ON TABLE "public"."payment_findings" FROM "anon", "authenticated";
