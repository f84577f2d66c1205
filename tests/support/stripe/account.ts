/**
 * Stripe as far as Tally talks to it: an account that keeps sessions, payments, refunds, disputes and events, answers
 * its HTTP API in the pinned version, and makes the events that each change makes.
 */
import Stripe from "stripe";
import * as shapes from "./shapes.ts";

const webhook_secret = "whsec_0123456789abcdefghijklmnopqrstuv";

/** What a function is set to, to be a customer of such an account. */
export const stripe_environment = {
  STRIPE_SECRET_KEY: "sk_test_of_the_stand_in",
  STRIPE_WEBHOOK_SECRETS: webhook_secret,
  PAYMENTS_RETURN_URL: "https://shop.example/wallet",
};

/** The request with which Stripe tells an event: a JSON text, signed now by its own package. */
export async function webhookRequest(payload: string): Promise<RequestInit> {
  const signature = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: webhook_secret });
  const headers = { "content-type": "application/json", "stripe-signature": signature };
  return { method: "POST", headers, body: payload };
}

/** Anything the API lists. */
type Listed = { id: string; created: number };

export class StripeAccount {
  readonly sessions: Stripe.Checkout.Session[] = [];
  readonly intents: Stripe.PaymentIntent[] = [];
  readonly charges: Stripe.Charge[] = [];
  readonly refunds: Stripe.Refund[] = [];
  readonly disputes: Stripe.Dispute[] = [];
  readonly events: Stripe.Event[] = [];
  /** Each request that came, as `GET /v1/events`. */
  readonly requests: string[] = [];
  /** Set, it answers 500 to everything from the n-th request from now on. */
  down_after = Infinity;
  readonly #sessions_by_key = new Map<string, Stripe.Checkout.Session>();

  openCheckout(client_reference_id: string | null): Stripe.Checkout.Session {
    const session = shapes.checkoutSession({ client_reference_id });
    this.sessions.push(session);
    return session;
  }

  /** A buyer pays at a checkout. */
  pay(session_id: string): Stripe.Event {
    return this.#completed(session_id, "paid");
  }

  /** A buyer pays by bank transfer, which is on its way. */
  payLater(session_id: string): Stripe.Event {
    return this.#completed(session_id, "unpaid");
  }

  /** That transfer arrives. */
  arrive(session_id: string): Stripe.Event {
    const session = this.#find(this.sessions, session_id);
    session.payment_status = "paid";
    this.#collect(this.#find(this.intents, session.payment_intent as string));
    return this.#happened("checkout.session.async_payment_succeeded", session);
  }

  /** Pays outside of any checkout of Tally, as another shop on the account does. */
  payElsewhere(): Stripe.PaymentIntent {
    const intent = shapes.paymentIntent({});
    this.intents.push(intent);
    this.#collect(intent);
    return intent;
  }

  refund(payment_intent: string, amount: number, status = "succeeded"): Stripe.Event {
    const charge = this.#chargeOf(payment_intent);
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount;
    const refund = shapes.refund({ payment_intent, charge: charge.id, amount, status });
    this.refunds.push(refund);
    this.#happened("charge.refunded", charge);
    return this.#happened("refund.created", refund);
  }

  /** The bank sends a refund back: that of the event which told of it. */
  failRefund(refunded: Stripe.Event): Stripe.Event {
    const refund = this.#find(this.refunds, idOf(refunded));
    Object.assign(refund, { status: "failed", failure_reason: "expired_or_canceled_card" });
    const charge = this.#chargeOf(refund.payment_intent as string);
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    return this.#happened("refund.failed", refund);
  }

  dispute(payment_intent: string): Stripe.Event {
    const charge = this.#chargeOf(payment_intent);
    charge.disputed = true;
    const dispute = shapes.dispute({ payment_intent, charge: charge.id });
    this.disputes.push(dispute);
    return this.#happened("charge.dispute.created", dispute);
  }

  closeDispute(opened: Stripe.Event, status: "won" | "lost"): Stripe.Event {
    const dispute = this.#find(this.disputes, idOf(opened));
    dispute.status = status;
    return this.#happened("charge.dispute.closed", dispute);
  }

  /** As after 30 days: the event is no longer listed. */
  forget(event: Stripe.Event): void {
    this.events.splice(this.events.indexOf(event), 1);
  }

