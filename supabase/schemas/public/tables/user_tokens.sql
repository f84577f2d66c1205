CREATE TABLE "public"."user_tokens" (
  "id"                     uuid                     NOT NULL DEFAULT gen_random_uuid(),
  "user_id"                uuid                     NOT NULL,
  "token"                  integer                  NOT NULL DEFAULT 0,
  "held"                   integer                  NOT NULL DEFAULT 0,
  "debt"                   bigint                   NOT NULL DEFAULT 0,
  "low_balance_threshold"  integer,
  "low_balance_noticed_at" timestamp with time zone,
  "entries"                bigint                   NOT NULL DEFAULT 0,
  "created_at"             timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  "updated_at"             timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  CONSTRAINT "debt_is_never_negative" CHECK ((debt >= 0)),
  CONSTRAINT "debt_is_paid_first" CHECK (((debt = 0) OR (token = 0))),
  CONSTRAINT "held_is_never_negative" CHECK ((held >= 0)),
  CONSTRAINT "low_balance_threshold_is_positive" CHECK ((low_balance_threshold > 0)),
  CONSTRAINT "token_is_never_negative" CHECK ((token >= 0)),
  CONSTRAINT "user_tokens_pkey" PRIMARY KEY (user_id),
  CONSTRAINT "wallet_is_bounded" CHECK ((((token)::bigint + held) <= 2147483647))
);

ALTER TABLE "public"."user_tokens"
  ENABLE ROW LEVEL SECURITY;

CREATE POLICY "users read their own balance" ON "public"."user_tokens"
  FOR SELECT
  TO "authenticated"
  USING ((( SELECT auth.uid() AS uid) = user_id));

COMMENT ON COLUMN "public"."user_tokens"."debt" IS 'Whole tokens that a refund or dispute took back after they were spent. Whatever is credited pays it first.';

COMMENT ON COLUMN "public"."user_tokens"."entries" IS 'How many entries the wallet has: the id of the last one.';

COMMENT ON COLUMN "public"."user_tokens"."held" IS 'Whole tokens reserved by open holds.';

COMMENT ON COLUMN "public"."user_tokens"."low_balance_noticed_at" IS 'When a low balance was last told, unless tokens were credited since.';

COMMENT ON COLUMN "public"."user_tokens"."low_balance_threshold" IS 'The balance below which the user is told, in whole tokens; null for no notice.';

COMMENT ON COLUMN "public"."user_tokens"."token" IS 'Whole tokens to spend, not counting holds that ran out since the wallet was last touched: see token_balances.';

COMMENT ON COLUMN "public"."user_tokens"."updated_at" IS 'When the last entry was made.';

COMMENT ON TABLE "public"."user_tokens" IS 'The wallet of a user. token is the sum of the ledger, held the sum of the open holds, at every commit.';

REVOKE ALL ON TABLE "public"."user_tokens" FROM "authenticated";

GRANT SELECT ON TABLE "public"."user_tokens" TO "authenticated";

REVOKE ALL ON TABLE "public"."user_tokens" FROM "service_role";

GRANT SELECT ON TABLE "public"."user_tokens" TO "service_role";

REVOKE ALL ON TABLE "public"."user_tokens" FROM "anon";
