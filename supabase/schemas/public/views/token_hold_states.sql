CREATE VIEW "public"."token_hold_states" WITH (security_invoker=true) AS  SELECT id,
    user_id,
    amount,
    captured_amount,
        CASE
            WHEN ((status = 'held'::text) AND (expires_at <= now())) THEN 'expired'::text
            ELSE status
        END AS status,
    placed_by,
    reference,
    metadata,
    expires_at,
    created_at,
        CASE
            WHEN ((status = 'held'::text) AND (expires_at <= now())) THEN expires_at
            ELSE settled_at
        END AS settled_at
   FROM public.token_holds;

COMMENT ON VIEW "public"."token_hold_states" IS 'Holds as they are now: expired from their instant on, whether or not the ledger line is written yet.';

REVOKE ALL ON TABLE "public"."token_hold_states" FROM "authenticated";

GRANT SELECT ON TABLE "public"."token_hold_states" TO "authenticated";

REVOKE ALL ON TABLE "public"."token_hold_states" FROM "service_role";

GRANT SELECT ON TABLE "public"."token_hold_states" TO "service_role";

REVOKE ALL ON TABLE "public"."token_hold_states" FROM "anon";
