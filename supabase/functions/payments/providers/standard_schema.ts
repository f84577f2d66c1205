/** What a provider of your own says, in its webhooks and in the API that it offers for reconciliation. */
import * as z from "zod";
import { Time } from "../../_shared/time.ts";
import { AmountMinor, Currency } from "../money.ts";
import { ProviderId } from "./provider.ts";

const id = z.string().regex(/^[\w-]{1,100}$/, "1 to 100 letters, digits, - or _");
const about = z.object({ livemode: z.boolean(), payment_id: id, currency: Currency.optional() });

/** The events that mean something here, after their signature was verified. */
export const StandardEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("payment.paid"),
    timestamp: Time,
    data: about.extend({ purchase_id: z.guid(), amount_minor: AmountMinor, currency: Currency }),
  }),
  z.object({
    type: z.literal("payment.failed"),
    timestamp: Time,
    data: about.partial({ payment_id: true }).extend({ purchase_id: z.guid() }),
  }),
  z.object({
    type: z.literal("payment.refunded"),
    timestamp: Time,
    data: about.extend({
      refund_id: id,
      amount_minor: AmountMinor.describe("Refunded in all under this id"),
      currency: Currency,
    }),
  }),
  z.object({ type: z.literal("refund.failed"), timestamp: Time, data: about.extend({ refund_id: id }) }),
  z.object({
    type: z.enum(["dispute.opened", "dispute.won", "dispute.lost"]),
    timestamp: Time,
    data: about.extend({ dispute_id: id }),
  }),
]);
export type StandardEvent = z.infer<typeof StandardEvent>;

/** An event of any type. One of an unknown type is stored, and otherwise ignored. */
export const EventEnvelope = z.object({ type: z.string().min(1).max(255), timestamp: Time });

/** An event in a list: what its webhook said, and its id. */
export const ListedEvent = z.object({ id: ProviderId }).loose();

/** A payment, as `GET /payments/{id}` answers it. */
export const StandardPayment = z.object({
  payment_id: id,
  purchase_id: z.guid(),
  amount_minor: AmountMinor,
  currency: Currency,
  livemode: z.boolean(),
  refunded_minor: z.int().min(0).describe("The sum of all refunds that did not fail"),
  disputed: z.boolean().describe("True while a dispute is open, and after one was lost"),
  paid_at: Time,
});
export type StandardPayment = z.infer<typeof StandardPayment>;

const page = z.object({ next_cursor: z.string().min(1).max(255).nullable() });

/** A page of `GET /events`: up to 100 of `ListedEvent`, each read on its own. */
export const StandardEventPage = page.extend({ events: z.array(z.unknown()).max(100) });

/** A page of `GET /payments`: up to 100 of `StandardPayment`, each read on its own. */
export const StandardPaymentPage = page.extend({ payments: z.array(z.unknown()).max(100) });
