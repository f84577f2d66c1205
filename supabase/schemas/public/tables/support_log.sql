CREATE TABLE "public"."support_log" (
  "id"              bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "staff_id"        uuid                     NOT NULL,
  "user_id"         uuid,
  "action"          text                     NOT NULL,
  "subject"         text,
  "reason"          text,
  "idempotency_key" text,
  "request_hash"    bytea,
  "answer"          jsonb,
  "created_at"      timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, clock_timestamp()),
  CONSTRAINT "action_is_known"
    CHECK
    ((action = ANY (ARRAY['search'::text, 'person'::text, 'transactions'::text, 'holds'::text, 'purchases'::text, 'log'::text, 'adjust'::text, 'reverse'::text, 'release'::text,
    'retry'::text, 'reconcile'::text]))),
  CONSTRAINT "actions_have_reason_and_key" CHECK ((((action = ANY (ARRAY['adjust'::text, 'reverse'::text, 'release'::text, 'retry'::text, 'reconcile'::text])) = (reason IS
    NOT NULL)) AND ((reason IS NULL) = (idempotency_key IS NULL)) AND ((reason IS NULL) = (request_hash IS NULL)) AND ((reason IS NULL) = (answer IS NULL)))),
  CONSTRAINT "idempotency_key_is_bounded" CHECK (((char_length(idempotency_key) >= 1) AND (char_length(idempotency_key) <= 255))),
  CONSTRAINT "key_does_one_thing" UNIQUE (staff_id, idempotency_key),
  CONSTRAINT "reason_is_bounded" CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  CONSTRAINT "subject_is_bounded" CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 300))),
  CONSTRAINT "support_log_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."support_log"
  ENABLE ROW LEVEL SECURITY;

CREATE INDEX support_log_of_person ON public.support_log USING btree (user_id, id DESC)
  WHERE (user_id IS NOT NULL);

CREATE INDEX support_log_of_staff ON public.support_log USING btree (staff_id, created_at);

CREATE TRIGGER refuse_row_change
  BEFORE DELETE OR UPDATE ON public.support_log
  FOR EACH ROW
  EXECUTE FUNCTION private.refuse_support_log_change();

CREATE TRIGGER refuse_truncate
  BEFORE TRUNCATE ON public.support_log
  FOR EACH STATEMENT
  EXECUTE FUNCTION private.refuse_support_log_change();

CREATE POLICY "servers read the support log" ON "public"."support_log"
  FOR SELECT
  TO "service_role"
  USING (true);

COMMENT ON COLUMN "public"."support_log"."answer" IS 'What the action was answered with, for those who repeat its key.';

COMMENT ON COLUMN "public"."support_log"."request_hash" IS 'SHA-256 of the request that used idempotency_key, to tell a retry from a reuse.';

COMMENT ON COLUMN "public"."support_log"."subject" IS 'What of theirs an action was about: the id of an entry or a hold, or an event as its provider and its id.';

COMMENT ON COLUMN "public"."support_log"."user_id" IS 'The person whom it was about; null for a search that found nobody and for what is about no single person.';

COMMENT ON TABLE "public"."support_log" IS 'Each look of the staff at a person''s data and each action of theirs, never changed or deleted. Written in the transaction of the look or the action. Holds ids: no address, and nothing of what was seen.';

REVOKE ALL ON TABLE "public"."support_log" FROM "service_role";

GRANT SELECT ON TABLE "public"."support_log" TO "service_role";

REVOKE ALL ON TABLE "public"."support_log" FROM "anon", "authenticated";

REVOKE ALL ON SEQUENCE "public"."support_log_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."support_log_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."support_log_id_seq" FROM "service_role";
