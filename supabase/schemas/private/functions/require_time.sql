CREATE OR REPLACE FUNCTION private.require_time()
  RETURNS void
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  -- PostgREST hands over the request's headers. Calls in SQL have none, and no deadline.
  if clock_timestamp() > to_timestamp((
    nullif(current_setting('request.headers', true), '')::json ->> 'x-request-deadline'
  )::bigint / 1000.0) then
    raise sqlstate 'PT503' using message = 'request_expired';
  end if;
end;
$function$;

COMMENT ON FUNCTION "private"."require_time"() IS 'Refuses a request that waited past its x-request-deadline (Unix time in milliseconds): its caller has been told that nothing happened, or soon will be. Called after the last lock that may be waited for. PT503 request_expired.';

REVOKE ALL ON FUNCTION "private"."require_time"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."require_time"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."require_time"() TO "postgres";
