CREATE TABLE "public"."token_holds" (
  "user_id"         uuid                     NOT NULL,
  "amount"          integer                  NOT NULL,
  "captured_amount" integer,
  "status"          text                     NOT NULL DEFAULT 'held'::text,
  "placed_by"       text                     NOT NULL,
  "reference"       text,
  "metadata"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "expires_at"      timestamp with time zone NOT NULL,
  "created_at"      timestamp with time zone NOT NULL,
  "settled_at"      timestamp with time zone,
  CONSTRAINT "amount_is_bounded" CHECK (((amount >= 1) AND (amount <= 1000000000))),
  CONSTRAINT "captured_amount_comes_with_capture" CHECK (((status = 'captured'::text) = (captured_amount IS NOT NULL))),
  CONSTRAINT "captured_amount_is_bounded" CHECK (((captured_amount >= 1) AND (captured_amount <= 1000000000))),
  CONSTRAINT "metadata_is_an_object" CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  CONSTRAINT "metadata_is_bounded" CHECK ((octet_length((metadata)::text) <= 16384)),
  CONSTRAINT "placer_is_known" CHECK ((placed_by = ANY (ARRAY['user'::text, 'server'::text]))),
  CONSTRAINT "reference_is_bounded" CHECK (((char_length(reference) >= 1) AND (char_length(reference) <= 255))),
  CONSTRAINT "settled_at_comes_with_the_end" CHECK (((status = 'held'::text) = (settled_at IS NULL))),
  CONSTRAINT "status_is_known" CHECK ((status = ANY (ARRAY['held'::text, 'captured'::text, 'released'::text, 'expired'::text])))
);

ALTER TABLE "public"."token_holds"
  ENABLE ROW LEVEL SECURITY;

CREATE INDEX token_holds_open ON public.token_holds USING btree (user_id, expires_at)
  WHERE (status = 'held'::text);

CREATE POLICY "users read their own holds" ON "public"."token_holds"
  FOR SELECT
  TO "authenticated"
  USING ((( SELECT auth.uid() AS uid) = user_id));

ALTER TABLE "public"."token_holds"
  ADD COLUMN "id" uuid NOT NULL DEFAULT private.time_ordered_id();

ALTER TABLE "public"."token_holds"
  ADD CONSTRAINT "token_holds_pkey" PRIMARY KEY (user_id, id);

CREATE INDEX token_holds_given_back ON public.token_holds USING btree (user_id, status, id)
  WHERE (status = ANY (ARRAY['released'::text, 'expired'::text]));

COMMENT ON COLUMN "public"."token_holds"."amount" IS 'Whole tokens set aside.';

COMMENT ON COLUMN "public"."token_holds"."captured_amount" IS 'Whole tokens spent in the end: less than, equal to or above amount.';

COMMENT ON COLUMN "public"."token_holds"."placed_by" IS 'Who placed it. What a server placed only a server settles.';

COMMENT ON TABLE "public"."token_holds" IS 'Reservations of tokens. Read token_hold_states, which counts a hold that ran out as expired at once.';

REVOKE ALL ON TABLE "public"."token_holds" FROM "authenticated";

GRANT SELECT ON TABLE "public"."token_holds" TO "authenticated";

REVOKE ALL ON TABLE "public"."token_holds" FROM "service_role";

GRANT SELECT ON TABLE "public"."token_holds" TO "service_role";

REVOKE ALL ON TABLE "public"."token_holds" FROM "anon";
