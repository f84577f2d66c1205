import type { Context } from "hono";
import Stripe from "stripe";
import { requireJson } from "../_shared/body.ts";
import { upstream_timeout_ms } from "../_shared/clients.ts";
import type { Json } from "../_shared/database.types.ts";
import { Problem } from "../_shared/problem.ts";
import type { CheckoutProvider, PaymentEvent } from "./purchases.ts";
import { settings } from "./settings.ts";

/** How far a signature's time may be from ours, in both directions: Stripe's own recommendation. */
const tolerance_seconds = 300;
/** Stripe's secrets have 38 characters; one that is blank or cut short opens nothing. */
const least_secret_characters = 30;

export const secret_key = settings.stripe.secret_key;
/** Whether real money moves there. */
export const livemode = /^[sr]k_live_/.test(secret_key);
const return_url = settings.stripe.return_url;
// Several while one is replaced by the next.
const webhook_secrets = settings.stripe.webhook_secrets.split(/[\s,]+/)
  .filter((secret) => secret.startsWith("whsec_") && secret.length >= least_secret_characters);

const crypto_provider = Stripe.createSubtleCryptoProvider();
export const client = new Stripe(secret_key || "sk_test_unset", {
  // Looked up at each call, so that a test can put a stub in its place.
  httpClient: Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) => fetch(input, init)),
  timeout: upstream_timeout_ms,
  maxNetworkRetries: 0,
  telemetry: false,
});

/** Stripe Checkout. Undefined where it is not set up. */
export const stripe: CheckoutProvider | undefined = secret_key !== "" && URL.canParse(return_url)
  ? {
    provider: "stripe",
    livemode,
    async begin({ id, stripe_price_id, price_minor, currency }) {
      const session = await client.checkout.sessions.create({
        mode: "payment",
        line_items: [{ price: stripe_price_id, quantity: 1 }],
        client_reference_id: id,
        // For people who look at the dashboard; nothing is decided by it.
        payment_intent_data: { metadata: { purchase_id: id } },
        success_url: return_url,
        cancel_url: return_url,
      }, { idempotencyKey: id });
      // A buyer must not pay what would not be credited.
      if (session.amount_total !== price_minor || session.currency !== currency) {
        const there = `${session.amount_total} ${session.currency}`;
        throw new Problem("misconfigured", {
          cause: `${stripe_price_id} is ${there} at Stripe and ${price_minor} ${currency} in token_packs`,
        });
      }
      return session.url!;
    },
  }
  : undefined;

/**
 * The event that Stripe signed, over the raw body. https://docs.stripe.com/webhooks/signature
 * 503 `misconfigured` without a secret, 415, 400 `invalid_webhook`.
 */
export async function readStripeEvent(c: Context): Promise<PaymentEvent> {
  if (webhook_secrets.length === 0) {
    throw new Problem("misconfigured", { cause: "missing setting: STRIPE_WEBHOOK_SECRETS" });
  }
  requireJson(c);
  const body = await c.req.text();
  const signature = c.req.header("stripe-signature") ?? "";
  // The package looks at the past alone.
  const signed_seconds = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature)?.[1]);
  if (!(signed_seconds <= Date.now() / 1_000 + tolerance_seconds)) throw new Problem("invalid_webhook");
  for (const secret of webhook_secrets) {
    const event = await client.webhooks.constructEventAsync(body, signature, secret, tolerance_seconds, crypto_provider)
      .catch(() => undefined);
    if (event !== undefined) return toPaymentEvent(event);
  }
  throw new Problem("invalid_webhook");
}

/** The events that mean something here, as README lists them for the dashboard. */
export const event_types = [
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.expired",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.dispute.created",
  "charge.dispute.closed",
];

/** What an event means here. Amounts are Stripe's, in minor units. */
export function toPaymentEvent(event: Stripe.Event): PaymentEvent {
  const common = {
    provider: "stripe" as const,
    event_id: event.id,
    livemode: event.livemode,
    occurred_at: new Date(event.created * 1_000).toISOString(),
    payload: event as unknown as Json,
  };
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
      // Completed is not paid: a bank transfer may follow, and says so in an event of its own.
      return { ...common, ...(paidFact(event.data.object) ?? { fact: "other" }) };
    case "checkout.session.async_payment_failed":
    case "checkout.session.expired":
      return { ...common, fact: "failed", ...ofSession(event.data.object) };
    case "refund.created":
    case "refund.updated":
    case "refund.failed": {
      const refund = event.data.object;
      return {
        ...common,
        ...(refundStands(refund) ? { fact: "refunded", amount_minor: refund.amount } : { fact: "refund_failed" }),
        payment_id: idOf(refund.payment_intent),
        subject_id: refund.id,
        currency: refund.currency,
      };
    }
    case "charge.dispute.created":
    case "charge.dispute.closed": {
      const dispute = event.data.object;
      return {
        ...common,
        fact: disputeFact(event.type, dispute),
        payment_id: idOf(dispute.payment_intent),
        subject_id: dispute.id,
        // The dispute's own currency may be another than the charge's: it is not compared.
      };
    }
    default:
      return { ...common, fact: "other" };
  }
}

/** An inquiry (`warning_…`) takes no money, so it takes no tokens. */
function disputeFact(type: Stripe.Event["type"], dispute: Stripe.Dispute): PaymentEvent["fact"] {
  if (isInquiry(dispute)) return "other";
  if (type === "charge.dispute.created") return "dispute_opened";
  return disputeStands(dispute) ? "dispute_lost" : "dispute_won";
}

function isInquiry({ status }: Stripe.Dispute): boolean {
  return status.startsWith("warning_");
}

/** While it is open, and after it was lost. */
export function disputeStands(dispute: Stripe.Dispute): boolean {
  return dispute.status !== "won" && !isInquiry(dispute);
}

/** One that is on its way counts: its tokens could be spent until it arrives. One that failed at the bank does not. */
export function refundStands({ status }: Stripe.Refund): boolean {
  return status !== "failed" && status !== "canceled";
}

/** The fact that a checkout was paid; undefined while it is not. */
export function paidFact(session: Stripe.Checkout.Session) {
  if (session.payment_status !== "paid") return undefined;
  return { fact: "paid" as const, ...ofSession(session), amount_minor: session.amount_total ?? undefined };
}

function ofSession(session: Stripe.Checkout.Session) {
  return {
    payment_id: idOf(session.payment_intent),
    purchase_id: asUuid(session.client_reference_id),
    currency: session.currency ?? undefined,
  };
}

function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  return typeof reference === "string" ? reference : reference?.id;
}

/** Sessions of other shops on the account carry references of their own. */
function asUuid(reference: string | null): string | undefined {
  return reference !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(reference) ? reference : undefined;
}
