import type * as z from "zod";
import { upstream_timeout_ms } from "../_shared/clients.ts";
import type { Json } from "../_shared/database.types.ts";
import type { PaymentRecords, TimeSpan } from "./records.ts";
import { StandardEventPage, StandardPayment, StandardPaymentPage } from "./schema.ts";
import { settings } from "./settings.ts";
import { livemode, toPaymentEvent } from "./standard.ts";

const api_url = settings.standard.api_url.replace(/\/+$/, "");
const api_key = settings.standard.api_key;

/**
 * What a provider of your own knows of the past. It answers, to a bearer token:
 * `GET /events` and `GET /payments` with `?since&until&cursor`, and `GET /payments/{id}` (404 for one never paid),
 * in the shapes `StandardEventPage`, `StandardPaymentPage` and `StandardPayment`. Undefined where it is not set up.
 */
export const standard_records: PaymentRecords | undefined = !URL.canParse(api_url) || api_key === "" ? undefined : {
  provider: "standard",
  livemode,

  async listEvents(time, cursor) {
    const { events, next_cursor } = await read(`/events?${pageOf(time, cursor)}`, StandardEventPage);
    // One that is malformed was refused when it was sent, and is left out here: its payment is compared all the same.
    const items = events.flatMap(({ id, ...event }) => {
      try {
        return [toPaymentEvent(id, event as Json)];
      } catch {
        return [];
      }
    });
    return { items, seen: events.length, next_cursor };
  },

  async listPayments(time, cursor) {
    const { payments, next_cursor } = await read(`/payments?${pageOf(time, cursor)}`, StandardPaymentPage);
    return { items: payments, seen: payments.length, next_cursor };
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

async function readPayment(payment_id: string) {
  return await read(`/payments/${encodeURIComponent(payment_id)}`, StandardPayment.optional());
}

/** Undefined to the schema where there is no such thing. */
async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  const response = await fetch(api_url + path, {
    headers: { authorization: `Bearer ${api_key}` },
    signal: AbortSignal.timeout(upstream_timeout_ms),
  });
  const text = await response.text();
  if (response.status === 404) return schema.parse(undefined);
  if (!response.ok) throw new Error(`GET ${path} of the provider answered ${response.status}`);
  return schema.parse(JSON.parse(text));
}

function pageOf({ since, until }: TimeSpan, cursor: string | null): string {
  return new URLSearchParams({ since, until, ...(cursor !== null && { cursor }) }).toString();
}
