import type { Context } from "hono";
import { type AppEnv, createApp } from "../_shared/app.ts";
import { readBody, readOptionalBody, readQuery } from "../_shared/body.ts";
import { accountOf, anyone, server, user, userOrServer } from "../_shared/caller.ts";
import { answerHealth } from "../_shared/health.ts";
import { Problem } from "../_shared/problem.ts";
import {
  abandonPurchase,
  applyPaymentEvent,
  createPurchase,
  listPacks,
  listPurchases,
  type PaymentEvent,
} from "./purchases.ts";
import { reconcile } from "./reconcile.ts";
import { CheckoutRequest, PurchasesQuery, ReconcileRequest } from "./schema.ts";
import { settings } from "./settings.ts";
import { readStandardEvent, standard } from "./standard.ts";
import { standard_records } from "./standard_records.ts";
import { readStripeEvent, stripe } from "./stripe.ts";
import { stripe_records } from "./stripe_records.ts";

// The first that is set up takes the purchases; webhooks are taken from both.
const checkout_provider = stripe ?? standard;
const all_records = [stripe_records, standard_records].filter((records) => records !== undefined);

const app = createApp("payments", { ...settings, max_body_bytes: 64 * 1024 });

app.get("/health", anyone, answerHealth(settings.platform));

/** What can be bought. */
app.get("/packs", anyone, async (c) => c.json(await listPacks()));

/**
 * Begins a purchase: 201 with the provider's page. 404 `pack_not_found`, 503 `misconfigured` where no provider is set up
 * or its price is another, 503 `upstream_unavailable` where it is down.
 */
app.post("/checkout", user, async (c) => {
  const { pack_id } = await readBody(c, CheckoutRequest);
  if (checkout_provider === undefined) {
    throw new Problem("misconfigured", { cause: "missing setting: STRIPE_SECRET_KEY or PAYMENTS_CHECKOUT_URL" });
  }
  const purchase = await createPurchase(c.var.caller, pack_id, checkout_provider);
  const checkout_url = await checkout_provider.begin(purchase).catch(async (cause) => {
    await abandonPurchase(purchase.id).catch(() => {});
    throw cause instanceof Problem ? cause : new Problem("upstream_unavailable", { cause });
  });
  return c.json({ purchase_id: purchase.id, checkout_url }, 201);
});

/** The newest purchases of the caller, or of the account a server names. */
app.get("/purchases", userOrServer, async (c) => {
  const { user_id, limit } = readQuery(c, PurchasesQuery);
  return c.json(await listPurchases(c.var.caller, accountOf(c, user_id), limit));
});

/**
 * An event from Stripe. 200 once it is durably stored, whatever followed from it; 400 `invalid_webhook` for what is
 * not signed; 503 without a secret or while the database is down, so that Stripe tries again (for three days).
 */
app.post("/webhooks/stripe", anyone, async (c) => c.json(await receive(c, await readStripeEvent(c))));

/** The same from a sender of Standard Webhooks. */
app.post("/webhooks/standard", anyone, async (c) => c.json(await receive(c, await readStandardEvent(c))));

/**
 * Compares the books with each provider, from where the last call got to: repeat it until each stage is `done`.
 * 503 `upstream_unavailable` where a provider is down, 503 `misconfigured` where none can be asked.
 */
app.post("/reconcile", server, async (c) => {
  const { max_pages } = await readOptionalBody(c, ReconcileRequest);
  if (all_records.length === 0) {
    throw new Problem("misconfigured", { cause: "missing setting: STRIPE_SECRET_KEY or PAYMENTS_API_URL and _KEY" });
  }
  const attempts = await Promise.allSettled(all_records.map((records) => reconcile(records, max_pages)));
  const reconciliations = attempts.map((attempt) => {
    if (attempt.status === "rejected") throw attempt.reason;
    return attempt.value;
  });
  // For operators: it is in payment_reconciliation_reports as well.
  const differing = reconciliations.filter(({ stage, finding_count }) => stage === "done" && finding_count > 0);
  if (differing.length > 0) {
    c.set(
      "note",
      differing.map(({ id, finding_count }) => `reconciliation ${id}: ${finding_count} findings`).join(", "),
    );
  }
  return c.json({ reconciliations });
});

async function receive(c: Context<AppEnv>, event: PaymentEvent) {
  const { outcome, review_reason } = await applyPaymentEvent(event);
  // For operators: it is in payment_events as well.
  if (review_reason !== null) c.set("note", `${event.event_id} needs review: ${review_reason}`);
  return { outcome };
}

export default app;
