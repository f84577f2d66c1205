CREATE TABLE "public"."purchases" (
  "id"              uuid                     NOT NULL DEFAULT gen_random_uuid(),
  "user_id"         uuid                     NOT NULL,
  "pack_id"         text                     NOT NULL,
  "tokens"          integer                  NOT NULL,
  "price_minor"     integer                  NOT NULL,
  "currency"        text                     NOT NULL,
  "provider"        text                     NOT NULL,
  "livemode"        boolean                  NOT NULL,
  "status"          text                     NOT NULL DEFAULT 'pending'::text,
  "payment_id"      text,
  "refunded_minor"  integer                  NOT NULL DEFAULT 0,
  "granted"         integer                  NOT NULL DEFAULT 0,
  "idempotency_key" text,
  "created_at"      timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  CONSTRAINT "granted_is_bounded" CHECK (((granted >= 0) AND (granted <= tokens))),
  CONSTRAINT "idempotency_key_is_bounded" CHECK (((char_length(idempotency_key) >= 1) AND (char_length(idempotency_key) <= 255))),
  CONSTRAINT "key_begins_one_purchase" UNIQUE (user_id, idempotency_key),
  CONSTRAINT "payment_buys_once" UNIQUE (PROVIDER, payment_id),
  CONSTRAINT "provider_is_known" CHECK ((provider = ANY (ARRAY['standard'::text, 'stripe'::text]))),
  CONSTRAINT "purchases_pkey" PRIMARY KEY (id),
  CONSTRAINT "refund_is_bounded" CHECK (((refunded_minor >= 0) AND (refunded_minor <= price_minor))),
  CONSTRAINT "status_is_known" CHECK ((status = ANY (ARRAY['pending'::text, 'failed'::text, 'paid'::text, 'refunded'::text, 'disputed'::text]))),
  CONSTRAINT "purchases_pack_id_fkey" FOREIGN KEY (pack_id) REFERENCES public.token_packs(id)
);

ALTER TABLE "public"."purchases"
  ENABLE ROW LEVEL SECURITY;

CREATE INDEX purchases_of_pack ON public.purchases USING btree (pack_id);

CREATE INDEX purchases_of_user ON public.purchases USING btree (user_id, created_at DESC, id);

CREATE INDEX purchases_pending ON public.purchases USING btree (user_id, created_at)
  WHERE (status = 'pending'::text);

CREATE INDEX purchases_to_compare ON public.purchases USING btree (PROVIDER, livemode, updated_at, id)
  WHERE (payment_id IS NOT NULL);

CREATE TRIGGER set_updated_at
  BEFORE UPDATE ON public.purchases
  FOR EACH ROW
  EXECUTE FUNCTION private.set_updated_at();

CREATE POLICY "users read their own purchases" ON "public"."purchases"
  FOR SELECT
  TO "authenticated"
  USING ((( SELECT auth.uid() AS uid) = user_id));

COMMENT ON COLUMN "public"."purchases"."granted" IS 'Whole tokens that the payment stands for at the moment: all, less what was refunded, none while disputed.';

COMMENT ON COLUMN "public"."purchases"."idempotency_key" IS 'The key of the checkout; null where it had none or could not begin.';

COMMENT ON COLUMN "public"."purchases"."livemode" IS 'Whether real money moved. Events of the other mode do not count.';

COMMENT ON TABLE "public"."purchases" IS 'One attempt to buy a pack, and what became of it.';

REVOKE ALL ON TABLE "public"."purchases" FROM "authenticated";

GRANT SELECT ON TABLE "public"."purchases" TO "authenticated";

REVOKE ALL ON TABLE "public"."purchases" FROM "service_role";

GRANT SELECT ON TABLE "public"."purchases" TO "service_role";

REVOKE ALL ON TABLE "public"."purchases" FROM "anon";
