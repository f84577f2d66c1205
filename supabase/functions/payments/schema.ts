import * as z from "zod";
import { words } from "../_shared/database.ts";
import { Time } from "../_shared/time.ts";
import { AmountMinor, Currency } from "./money.ts";

const provider = z.enum(words.provider);

/** Something that can be bought. */
export const Pack = z.object({
  id: z.string(),
  tokens: z.int().positive(),
  price_minor: AmountMinor,
  currency: Currency,
});

/** Answer to GET /payments/packs. */
export const PackList = z.object({ packs: z.array(Pack) });
export type PackList = z.infer<typeof PackList>;

/** Body of POST /payments/checkout. */
export const CheckoutRequest = z.strictObject({ pack_id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "Not a pack") });

/** Answer to POST /payments/checkout: the page to send the buyer to. */
export const Checkout = z.object({ purchase_id: z.guid(), checkout_url: z.url() });

/** Query of GET /payments/purchases. */
export const PurchasesQuery = z.strictObject({
  limit: z.string().regex(/^\d{1,3}$/, "A whole number").transform(Number).pipe(z.int().min(1).max(100)).default(20),
  user_id: z.guid().optional().describe("The account to look at: required from servers, refused from users"),
});

/** A purchase and what became of it. */
export const Purchase = z.object({
  id: z.guid(),
  pack_id: z.string(),
  tokens: z.int().positive(),
  price_minor: AmountMinor,
  currency: Currency,
  provider,
  payment_id: z.string().nullable().describe("The payment, as the provider names it; null until it is paid"),
  status: z.enum(words.purchase_status),
  refunded_minor: z.int().min(0),
  granted: z.int().min(0).describe("Whole tokens that the payment stands for at the moment"),
  created_at: Time,
  updated_at: Time,
});

/** Answer to GET /payments/purchases: newest first. */
export const PurchaseList = z.object({ purchases: z.array(Purchase).max(100) });
export type PurchaseList = z.infer<typeof PurchaseList>;

/** Answer to a webhook: what the event led to. */
export const WebhookReceipt = z.object({
  outcome: z.enum(["applied", "duplicate", "ignored", "waiting", "review"]),
});

/** Body of POST /payments/reconcile, which may be left out. */
export const ReconcileRequest = z.strictObject({
  max_pages: z.int().min(1).max(100).default(5).describe("Pages of up to 100 things to compare before the answer"),
});

/** A difference between the books and a provider. */
export const Finding = z.object({
  kind: z.enum(words.finding_kind),
  payment_id: z.string(),
  purchase_id: z.guid().nullable(),
  here: z.string().describe("What the books say"),
  there: z.string().describe("What the provider says"),
});
export type Finding = z.infer<typeof Finding>;

/** A comparison with one provider. It is under way until its stage is `done`. */
export const Reconciliation = z.object({
  id: z.guid(),
  provider,
  livemode: z.boolean(),
  since: Time.describe("The watermark"),
  until: Time,
  stage: z.enum(words.reconciliation_stage),
  events_seen: z.int().min(0),
  events_missed: z.int().min(0).describe("Events whose webhook had not come, and that were applied now"),
  payments_seen: z.int().min(0),
  purchases_seen: z.int().min(0),
  retries_seen: z.int().min(0).describe("Events under review that were tried again"),
  finding_count: z.int().min(0),
  findings: z.array(Finding).max(100).describe("The first of them"),
  started_at: Time,
  finished_at: Time.nullable(),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

/** Answer to POST /payments/reconcile. */
export const ReconciliationList = z.object({
  reconciliations: z.array(Reconciliation).describe("One for each provider that is set up"),
  skipped: z.array(z.string()).max(100).describe(
    "What this call passed over, a line each: things in a provider's lists that are malformed, events that failed",
  ),
});
