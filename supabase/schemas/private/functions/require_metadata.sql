CREATE OR REPLACE FUNCTION private.require_metadata (
  p_metadata jsonb
)
  RETURNS void
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  if octet_length(p_metadata::text) > 16384 then
    raise sqlstate 'PT422' using message = 'validation_failed', detail = 'metadata has at most 16384 bytes as stored';
  end if;
end;
$function$;

COMMENT ON FUNCTION "private"."require_metadata"(jsonb) IS 'Refuses metadata of more than 16 KiB as stored. PT422 validation_failed.';

REVOKE ALL ON FUNCTION "private"."require_metadata"(jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."require_metadata"(jsonb) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."require_metadata"(jsonb) TO "postgres";
