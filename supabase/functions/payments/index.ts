import type { Context } from "hono";
import { type AppEnv, createApp } from "../_shared/app.ts";
import { readBody, readOptionalBody, readQuery, refuseQuery, requireJson } from "../_shared/body.ts";
import { accountOf, anyone, server, user, userOrServer } from "../_shared/caller.ts";
import { answerHealth } from "../_shared/health.ts";
import { readIdempotencyKey } from "../_shared/idempotency.ts";
import { Problem, validationFailed } from "../_shared/problem.ts";
import { connectDatabases } from "./database.ts";
import { applyPaymentEvent } from "./events.ts";
import { Malformed, type Webhooks } from "./providers/provider.ts";
import { standardWebhooks } from "./providers/standard_webhooks.ts";
import { stripe } from "./providers/stripe.ts";
import { abandonPurchase, createPurchase, listPacks, listPurchases } from "./purchases.ts";
import { reconcile } from "./reconcile.ts";
import { CheckoutRequest, PurchasesQuery, ReconcileRequest } from "./schema.ts";
import { type PaymentsSettings, settings } from "./settings.ts";

export function createPayments({ platform, missing, ...provider_settings }: PaymentsSettings) {
  const { trusted, anonymous, readAs } = connectDatabases(platform);
  const providers = {
    stripe: stripe(provider_settings.stripe),
    standard: standardWebhooks(provider_settings.standard),
  };
  // The first that is set up takes the purchases; webhooks are taken from both.
  const seller = providers.stripe.checkout === undefined ? providers.standard : providers.stripe;
  const sources = Object.values(providers).flatMap(({ name, livemode, history }) =>
    history === undefined ? [] : [{ name, livemode, history }]
  );

  const app = createApp("payments", { platform, missing, max_body_bytes: 64 * 1024 });

  app.get("/health", anyone, answerHealth(platform));

  /** The packs that are for sale. */
  app.get("/packs", anyone, async (c) => {
    refuseQuery(c);
    return c.json(await listPacks(anonymous));
  });

  /**
   * Begins a purchase: 201 with the provider's page, the same one again for the same `Idempotency-Key`.
   * 404 `pack_not_found`, 409 `purchase_limit` or `purchase_ended`, 422 `idempotency_key_reused`. 503 `misconfigured` if
   * no provider is set up or its price is another, `upstream_unavailable` if it is down.
   */
  app.post("/checkout", user, async (c) => {
    const { pack_id } = await readBody(c, CheckoutRequest);
    const idempotency_key = readIdempotencyKey(c);
    const { checkout } = seller;
    if (checkout === undefined) throw misconfigured("STRIPE_SECRET_KEY or PAYMENTS_CHECKOUT_URL");
    const purchase = await createPurchase(trusted, c.var.caller, pack_id, seller, idempotency_key);
    const checkout_url = await checkout.open(purchase).catch(async (cause) => {
      // Where an earlier answer gave the page, the buyer may be on it.
      if (!purchase.replayed) await abandonPurchase(trusted, purchase.id).catch(() => {});
      throw cause instanceof Problem ? cause : new Problem("upstream_unavailable", { cause });
    });
    if (purchase.replayed) c.header("idempotent-replayed", "true");
    return c.json({ purchase_id: purchase.id, checkout_url }, 201);
  });

  /** The newest purchases of the caller, or of the account a server names. */
  app.get("/purchases", userOrServer, async (c) => {
    const { user_id, limit } = readQuery(c, PurchasesQuery);
    return c.json(await listPurchases(readAs(c.var.caller), accountOf(c, user_id), limit));
  });

  /**
   * An event from Stripe. 200 once it is durably stored, whatever followed from it; 400 `invalid_webhook` for what is
   * not signed; 422 for what is malformed; 503 without a secret or while the database is down, so that Stripe tries
   * again (for three days).
   */
  app.post("/webhooks/stripe", anyone, (c) => receive(c, providers.stripe.webhooks, "STRIPE_WEBHOOK_SECRETS"));

  /** An event from a sender of Standard Webhooks, answered as those of Stripe are. */
  app.post("/webhooks/standard", anyone, (c) => receive(c, providers.standard.webhooks, "PAYMENTS_WEBHOOK_SECRETS"));

  /**
   * Compares the books with each provider, from where the last call got to: repeat it until each stage is `done`.
   * 503 `upstream_unavailable` if a provider is down, 503 `misconfigured` if none can be asked.
   */
  app.post("/reconcile", server, async (c) => {
    const { max_pages } = await readOptionalBody(c, ReconcileRequest);
    if (sources.length === 0) throw misconfigured("STRIPE_SECRET_KEY or PAYMENTS_API_URL and _KEY");
    const skipped: string[] = [];
    const skip = (line: string) => void (skipped.length < 100 && skipped.push(line));
    const attempts = await Promise.allSettled(sources.map((source) => reconcile(trusted, source, max_pages, skip)));
    const reconciliations = attempts.flatMap((attempt) => attempt.status === "fulfilled" ? [attempt.value] : []);
    const differing = reconciliations.filter(({ stage, finding_count }) => stage === "done" && finding_count > 0)
      .map(({ id, finding_count }) => `reconciliation ${id}: ${finding_count} findings`);
    const notes = [...differing, ...skipped.map((line) => `skipped ${line}`)];
    if (notes.length > 0) c.set("note", notes.join("; "));
    for (const attempt of attempts) if (attempt.status === "rejected") throw attempt.reason;
    return c.json({ reconciliations, skipped });
  });

  /** Answers a webhook: verified over the raw body, stored and followed. */
  async function receive(c: Context<AppEnv>, webhooks: Webhooks | undefined, setting: string) {
    if (webhooks === undefined) throw misconfigured(setting);
    requireJson(c);
    const event = await webhooks.read(await c.req.text(), c.req.raw.headers).catch((error) => {
      throw error instanceof Malformed ? validationFailed(error.errors) : error;
    });
    const { outcome, review_reason } = await applyPaymentEvent(trusted, event);
    // For operators: it is in payment_events as well.
    if (review_reason !== null) c.set("note", `${event.event_id} needs review: ${review_reason}`);
    return c.json({ outcome });
  }

  return app;
}

function misconfigured(setting: string): Problem {
  return new Problem("misconfigured", { cause: `missing setting: ${setting}` });
}

export default createPayments(settings);
