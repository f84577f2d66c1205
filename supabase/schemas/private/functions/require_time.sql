CREATE OR REPLACE FUNCTION private.require_time()
  RETURNS void
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  if clock_timestamp() > private.deadline() then
    raise sqlstate 'PT503' using message = 'request_expired';
  end if;
end;
$function$;

COMMENT ON FUNCTION "private"."require_time"() IS 'Refuses a request that waited past its deadline: its caller has been told that nothing happened, or soon will be. Called after the last lock that may be waited for. PT503 request_expired.';

REVOKE ALL ON FUNCTION "private"."require_time"() FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."require_time"() FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."require_time"() TO "postgres";
