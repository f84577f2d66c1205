CREATE TABLE "public"."token_transactions" (
  "id"              bigint                   NOT NULL,
  "user_id"         uuid                     NOT NULL,
  "amount"          integer                  NOT NULL,
  "balance_after"   integer                  NOT NULL,
  "held_after"      integer                  NOT NULL,
  "debt_change"     bigint                   NOT NULL DEFAULT 0,
  "debt_after"      bigint                   NOT NULL DEFAULT 0,
  "kind"            text                     NOT NULL,
  "hold_id"         uuid,
  "reverses"        bigint,
  "purchase_id"     uuid,
  "reference"       text,
  "metadata"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "requested_by"    text                     NOT NULL,
  "idempotency_key" text,
  "request_hash"    bytea,
  "created_at"      timestamp with time zone NOT NULL,
  CONSTRAINT "balance_after_is_never_negative" CHECK ((balance_after >= 0)),
  CONSTRAINT "debt_after_is_never_negative" CHECK ((debt_after >= 0)),
  CONSTRAINT "held_after_is_never_negative" CHECK ((held_after >= 0)),
  CONSTRAINT "idempotency_key_is_bounded" CHECK (((char_length(idempotency_key) >= 1) AND (char_length(idempotency_key) <= 255))),
  CONSTRAINT "idempotency_key_is_unique_per_requester" UNIQUE (user_id, idempotency_key, requested_by),
  CONSTRAINT "key_and_hash_come_together" CHECK (((idempotency_key IS NULL) = (request_hash IS NULL))),
  CONSTRAINT "kind_fixes_the_debt" CHECK (
CASE kind
    WHEN 'chargeback'::text THEN (debt_change >= 0)
    WHEN 'reversal'::text THEN ((debt_change <= 0) OR (amount <= 0))
    ELSE (debt_change <= 0)
END),
  CONSTRAINT "kind_fixes_the_hold" CHECK (((kind = ANY (ARRAY['hold'::text, 'capture'::text, 'release'::text, 'expiry'::text])) = (hold_id IS NOT NULL))),
  CONSTRAINT "kind_fixes_the_purchase" CHECK (((kind = ANY (ARRAY['purchase'::text, 'chargeback'::text])) = (purchase_id IS NOT NULL))),
  CONSTRAINT "kind_fixes_the_reversed" CHECK (((kind = 'reversal'::text) = (reverses IS NOT NULL))),
  CONSTRAINT "kind_fixes_the_sign" CHECK (
CASE kind
    WHEN 'add'::text THEN ((amount - debt_change) > 0)
    WHEN 'deduct'::text THEN (amount < 0)
    WHEN 'hold'::text THEN (amount < 0)
    WHEN 'capture'::text THEN true
    WHEN 'release'::text THEN ((amount - debt_change) > 0)
    WHEN 'expiry'::text THEN ((amount - debt_change) > 0)
    WHEN 'adjustment'::text THEN ((amount - debt_change) <> 0)
    WHEN 'reversal'::text THEN ((amount - debt_change) <> 0)
    WHEN 'purchase'::text THEN ((amount - debt_change) > 0)
    WHEN 'chargeback'::text THEN ((amount - debt_change) < 0)
    WHEN 'closing'::text THEN ((balance_after = 0) AND (debt_after = 0))
    ELSE false
END),
  CONSTRAINT "metadata_is_an_object" CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  CONSTRAINT "metadata_is_bounded" CHECK ((octet_length((metadata)::text) <= 16384)),
  CONSTRAINT "reference_is_bounded" CHECK (((char_length(reference) >= 1) AND (char_length(reference) <= 255))),
  CONSTRAINT "requester_is_known" CHECK ((requested_by = ANY (ARRAY['user'::text, 'server'::text, 'staff'::text, 'system'::text]))),
  CONSTRAINT "token_transactions_pkey" PRIMARY KEY (user_id, id)
);

ALTER TABLE "public"."token_transactions"
  ENABLE ROW LEVEL SECURITY;

CREATE INDEX entries_of_rare_kinds ON public.token_transactions USING btree (user_id, kind, id)
  WHERE (kind <> ALL (ARRAY['deduct'::text, 'hold'::text, 'capture'::text]));

CREATE UNIQUE INDEX entry_is_reversed_once ON public.token_transactions USING btree (user_id, reverses)
  WHERE (reverses IS NOT NULL);

CREATE UNIQUE INDEX hold_begins_and_ends_once ON public.token_transactions USING btree (user_id, hold_id, ((kind = 'hold'::text)))
  WHERE (hold_id IS NOT NULL);

CREATE TRIGGER refuse_row_change
  BEFORE DELETE OR UPDATE ON public.token_transactions
  FOR EACH ROW
  EXECUTE FUNCTION private.refuse_ledger_change();

CREATE TRIGGER refuse_truncate
  BEFORE TRUNCATE ON public.token_transactions
  FOR EACH STATEMENT
  EXECUTE FUNCTION private.refuse_ledger_change();

CREATE POLICY "users read their own transactions" ON "public"."token_transactions"
  FOR SELECT
  TO "authenticated"
  USING ((( SELECT auth.uid() AS uid) = user_id));

COMMENT ON COLUMN "public"."token_transactions"."amount" IS 'The change of the balance, in signed tokens: positive credits, negative debits. The balance is their sum.';

COMMENT ON COLUMN "public"."token_transactions"."balance_after" IS 'The balance this entry left, in tokens.';

COMMENT ON COLUMN "public"."token_transactions"."created_at" IS 'By the clock of the database, and never before the entry that precedes it.';

COMMENT ON COLUMN "public"."token_transactions"."debt_after" IS 'The debt this entry left, in tokens.';

COMMENT ON COLUMN "public"."token_transactions"."debt_change" IS 'The change of the debt, in signed tokens: negative where a credit pays it. The debt is their sum.';

COMMENT ON COLUMN "public"."token_transactions"."held_after" IS 'What was held after this entry, in tokens.';

COMMENT ON COLUMN "public"."token_transactions"."id" IS 'The number of the entry in its wallet, from 1 without a gap. Unique per user.';

COMMENT ON COLUMN "public"."token_transactions"."kind" IS 'add, deduct; hold, then one of capture, release, expiry; adjustment by an operator; reversal of another entry; purchase, chargeback of one; closing: what was left when the account was deleted.';

COMMENT ON COLUMN "public"."token_transactions"."purchase_id" IS 'The purchase that this entry credits or takes back.';

COMMENT ON COLUMN "public"."token_transactions"."request_hash" IS 'SHA-256 of the request that used idempotency_key, to tell a retry from a reuse.';

COMMENT ON COLUMN "public"."token_transactions"."requested_by" IS 'Who asked: the user, a trusted server, a member of the staff whom metadata names as actor, or nobody but the clock, a payment or the end of the account (system).';

COMMENT ON TABLE "public"."token_transactions" IS 'The ledger: one row per change of a wallet, never changed or deleted.';

REVOKE ALL ON TABLE "public"."token_transactions" FROM "authenticated";

GRANT SELECT ON TABLE "public"."token_transactions" TO "authenticated";

REVOKE ALL ON TABLE "public"."token_transactions" FROM "service_role";

GRANT SELECT ON TABLE "public"."token_transactions" TO "service_role";

REVOKE ALL ON TABLE "public"."token_transactions" FROM "anon";
