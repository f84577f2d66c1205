CREATE OR REPLACE FUNCTION private.deadline()
  RETURNS timestamp WITH time zone
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  -- PostgREST hands over the request's headers. Calls in SQL have none, and no deadline.
  return to_timestamp((
    nullif(current_setting('request.headers', true), '')::json ->> 'x-request-deadline'
  )::bigint / 1000.0);
end;
$function$;

COMMENT ON FUNCTION "private"."deadline"() IS 'Until when the request may still do something: its x-request-deadline (Unix time in milliseconds); null for none.';

REVOKE ALL ON FUNCTION "private"."deadline"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."deadline"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."deadline"() TO "postgres";
