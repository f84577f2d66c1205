CREATE SCHEMA "private";

COMMENT ON SCHEMA "private" IS 'Trigger functions and helpers. Not exposed through the API; no role but the owner may use it.';
