import { createApp } from "../_shared/app.ts";
import { readBody, readQuery } from "../_shared/body.ts";
import { accountOf, anyone, user, userOrServer } from "../_shared/caller.ts";
import { Problem } from "../_shared/problem.ts";
import { applyPaymentEvent, createPurchase, listPacks, listPurchases } from "./purchases.ts";
import { CheckoutRequest, PurchasesQuery } from "./schema.ts";
import { readStandardEvent } from "./standard.ts";

// The provider's page that takes the money; it is told the purchase and its price.
const checkout_page = Deno.env.get("PAYMENTS_CHECKOUT_URL");
// Test money unless it says exactly "true": events of the other mode are not believed.
const livemode = Deno.env.get("PAYMENTS_LIVEMODE") === "true";

const app = createApp("payments", { max_body_bytes: 64 * 1024 });

app.get("/health", anyone, (c) => c.json({ status: "ok" }));

/** What can be bought. */
app.get("/packs", anyone, async (c) => c.json(await listPacks()));

/** Begins a purchase: 201 with the provider's page. 404 `pack_not_found`, 503 where no provider is set up. */
app.post("/checkout", user, async (c) => {
  const { pack_id } = await readBody(c, CheckoutRequest);
  if (!URL.canParse(checkout_page ?? "")) {
    throw new Problem("misconfigured", { cause: "missing setting: PAYMENTS_CHECKOUT_URL" });
  }
  const { id, price_minor, currency } = await createPurchase(c.var.caller, pack_id, livemode);
  const checkout_url = new URL(checkout_page!);
  checkout_url.searchParams.set("purchase_id", id);
  checkout_url.searchParams.set("amount_minor", String(price_minor));
  checkout_url.searchParams.set("currency", currency);
  return c.json({ purchase_id: id, checkout_url: checkout_url.href }, 201);
});

/** The newest purchases of the caller, or of the account a server names. */
app.get("/purchases", userOrServer, async (c) => {
  const { user_id, limit } = readQuery(c, PurchasesQuery);
  return c.json(await listPurchases(c.var.caller, accountOf(c.var.caller, user_id), limit));
});

/**
 * An event from a Standard Webhooks sender. 200 once it is durably stored, whatever followed from it; 4xx for
 * what is not signed; 503 without a secret or while the database is down, so that the sender tries again.
 */
app.post("/webhooks/standard", anyone, async (c) => {
  const event = await readStandardEvent(c);
  const { outcome, review_reason } = await applyPaymentEvent(event);
  // For operators: it is in payment_events as well.
  if (review_reason !== null) c.set("error", `${event.event_id} needs review: ${review_reason}`);
  return c.json({ outcome });
});

export default app;
