CREATE TABLE "public"."profiles" (
  "id"           uuid                     NOT NULL DEFAULT gen_random_uuid(),
  "profile_data" jsonb                    NOT NULL,
  "created_at"   timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  "updated_at"   timestamp with time zone NOT NULL DEFAULT date_trunc('milliseconds'::text, now()),
  CONSTRAINT "profile_data_is_an_object" CHECK ((jsonb_typeof(profile_data) = 'object'::text)),
  CONSTRAINT "profile_data_is_bounded" CHECK ((octet_length((profile_data)::text) <= 524288)),
  CONSTRAINT "profile_data_is_shallow" CHECK ((NOT jsonb_path_exists(profile_data, 'strict $.**{64}?(@.type() == "object" || @.type() == "array")'::jsonpath))),
  "user_id"      uuid                     NOT NULL DEFAULT auth.uid(),
  CONSTRAINT "profiles_pkey" PRIMARY KEY (user_id)
);

ALTER TABLE "public"."profiles"
  ENABLE ROW LEVEL SECURITY;

CREATE TRIGGER require_own_session
  BEFORE INSERT OR DELETE OR UPDATE ON public.profiles
  FOR EACH STATEMENT
  EXECUTE FUNCTION private.require_own_session();

CREATE TRIGGER set_updated_at
  BEFORE UPDATE ON public.profiles
  FOR EACH ROW
  EXECUTE FUNCTION private.set_updated_at();

REVOKE ALL ON TABLE "public"."profiles" FROM "authenticated";

CREATE POLICY "users create their own profile" ON "public"."profiles"
  FOR INSERT
  TO "authenticated"
  WITH CHECK ((( SELECT auth.uid() AS uid) = user_id));

CREATE POLICY "users delete their own profile" ON "public"."profiles"
  FOR DELETE
  TO "authenticated"
  USING ((( SELECT auth.uid() AS uid) = user_id));

CREATE POLICY "users read their own profile" ON "public"."profiles"
  FOR SELECT
  TO "authenticated"
  USING ((( SELECT auth.uid() AS uid) = user_id));

CREATE POLICY "users update their own profile" ON "public"."profiles"
  FOR UPDATE
  TO "authenticated"
  USING ((( SELECT auth.uid() AS uid) = user_id))
  WITH CHECK ((( SELECT auth.uid() AS uid) = user_id));

COMMENT ON COLUMN "public"."profiles"."profile_data" IS 'At most 512 KiB as stored, and 64 levels deep.';

COMMENT ON COLUMN "public"."profiles"."updated_at" IS 'The version of the document: equal to created_at until the first update, then strictly rising.';

COMMENT ON TABLE "public"."profiles" IS 'The CV of a user: one JSON object, kept as it was sent. Goes with the account.';

REVOKE ALL ("profile_data") ON TABLE "public"."profiles" FROM "authenticated";

GRANT INSERT ("profile_data"), UPDATE ("profile_data") ON TABLE "public"."profiles" TO "authenticated";

GRANT DELETE, SELECT ON TABLE "public"."profiles" TO "authenticated";

REVOKE ALL ON TABLE "public"."profiles" FROM "service_role";

GRANT SELECT ON TABLE "public"."profiles" TO "service_role";

REVOKE ALL ("user_id") ON TABLE "public"."profiles" FROM "authenticated";

GRANT INSERT ("user_id"), UPDATE ("user_id") ON TABLE "public"."profiles" TO "authenticated";

REVOKE ALL ON TABLE "public"."profiles" FROM "anon";
