CREATE OR REPLACE FUNCTION private.set_updated_at()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  -- Strictly later than before, so that a row's updated_at can serve as its version;
  -- in milliseconds, since a JavaScript client cannot hold more.
  new.updated_at := greatest(
    date_trunc('milliseconds', clock_timestamp()),
    old.updated_at + interval '1 millisecond'
  );
  return new;
end;
$function$;

COMMENT ON FUNCTION "private"."set_updated_at"() IS 'Before-update trigger: moves updated_at strictly forward, in milliseconds.';

REVOKE ALL ON FUNCTION "private"."set_updated_at"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."set_updated_at"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."set_updated_at"() TO "postgres";
