import Stripe from "stripe";
import { upstream_timeout_ms } from "../../_shared/clients.ts";
import { Problem } from "../../_shared/problem.ts";
import type { StripeSettings } from "../settings.ts";
import {
  type Checkout,
  type History,
  parse,
  Payment,
  PaymentState,
  type Provider,
  readItems,
  type TimeSpan,
  type Webhooks,
} from "./provider.ts";
import { disputeStands, event_types, refundStands, toPaidEvent, toPaymentEvent } from "./stripe_events.ts";

/** How far a signature's time may be from ours, in both directions: Stripe's own recommendation. */
const tolerance_seconds = 300;
/** The most things on a page: Stripe's own limit. */
const page_size = 100;
/** The most refunds or disputes that are read of one payment; it has few. */
const all = { limit: 1_000 };

/** Stripe as a provider. Checkout takes a key and a return address, history a key, webhooks a signing secret. */
export function stripe({ secret_key, return_url, webhook_secrets }: StripeSettings): Provider {
  const client = secret_key === undefined ? undefined : new Stripe(secret_key, {
    // Looked up at each call, so that a test can put a stub in its place.
    httpClient: Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) => fetch(input, init)),
    timeout: upstream_timeout_ms,
    maxNetworkRetries: 0,
    telemetry: false,
  });
  const livemode = /^[sr]k_live_/.test(secret_key ?? "");
  return {
    name: "stripe",
    livemode,
    checkout: client && return_url !== undefined ? checkout(client, return_url) : undefined,
    webhooks: webhook_secrets.length > 0 ? webhooks(webhook_secrets) : undefined,
    history: client && history(client),
  };
}

/** Stripe Checkout. */
function checkout(client: Stripe, return_url: string): Checkout {
  return {
    async open({ id, stripe_price_id, price_minor, currency }) {
      const session = await client.checkout.sessions.create({
        mode: "payment",
        line_items: [{ price: stripe_price_id!, quantity: 1 }],
        client_reference_id: id,
        // For people who look at the dashboard; nothing is decided by it.
        payment_intent_data: { metadata: { purchase_id: id } },
        success_url: return_url,
        cancel_url: return_url,
        // One purchase, one session, however often it is asked for.
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
  };
}

/** Signatures over the raw body, one good secret of several is enough. https://docs.stripe.com/webhooks/signature */
function webhooks(secrets: string[]): Webhooks {
  const crypto_provider = Stripe.createSubtleCryptoProvider();
  return {
    async read(body, headers) {
      const signature = headers.get("stripe-signature") ?? "";
      // The package looks at the past alone.
      const signed_seconds = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature)?.[1]);
      if (!(signed_seconds <= Date.now() / 1_000 + tolerance_seconds)) throw new Problem("invalid_webhook");
      for (const secret of secrets) {
        const event = await Stripe.webhooks
          .constructEventAsync(body, signature, secret, tolerance_seconds, crypto_provider).catch(() => undefined);
        if (event !== undefined) return toPaymentEvent(event);
      }
      throw new Problem("invalid_webhook");
    },
  };
}

/** What Stripe tells about the past: events of 30 days, and payments of all time. */
function history(client: Stripe): History {
  return {
    async listEvents(time, cursor) {
      const { data, has_more } = await client.events.list({ ...pageOf(time, cursor), types: event_types });
      return { ...readItems(data, toPaymentEvent), seen: data.length, next_cursor: nextCursor(data, has_more) };
    },

    async listPayments(time, cursor) {
      const { data, has_more } = await client.paymentIntents.list(pageOf(time, cursor));
      // The metadata only tells whose payment it is, on an account with other shops.
      const paid = data.filter(({ status, metadata }) => status === "succeeded" && metadata.purchase_id !== undefined);
      return { ...readItems(paid, paymentOf), seen: data.length, next_cursor: nextCursor(data, has_more) };
    },

    async readPayment(payment_id) {
      const intent = await client.paymentIntents.retrieve(payment_id, { expand: ["latest_charge"] }).catch(ifKnown);
      if (intent?.status !== "succeeded") return undefined;
      const charge = intent.latest_charge as Stripe.Charge;
      const about = { payment_intent: payment_id, limit: page_size };
      const refunds = charge.amount_refunded > 0 ? await client.refunds.list(about).autoPagingToArray(all) : [];
      const disputes = charge.disputed ? await client.disputes.list(about).autoPagingToArray(all) : [];
      return parse(PaymentState, {
        ...paymentOf(intent),
        refunded_minor: refunds.filter(refundStands).reduce((sum, { amount }) => sum + amount, 0),
        disputed: disputes.some(disputeStands),
      });
    },

    async readPaidEvent(payment_id) {
      const [session] = (await client.checkout.sessions.list({ payment_intent: payment_id, limit: 1 })).data;
      return session && toPaidEvent(session);
    },
  };
}

function paymentOf({ id, amount_received, currency }: Stripe.PaymentIntent): Payment {
  return parse(Payment, { payment_id: id, amount_minor: amount_received, currency });
}

function pageOf({ since, until }: TimeSpan, cursor: string | null) {
  const created = { gte: Math.floor(Date.parse(since) / 1_000), lte: Math.ceil(Date.parse(until) / 1_000) };
  return { created, limit: page_size, ...(cursor !== null && { starting_after: cursor }) };
}

function nextCursor(data: { id: string }[], has_more: boolean): string | null {
  return has_more ? data.at(-1)!.id : null;
}

function ifKnown(error: unknown): undefined {
  if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return undefined;
  throw error;
}
