import Stripe from "stripe";
import type { Json } from "../_shared/database.types.ts";
import type { Payment, PaymentRecords, TimeSpan } from "./records.ts";
import {
  client,
  disputeStands,
  event_types,
  livemode,
  paidFact,
  refundStands,
  secret_key,
  toPaymentEvent,
} from "./stripe.ts";

/** As many as Stripe gives at once. */
const page_size = 100;

/** What Stripe knows of the past: events of 30 days, and payments of all time. Undefined without a key. */
export const stripe_records: PaymentRecords | undefined = secret_key === "" ? undefined : {
  provider: "stripe",
  livemode,

  async listEvents(time, cursor) {
    const { data, has_more } = await client.events.list({ ...pageOf(time, cursor), types: event_types });
    return { items: data.map(toPaymentEvent), seen: data.length, next_cursor: nextCursor(data, has_more) };
  },

  async listPayments(time, cursor) {
    const { data, has_more } = await client.paymentIntents.list(pageOf(time, cursor));
    // The metadata only tells whose payment it is, on an account with other shops.
    const paid = data.filter(({ status, metadata }) => status === "succeeded" && metadata.purchase_id !== undefined);
    return { items: paid.map(paymentOf), seen: data.length, next_cursor: nextCursor(data, has_more) };
  },

  async readPayment(payment_id) {
    const intent = await client.paymentIntents.retrieve(payment_id, { expand: ["latest_charge"] }).catch(ifKnown);
    if (intent?.status !== "succeeded") return undefined;
    const charge = intent.latest_charge as Stripe.Charge;
    const about = { payment_intent: payment_id, limit: page_size };
    const refunds = charge.amount_refunded > 0 ? await client.refunds.list(about).autoPagingToArray(all) : [];
    const disputes = charge.disputed ? await client.disputes.list(about).autoPagingToArray(all) : [];
    return {
      ...paymentOf(intent),
      refunded_minor: refunds.filter(refundStands).reduce((sum, { amount }) => sum + amount, 0),
      disputed: disputes.some(disputeStands),
    };
  },

  async readPaidEvent(payment_id) {
    const [session] = (await client.checkout.sessions.list({ payment_intent: payment_id, limit: 1 })).data;
    const paid = session && paidFact(session);
    return paid && {
      provider: "stripe",
      event_id: `reconciled:${session.id}`,
      livemode: session.livemode,
      occurred_at: new Date(session.created * 1_000).toISOString(),
      payload: session as unknown as Json,
      ...paid,
    };
  },
};

/** A payment has few refunds and disputes: more than these would be a mistake of ours. */
const all = { limit: 1_000 };

function paymentOf({ id, amount_received, currency }: Stripe.PaymentIntent): Payment {
  return { payment_id: id, amount_minor: amount_received, currency };
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
