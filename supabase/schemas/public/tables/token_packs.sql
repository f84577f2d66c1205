CREATE TABLE "public"."token_packs" (
  "id"              text                     NOT NULL,
  "tokens"          integer                  NOT NULL,
  "price_minor"     integer                  NOT NULL,
  "currency"        text                     NOT NULL,
  "stripe_price_id" text,
  "active"          boolean                  NOT NULL DEFAULT true,
  "created_at"      timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  CONSTRAINT "currency_is_iso_4217" CHECK ((currency ~ '^[a-z]{3}$'::text)),
  CONSTRAINT "id_is_a_slug" CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,63}$'::text)),
  CONSTRAINT "price_is_positive" CHECK ((price_minor > 0)),
  CONSTRAINT "token_packs_pkey" PRIMARY KEY (id),
  CONSTRAINT "token_packs_stripe_price_id_key" UNIQUE (stripe_price_id),
  CONSTRAINT "tokens_are_bounded" CHECK (((tokens >= 1) AND (tokens <= 1000000000)))
);

ALTER TABLE "public"."token_packs"
  ENABLE ROW LEVEL SECURITY;

CREATE TRIGGER set_updated_at
  BEFORE UPDATE ON public.token_packs
  FOR EACH ROW
  EXECUTE FUNCTION private.set_updated_at();

CREATE POLICY "everyone reads what can be bought" ON "public"."token_packs"
  FOR SELECT
  TO "anon", "authenticated"
  USING (active);

CREATE POLICY "servers read all packs" ON "public"."token_packs"
  FOR SELECT
  TO "service_role"
  USING (true);

COMMENT ON COLUMN "public"."token_packs"."currency" IS 'ISO 4217, lower case.';

COMMENT ON COLUMN "public"."token_packs"."price_minor" IS 'In the smallest unit of the currency: 500 is 5.00 eur.';

COMMENT ON COLUMN "public"."token_packs"."stripe_price_id" IS 'The price at Stripe (price_…), of the same amount and currency. Packs without one are not sold through Stripe.';

COMMENT ON TABLE "public"."token_packs" IS 'What can be bought. What a payment grants comes from here, never from a client or a provider''s metadata.';

REVOKE ALL ON TABLE "public"."token_packs" FROM "anon";

REVOKE ALL ("active") ON TABLE "public"."token_packs" FROM "anon";

GRANT SELECT ("active") ON TABLE "public"."token_packs" TO "anon";

REVOKE ALL ("currency") ON TABLE "public"."token_packs" FROM "anon";

GRANT SELECT ("currency") ON TABLE "public"."token_packs" TO "anon";

REVOKE ALL ("id") ON TABLE "public"."token_packs" FROM "anon";

GRANT SELECT ("id") ON TABLE "public"."token_packs" TO "anon";

REVOKE ALL ("price_minor") ON TABLE "public"."token_packs" FROM "anon";

GRANT SELECT ("price_minor") ON TABLE "public"."token_packs" TO "anon";

REVOKE ALL ("tokens") ON TABLE "public"."token_packs" FROM "anon";

GRANT SELECT ("tokens") ON TABLE "public"."token_packs" TO "anon";

REVOKE ALL ON TABLE "public"."token_packs" FROM "authenticated";

REVOKE ALL ("active") ON TABLE "public"."token_packs" FROM "authenticated";

GRANT SELECT ("active") ON TABLE "public"."token_packs" TO "authenticated";

REVOKE ALL ("currency") ON TABLE "public"."token_packs" FROM "authenticated";

GRANT SELECT ("currency") ON TABLE "public"."token_packs" TO "authenticated";

REVOKE ALL ("id") ON TABLE "public"."token_packs" FROM "authenticated";

GRANT SELECT ("id") ON TABLE "public"."token_packs" TO "authenticated";

REVOKE ALL ("price_minor") ON TABLE "public"."token_packs" FROM "authenticated";

GRANT SELECT ("price_minor") ON TABLE "public"."token_packs" TO "authenticated";

REVOKE ALL ("tokens") ON TABLE "public"."token_packs" FROM "authenticated";

GRANT SELECT ("tokens") ON TABLE "public"."token_packs" TO "authenticated";

REVOKE ALL ON TABLE "public"."token_packs" FROM "service_role";

GRANT INSERT, SELECT, UPDATE ON TABLE "public"."token_packs" TO "service_role";
