CREATE OR REPLACE FUNCTION private.verify_holds (
  p_after_user_id uuid,
  p_after_id      uuid,
  p_to_user_id    uuid,
  p_to_id         uuid
)
  RETURNS TABLE (
    user_id  uuid,
    problem  text,
    expected bigint,
    found    bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
BEGIN ATOMIC
 SELECT h.user_id,
     (('hold '::text || h.id) || ' has no entry that begins or ends it'::text),
         CASE h.status
             WHEN 'held'::text THEN 1
             ELSE 2
         END
  AS "case",
     count(t.id) AS count
    FROM (public.token_holds h
      LEFT JOIN public.token_transactions t ON (((t.user_id = h.user_id) AND (t.hold_id = h.id))))
   WHERE ((ROW(h.user_id, h.id) > ROW(verify_holds.p_after_user_id, verify_holds.p_after_id)) AND (ROW(h.user_id, h.id) <= ROW(verify_holds.p_to_user_id, verify_holds.p_to_id)))
   GROUP BY h.user_id, h.id, h.status
  HAVING (count(t.id) <>
         CASE h.status
             WHEN 'held'::text THEN 1
             ELSE 2
         END);
END;

COMMENT ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) IS 'Every hold after one (user, id) up to another whose begin or end is not in the ledger.';

REVOKE ALL ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."verify_holds"(uuid, uuid, uuid, uuid) TO "postgres";
