import { StandardEvent } from "../../supabase/functions/payments/providers/standard_schema.ts";
import * as payments from "../../supabase/functions/payments/schema.ts";
import { on_behalf, purchase_id, time } from "./examples.ts";
import type { Operation } from "./operation.ts";

const reconciliation = {
  ...{ id: purchase_id, provider: "stripe", livemode: false, since: time, until: time, stage: "done" },
  ...{ events_seen: 6, events_missed: 1, payments_seen: 2, purchases_seen: 2, retries_seen: 0 },
  ...{ finding_count: 0, findings: [], started_at: time, finished_at: time },
};
const receipt = {
  description: "The event is stored, whatever followed from it",
  schema: payments.WebhookReceipt,
  example: { outcome: "applied" },
};

export const payment_operations: Operation[] = [
  {
    method: "GET",
    path: "/payments/packs",
    name: "packs",
    summary: "What can be bought",
    who: "anyone",
    answers: {
      200: {
        description: "The packs, cheapest first; prices are in the smallest unit of the currency",
        schema: payments.PackList,
        example: { packs: [{ id: "small", tokens: 100, price_minor: 500, currency: "eur" }] },
      },
    },
  },
  {
    method: "POST",
    path: "/payments/checkout",
    name: "checkout",
    summary: "Begin a purchase",
    who: "user",
    body: payments.CheckoutRequest,
    example: { pack_id: "small" },
    is_idempotent: true,
    answers: {
      201: {
        description: "The purchase, and the provider's page to send the buyer to",
        schema: payments.Checkout,
        example: { purchase_id, checkout_url: "https://checkout.example.com/pay" },
      },
    },
    problems: [
      "pack_not_found",
      "purchase_limit",
      "purchase_ended",
      "user_not_found",
      "wallet_busy",
      "request_expired",
    ],
  },
  {
    method: "GET",
    path: "/payments/purchases",
    name: "purchases",
    summary: "The newest purchases",
    description: on_behalf,
    who: "user or server",
    query: payments.PurchasesQuery,
    answers: {
      200: {
        description: "Newest first",
        schema: payments.PurchaseList,
        example: {
          purchases: [{
            ...{ id: purchase_id, pack_id: "small", tokens: 100, price_minor: 500, currency: "eur", status: "paid" },
            ...{ provider: "stripe", payment_id: "pi_3Q", refunded_minor: 0, granted: 100 },
            ...{ created_at: time, updated_at: time },
          }],
        },
      },
    },
  },
  {
    method: "POST",
    path: "/payments/webhooks/stripe",
    name: "stripeWebhook",
    summary: "An event that Stripe signed",
    description: "Known by `stripe-signature` over the raw body. Anything but 2xx has Stripe send it again.",
    who: "provider",
    answers: { 200: receipt },
    problems: ["invalid_webhook", "body_too_large", "unsupported_media_type", "validation_failed"],
  },
  {
    method: "POST",
    path: "/payments/webhooks/standard",
    name: "standardWebhook",
    summary: "An event of a provider that signs Standard Webhooks",
    description:
      "Known by `webhook-id`, `webhook-timestamp` and `webhook-signature` over the raw body: https://www.standardwebhooks.com",
    who: "provider",
    body: StandardEvent,
    example: {
      type: "payment.paid",
      timestamp: time,
      data: { livemode: false, payment_id: "pay_1", purchase_id, amount_minor: 500, currency: "eur" },
    },
    answers: { 200: receipt },
    problems: ["invalid_webhook"],
  },
  {
    method: "POST",
    path: "/payments/reconcile",
    name: "reconcile",
    summary: "Compare the books with each provider, from where the last call got to",
    description: "Repeat it until each stage is `done`.",
    who: "server",
    body: payments.ReconcileRequest,
    body_is_optional: true,
    example: { max_pages: 5 },
    answers: {
      200: {
        description: "One report for each provider",
        schema: payments.ReconciliationList,
        example: { reconciliations: [reconciliation], skipped: [] },
      },
    },
  },
];
