CREATE OR REPLACE FUNCTION private.hash_request (
  VARIADIC p_parts text[]
)
  RETURNS bytea
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return sha256(convert_to(to_jsonb(p_parts)::text, 'UTF8'));
end;
$function$;

COMMENT ON FUNCTION "private"."hash_request"(text[]) IS 'SHA-256 of what a request asked for.';

REVOKE ALL ON FUNCTION "private"."hash_request"(text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."hash_request"(text[]) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."hash_request"(text[]) TO "postgres";
