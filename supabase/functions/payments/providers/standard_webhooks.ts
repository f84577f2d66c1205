import type { Webhook } from "standardwebhooks";
import { upstream_timeout_ms } from "../../_shared/clients.ts";
import type { Json } from "../../_shared/database.ts";
import { parseJson } from "../../_shared/json.ts";
import { Problem } from "../../_shared/problem.ts";
import type { StandardSettings } from "../settings.ts";
import {
  type Checkout,
  type History,
  parse,
  PaymentEvent,
  type Provider,
  ProviderId,
  readItems,
  type TimeSpan,
  type Webhooks,
} from "./provider.ts";
import {
  EventEnvelope,
  ListedEvent,
  StandardEvent,
  StandardEventPage,
  StandardPayment,
  StandardPaymentPage,
} from "./standard_schema.ts";

/** A provider of your own, who signs Standard Webhooks. Each part takes its own settings. */
export function standardWebhooks({ livemode, checkout_url, webhook_verifiers, api }: StandardSettings): Provider {
  return {
    name: "standard",
    livemode,
    checkout: checkout_url === undefined ? undefined : checkout(checkout_url),
    webhooks: webhook_verifiers.length > 0 ? webhooks(webhook_verifiers) : undefined,
    history: api && history(api),
  };
}

/** A page that is told the purchase and its price. */
function checkout(checkout_url: string): Checkout {
  return {
    open({ id, price_minor, currency }) {
      const url = new URL(checkout_url);
      url.searchParams.set("purchase_id", id);
      url.searchParams.set("amount_minor", String(price_minor));
      url.searchParams.set("currency", currency);
      return Promise.resolve(url.href);
    },
  };
}

/**
 * Signatures over the raw body, with 5 minutes of tolerance in both directions.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function webhooks(verifiers: Webhook[]): Webhooks {
  return {
    // deno-lint-ignore require-await
    async read(body, headers) {
      const event_id = headers.get("webhook-id") ?? "";
      const signed = {
        "webhook-id": event_id,
        "webhook-timestamp": headers.get("webhook-timestamp") ?? "",
        "webhook-signature": headers.get("webhook-signature") ?? "",
      };
      // What is signed is id.timestamp.body: a dot in the id would let one part pass for another.
      const is_readable = ProviderId.safeParse(event_id).success && /^\d{1,12}$/.test(signed["webhook-timestamp"]);
      if (!is_readable || !verifiers.some((verifier) => isSigned(verifier, body, signed))) {
        throw new Problem("invalid_webhook");
      }
      return toPaymentEvent(event_id, parseJson(body));
    },
  };
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

/** An event of this provider in the words of Tally. Throws `Malformed`. */
function toPaymentEvent(event_id: string, payload: Json): PaymentEvent {
  const envelope = parse(EventEnvelope, payload);
  const common = { provider: "standard", event_id, occurred_at: envelope.timestamp, payload };
  if (!Object.hasOwn(facts, envelope.type)) return parse(PaymentEvent, { ...common, fact: "other", livemode: false });

  const { type, data } = parse(StandardEvent, payload);
  return parse(PaymentEvent, {
    ...common,
    fact: facts[type],
    livemode: data.livemode,
    payment_id: data.payment_id,
    currency: data.currency,
    purchase_id: "purchase_id" in data ? data.purchase_id : undefined,
    amount_minor: "amount_minor" in data ? data.amount_minor : undefined,
    subject_id: "refund_id" in data ? data.refund_id : "dispute_id" in data ? data.dispute_id : undefined,
  });
}

/**
 * What the provider's API tells about the past. It answers, to a bearer token: `GET /events` and `GET /payments` with
 * `?since&until&cursor`, and `GET /payments/{id}` (404 if it was never paid), in the shapes of standard_schema.ts.
 */
function history({ url, key }: { url: string; key: string }): History {
  /** Undefined if the provider answers 404. */
  async function read(path: string): Promise<unknown> {
    const response = await fetch(url + path, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(upstream_timeout_ms),
    });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`GET ${path} of the provider answered ${response.status}`);
    return JSON.parse(text);
  }

  async function readPayment(payment_id: string): Promise<StandardPayment | undefined> {
    const payment = await read(`/payments/${encodeURIComponent(payment_id)}`);
    return payment === undefined ? undefined : parse(StandardPayment, payment);
  }

  return {
    async listEvents(time, cursor) {
      const { events, next_cursor } = parse(StandardEventPage, await read(`/events?${pageOf(time, cursor)}`));
      return { ...readItems(events, listedEvent), seen: events.length, next_cursor };
    },

    async listPayments(time, cursor) {
      const { payments, next_cursor } = parse(StandardPaymentPage, await read(`/payments?${pageOf(time, cursor)}`));
      const { items, malformed } = readItems(payments, (payment) => parse(StandardPayment, payment));
      return { items, malformed, seen: payments.length, next_cursor };
    },

    readPayment,

    async readPaidEvent(payment_id) {
      const payment = await readPayment(payment_id);
      if (payment === undefined) return undefined;
      const { purchase_id, amount_minor, currency, livemode, paid_at } = payment;
      return {
        provider: "standard",
        event_id: `reconciled:${payment_id}`,
        fact: "paid",
        occurred_at: paid_at,
        payload: payment,
        ...{ payment_id, purchase_id, amount_minor, currency, livemode },
      };
    },
  };
}

function listedEvent(listed: unknown): PaymentEvent {
  const { id, ...event } = parse(ListedEvent, listed);
  return toPaymentEvent(id, event as Json);
}

function pageOf({ since, until }: TimeSpan, cursor: string | null): string {
  return new URLSearchParams({ since, until, ...(cursor !== null && { cursor }) }).toString();
}
