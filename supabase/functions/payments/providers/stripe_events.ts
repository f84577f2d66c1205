import type Stripe from "stripe";
import * as z from "zod";
import type { Json } from "../../_shared/database.ts";
import { Malformed, parse, PaymentEvent } from "./provider.ts";

/** The events of Stripe that mean something here. docs/deploy.md lists them for the dashboard. */
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

/** An event of Stripe in the words of Tally. Throws `Malformed`. */
export function toPaymentEvent(event: Stripe.Event): PaymentEvent {
  try {
    return parse(PaymentEvent, {
      provider: "stripe",
      event_id: event.id,
      livemode: event.livemode,
      occurred_at: timeOf(event),
      payload: event as unknown as Json,
      ...factOf(event),
    });
  } catch (cause) {
    if (cause instanceof Malformed) throw cause;
    // A member of the event is missing, or of another type than Stripe's.
    throw new Malformed([{ path: "data.object", message: "Not as Stripe's API describes it" }], { cause });
  }
}

/**
 * The event that the webhook of a paid checkout would have told; undefined while it is not paid. Throws `Malformed`.
 */
export function toPaidEvent(session: Stripe.Checkout.Session): PaymentEvent | undefined {
  const paid = paidFact(session);
  return paid && parse(PaymentEvent, {
    provider: "stripe",
    event_id: `reconciled:${session.id}`,
    livemode: session.livemode,
    occurred_at: timeOf(session),
    payload: session as unknown as Json,
    ...paid,
  });
}

type Fact = Pick<PaymentEvent, "fact"> & Partial<PaymentEvent>;

/** What an event means. Amounts are Stripe's, in minor units. */
function factOf(event: Stripe.Event): Fact {
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
      // Completed is not paid: a bank transfer may follow, and says so in an event of its own.
      return paidFact(event.data.object) ?? { fact: "other" };
    case "checkout.session.async_payment_failed":
    case "checkout.session.expired":
      return { fact: "failed", ...aboutSession(event.data.object) };
    case "refund.created":
    case "refund.updated":
    case "refund.failed": {
      const refund = event.data.object;
      return {
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
        fact: disputeFact(event.type, dispute),
        payment_id: idOf(dispute.payment_intent),
        subject_id: dispute.id,
        // The dispute's own currency may be another than the charge's: it is not compared.
      };
    }
    default:
      return { fact: "other" };
  }
}

function disputeFact(type: Stripe.Event["type"], dispute: Stripe.Dispute): PaymentEvent["fact"] {
  if (isInquiry(dispute)) return "other";
  if (type === "charge.dispute.created") return "dispute_opened";
  return disputeStands(dispute) ? "dispute_lost" : "dispute_won";
}

/** Whether a dispute is an inquiry (`warning_…`), which takes no money and so takes no tokens. */
function isInquiry({ status }: Stripe.Dispute): boolean {
  return status.startsWith("warning_");
}

/** Whether a dispute is open or was lost. */
export function disputeStands(dispute: Stripe.Dispute): boolean {
  return dispute.status !== "won" && !isInquiry(dispute);
}

/**
 * Whether a refund counts. One on its way does, since its tokens could be spent until it arrives; a failed one does
 * not.
 */
export function refundStands({ status }: Stripe.Refund): boolean {
  return status !== "failed" && status !== "canceled";
}

function paidFact(session: Stripe.Checkout.Session): Fact | undefined {
  if (session.payment_status !== "paid") return undefined;
  return { fact: "paid", ...aboutSession(session), amount_minor: session.amount_total ?? undefined };
}

function aboutSession(session: Stripe.Checkout.Session) {
  return {
    payment_id: idOf(session.payment_intent),
    purchase_id: asUuid(session.client_reference_id),
    currency: session.currency ?? undefined,
  };
}

function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  return typeof reference === "string" ? reference : reference?.id;
}

/** The reference of a checkout session, if it is a purchase of Tally: other shops on the account have their own. */
function asUuid(reference: string | null): string | undefined {
  return reference !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(reference) ? reference : undefined;
}

/** Unix time in seconds, from 1970 to the end of the year 9999. */
const Created = z.object({ created: z.int().min(0).max(253_402_300_799) });

function timeOf(dated: { created: number }): string {
  return new Date(parse(Created, dated).created * 1_000).toISOString();
}
