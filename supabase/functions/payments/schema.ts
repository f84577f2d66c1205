import * as z from "zod";

const id = z.string().regex(/^[\w-]{1,100}$/, "1 to 100 letters, digits, - or _");
const currency = z.string().regex(/^[a-z]{3}$/, "A currency of ISO 4217, lower case");
const amount_minor = z.int().min(1).max(2_147_483_647).describe("In the smallest unit of the currency");
const time = z.iso.datetime({ offset: true });

/** Something that can be bought. */
export const Pack = z.object({
  id: z.string(),
  tokens: z.int().positive(),
  price_minor: amount_minor,
  currency,
});

/** Answer to GET /payments/packs. */
export const PackList = z.object({ packs: z.array(Pack) });
export type PackList = z.infer<typeof PackList>;

/** Body of POST /payments/checkout. */
export const CheckoutRequest = z.strictObject({ pack_id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "Not a pack") });

/** Answer to POST /payments/checkout: where to send the buyer. */
export const Checkout = z.object({ purchase_id: z.guid(), checkout_url: z.url() });

/** Query of GET /payments/purchases. */
export const PurchasesQuery = z.object({
  limit: z.string().regex(/^\d{1,3}$/, "A whole number").transform(Number).pipe(z.int().min(1).max(100)).default(20),
  user_id: z.guid().optional().describe("The account to look at: required from servers, refused from users"),
});

/** A purchase and what became of it. */
export const Purchase = z.object({
  id: z.guid(),
  pack_id: z.string(),
  tokens: z.int().positive(),
  price_minor: amount_minor,
  currency,
  status: z.enum(["pending", "failed", "paid", "refunded", "disputed"]),
  refunded_minor: z.int().min(0),
  granted: z.int().min(0).describe("Whole tokens that the payment stands for at the moment"),
  created_at: time,
  updated_at: time,
});

/** Answer to GET /payments/purchases: newest first. */
export const PurchaseList = z.object({ purchases: z.array(Purchase).max(100) });
export type PurchaseList = z.infer<typeof PurchaseList>;

const about = z.object({ livemode: z.boolean(), payment_id: id, currency: currency.optional() });

/** The id of an event, as a header can carry it and a query name it. A dot would blur what is signed: id.timestamp.body. */
export const EventId = z.string().regex(/^[\w:+/=~-]{1,255}$/, "1 to 255 letters, digits or any of _ : + / = ~ -");

/** The events of a Standard Webhooks sender that matter here, after their signature was verified. */
export const StandardEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("payment.paid"),
    timestamp: time,
    data: about.extend({ purchase_id: z.guid(), amount_minor, currency }),
  }),
  z.object({
    type: z.literal("payment.failed"),
    timestamp: time,
    data: about.partial({ payment_id: true }).extend({ purchase_id: z.guid() }),
  }),
  z.object({
    type: z.literal("payment.refunded"),
    timestamp: time,
    data: about.extend({
      refund_id: id,
      amount_minor: amount_minor.describe("Refunded in all under this id"),
      currency,
    }),
  }),
  z.object({ type: z.literal("refund.failed"), timestamp: time, data: about.extend({ refund_id: id }) }),
  z.object({
    type: z.enum(["dispute.opened", "dispute.won", "dispute.lost"]),
    timestamp: time,
    data: about.extend({ dispute_id: id }),
  }),
]);
export type StandardEvent = z.infer<typeof StandardEvent>;

/** Any other event: stored, and otherwise ignored. */
export const OtherEvent = z.object({ type: z.string().min(1).max(255), timestamp: time });

/** Answer to a webhook: what the event led to. */
export const WebhookReceipt = z.object({
  outcome: z.enum(["applied", "duplicate", "ignored", "waiting", "review"]),
});

const page = z.object({ next_cursor: z.string().min(1).max(255).nullable() });

/** A page of what a provider of your own tells about the past: its events, as their webhooks said them. */
export const StandardEventPage = page.extend({
  events: z.array(z.object({ id: EventId }).loose()).max(100),
});

/** A payment as a provider of your own has it. */
export const StandardPayment = z.object({
  payment_id: id,
  purchase_id: z.guid(),
  amount_minor,
  currency,
  livemode: z.boolean(),
  refunded_minor: z.int().min(0).describe("Of all refunds that did not fail"),
  disputed: z.boolean().describe("While a dispute is open, and after one was lost"),
  paid_at: time,
});

/** A page of its payments. */
export const StandardPaymentPage = page.extend({ payments: z.array(StandardPayment).max(100) });

/** Body of POST /payments/reconcile, which may be left out. */
export const ReconcileRequest = z.strictObject({
  max_pages: z.int().min(1).max(100).default(5).describe("Pages of up to 100 things to compare before the answer"),
});

/** Where the books and a provider disagree. */
export const Finding = z.object({
  kind: z.enum(["paid_not_credited", "credited_not_paid", "amount_differs", "refund_differs", "dispute_differs"]),
  payment_id: z.string(),
  purchase_id: z.guid().nullable(),
  here: z.string(),
  there: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** A comparison with one provider: under way until its stage is `done`. */
export const Reconciliation = z.object({
  id: z.guid(),
  provider: z.enum(["standard", "stripe"]),
  livemode: z.boolean(),
  since: time.describe("The watermark"),
  until: time,
  stage: z.enum(["events", "payments", "purchases", "retries", "done"]),
  events_seen: z.int().min(0),
  events_missed: z.int().min(0).describe("Events whose webhook had not come, and that were applied now"),
  payments_seen: z.int().min(0),
  purchases_seen: z.int().min(0),
  retries_seen: z.int().min(0).describe("Events under review that were tried again"),
  finding_count: z.int().min(0),
  findings: z.array(Finding).max(100).describe("The first of them"),
  started_at: time,
  finished_at: time.nullable(),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

/** Answer to POST /payments/reconcile: one for each provider that is set up. */
export const ReconciliationList = z.object({ reconciliations: z.array(Reconciliation) });