  /** Has what this process asks of api.stripe.com answered here, until disposed of. */
  takeThePlaceOfStripe(): Disposable {
    const fetch_elsewhere = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      return new URL(request.url).host === "api.stripe.com" ? this.answer(request) : fetch_elsewhere(request);
    };
    return {
      [Symbol.dispose]() {
        globalThis.fetch = fetch_elsewhere;
      },
    };
  }

  /** What stands at api.stripe.com. */
  async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}`);
    if (this.down_after-- <= 0) return refuse(500, { type: "api_error", message: "An error occurred." });
    if (!/^Bearer [sr]k_test_\w+$/.test(request.headers.get("authorization") ?? "")) {
      return refuse(401, { type: "invalid_request_error", message: "Invalid API Key provided" });
    }
    if (request.headers.get("stripe-version") !== Stripe.API_VERSION) {
      return refuse(400, { type: "invalid_request_error", message: "Invalid Stripe API version" });
    }
    if (request.method === "POST" && pathname === "/v1/checkout/sessions") {
      const form = new URLSearchParams(await request.text());
      const key = request.headers.get("idempotency-key")!;
      const session = this.#sessions_by_key.get(key) ?? this.openCheckout(form.get("client_reference_id"));
      this.#sessions_by_key.set(key, session);
      return Response.json(session);
    }
    const [, resource = "", id] = /^\/v1\/(\w+(?:\/sessions)?)(?:\/(\w+))?$/.exec(pathname) ?? [];
    const lists: Record<string, Listed[]> = {
      "checkout/sessions": this.sessions,
      payment_intents: this.intents,
      refunds: this.refunds,
      disputes: this.disputes,
      events: this.events,
    };
    const list = lists[resource];
    if (request.method !== "GET" || list === undefined) {
      return refuse(404, { type: "invalid_request_error", message: `Unrecognized request URL (${pathname})` });
    }
    if (id === undefined) return listOf(pathname, list, searchParams);
    const found = list.find((item) => item.id === id);
    if (found === undefined) {
      const message = `No such ${resource.replace(/s$/, "")}: '${id}'`;
      return refuse(404, { type: "invalid_request_error", code: "resource_missing", message });
    }
    if (searchParams.get("expand[0]") !== "latest_charge") return Response.json(found);
    const { latest_charge } = found as unknown as Stripe.PaymentIntent;
    return Response.json({ ...found, latest_charge: this.charges.find(({ id }) => id === latest_charge) ?? null });
  }

  #completed(session_id: string, payment_status: "paid" | "unpaid"): Stripe.Event {
    const session = this.#find(this.sessions, session_id);
    const intent = shapes.paymentIntent({
      ...{ status: "processing", amount_received: 0 },
      metadata: { purchase_id: session.client_reference_id! },
    });
    this.intents.push(intent);
    Object.assign(session, { status: "complete", payment_status, payment_intent: intent.id });
    if (payment_status === "paid") this.#collect(intent);
    return this.#happened("checkout.session.completed", session);
  }

  #collect(intent: Stripe.PaymentIntent) {
    const charge = shapes.charge({ payment_intent: intent.id, metadata: intent.metadata });
    this.charges.push(charge);
    Object.assign(intent, { status: "succeeded", amount_received: intent.amount, latest_charge: charge.id });
  }

  #chargeOf(payment_intent: string): Stripe.Charge {
    return this.charges.find((charge) => charge.payment_intent === payment_intent)!;
  }

  #find<Item extends { id: string }>(items: Item[], id: string): Item {
    return items.find((item) => item.id === id)!;
  }

  #happened(type: Stripe.Event.Type, object: object): Stripe.Event {
    const event = {
      id: shapes.newId("evt"),
      object: "event",
      api_version: Stripe.API_VERSION,
      created: shapes.nowSeconds(),
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    } as Stripe.Event;
    this.events.push(event);
    return event;
  }
}

/** The id of what an event is about. */
const idOf = ({ data }: Stripe.Event) => (data.object as { id: string }).id;

/** Newest first, by pages. https://docs.stripe.com/api/pagination */
function listOf(url: string, items: Listed[], query: URLSearchParams): Response {
  const types = [...query].filter(([name]) => name.startsWith("types[")).map(([, type]) => type);
  const matching = items.toReversed().filter((item) => {
    const { type, payment_intent } = item as { type?: string; payment_intent?: unknown };
    return item.created >= Number(query.get("created[gte]") ?? 0) &&
      item.created <= Number(query.get("created[lte]") ?? Infinity) &&
      (types.length === 0 || types.includes(type!)) &&
      (!query.has("payment_intent") || payment_intent === query.get("payment_intent"));
  });
  const after = query.get("starting_after");
  const from = after === null ? 0 : matching.findIndex(({ id }) => id === after) + 1;
  const end = from + Number(query.get("limit") ?? 10);
  return Response.json({ object: "list", url, has_more: end < matching.length, data: matching.slice(from, end) });
}

function refuse(status: number, error: Record<string, string>): Response {
  return Response.json({ error }, { status });
}
