import type { Context } from "hono";
import type { Webhook } from "standardwebhooks";
import * as z from "zod";
import { requireJson } from "../_shared/body.ts";
import type { Json } from "../_shared/database.types.ts";
import { Problem, validationFailed } from "../_shared/problem.ts";
import { readWebhooks } from "../_shared/webhooks.ts";
import type { CheckoutProvider, PaymentEvent } from "./purchases.ts";
import { EventId, OtherEvent, StandardEvent } from "./schema.ts";
import { settings } from "./settings.ts";

const checkout_page = settings.standard.checkout_url;

/** Whether real money moves there: test money unless it says exactly "true". */
export const livemode = settings.standard.livemode;

/** A provider of your own: its page is told the purchase and its price. Undefined where none is set up. */
export const standard: CheckoutProvider | undefined = URL.canParse(checkout_page)
  ? {
    provider: "standard",
    livemode,
    begin({ id, price_minor, currency }) {
      const url = new URL(checkout_page);
      url.searchParams.set("purchase_id", id);
      url.searchParams.set("amount_minor", String(price_minor));
      url.searchParams.set("currency", currency);
      return Promise.resolve(url.href);
    },
  }
  : undefined;

const verifiers = readWebhooks(settings.standard.webhook_secrets);

/**
 * The event that a Standard Webhooks sender signed: over the raw body, with 5 minutes of tolerance in both
 * directions. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * 503 `misconfigured` without a secret, 415, 400 `invalid_webhook`, 422 `validation_failed`.
 */
export async function readStandardEvent(c: Context): Promise<PaymentEvent> {
  if (verifiers.length === 0) {
    throw new Problem("misconfigured", { cause: "missing setting: PAYMENTS_WEBHOOK_SECRETS" });
  }
  requireJson(c);
  const body = await c.req.text();
  const event_id = c.req.header("webhook-id") ?? "";
  const signed = {
    "webhook-id": event_id,
    "webhook-timestamp": c.req.header("webhook-timestamp") ?? "",
    "webhook-signature": c.req.header("webhook-signature") ?? "",
  };
  // What is signed is id.timestamp.body: a dot in the id would let one part pass for another.
  if (!EventId.safeParse(event_id).success || !/^\d{1,12}$/.test(signed["webhook-timestamp"])) {
    throw new Problem("invalid_webhook");
  }
  if (!verifiers.some((verifier) => isSigned(verifier, body, signed))) throw new Problem("invalid_webhook");

  let payload: Json;
  try {
    payload = JSON.parse(body);
  } catch {
    throw new Problem("malformed_json");
  }
  return toPaymentEvent(event_id, payload);
}

function isSigned(verifier: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    verifier.verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

const facts = {
  "payment.paid": "paid",
  "payment.failed": "failed",
  "payment.refunded": "refunded",
  "refund.failed": "refund_failed",
  "dispute.opened": "dispute_opened",
  "dispute.won": "dispute_won",
  "dispute.lost": "dispute_lost",
} as const;

/** What an event means here. 422 `validation_failed` for one that is not of the known shape. */
export function toPaymentEvent(event_id: string, payload: Json): PaymentEvent {
  const envelope = OtherEvent.safeParse(payload);
  if (!envelope.success) throw refusal(envelope.error);
  const common = { provider: "standard" as const, event_id, occurred_at: envelope.data.timestamp, payload };
  if (!Object.hasOwn(facts, envelope.data.type)) return { ...common, fact: "other", livemode: false };

  const event = StandardEvent.safeParse(payload);
  if (!event.success) throw refusal(event.error);
  const { type, data } = event.data;
  return {
    ...common,
    fact: facts[type],
    livemode: data.livemode,
    payment_id: data.payment_id,
    currency: data.currency,
    purchase_id: "purchase_id" in data ? data.purchase_id : undefined,
    amount_minor: "amount_minor" in data ? data.amount_minor : undefined,
    subject_id: "refund_id" in data ? data.refund_id : "dispute_id" in data ? data.dispute_id : undefined,
  };
}

function refusal(error: z.ZodError): Problem {
  return validationFailed(error.issues.map(({ path, message }) => ({ path: path.join("."), message })));
}
