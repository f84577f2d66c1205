CREATE VIEW "public"."token_balances" WITH (security_invoker=true) AS  SELECT wallet.user_id,
    ((wallet.token + GREATEST((COALESCE(expired.amount, (0)::bigint) - wallet.debt), (0)::bigint)))::integer AS token,
    (wallet.held - (COALESCE(expired.amount, (0)::bigint))::integer) AS held,
    GREATEST((wallet.debt - COALESCE(expired.amount, (0)::bigint)), (0)::bigint) AS debt,
    GREATEST(wallet.updated_at, expired.at) AS updated_at
   FROM (public.user_tokens wallet
     LEFT JOIN LATERAL ( SELECT sum(hold.amount) AS amount,
            max(hold.expires_at) AS at
           FROM public.token_holds hold
          WHERE ((hold.user_id = wallet.user_id) AND (hold.status = 'held'::text) AND (hold.expires_at <= now()))) expired ON ((wallet.held > 0)));

COMMENT ON VIEW "public"."token_balances" IS 'Balances as they are now: what expired holds had set aside is spendable, or pays a debt, from their instant on.';

REVOKE ALL ON TABLE "public"."token_balances" FROM "authenticated";

GRANT SELECT ON TABLE "public"."token_balances" TO "authenticated";

REVOKE ALL ON TABLE "public"."token_balances" FROM "service_role";

GRANT SELECT ON TABLE "public"."token_balances" TO "service_role";

REVOKE ALL ON TABLE "public"."token_balances" FROM "anon";
