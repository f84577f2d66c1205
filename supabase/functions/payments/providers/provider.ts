import * as z from "zod";
import { type Json, words } from "../../_shared/database.ts";
import { isShallow, max_depth } from "../../_shared/json.ts";
import { Time } from "../../_shared/time.ts";
import { Currency } from "../money.ts";

/** A payment provider: a company, or a service of your own. A part is undefined if its settings are missing. */
export interface Provider {
  name: PaymentEvent["provider"];
  /** Whether real money moves. Events of the other mode credit nothing. */
  livemode: boolean;
  checkout: Checkout | undefined;
  webhooks: Webhooks | undefined;
  history: History | undefined;
}

/** The pages of a provider on which buyers pay. */
export interface Checkout {
  /** The page for a purchase, the same each time. Problem `misconfigured` if it would ask for another price. */
  open(purchase: PendingPurchase): Promise<string>;
}

/** A purchase that is about to be paid. */
export interface PendingPurchase {
  id: string;
  /** In the smallest unit of the currency. */
  price_minor: number;
  /** ISO 4217, lower case. */
  currency: string;
  /** The pack's price at Stripe; null for packs that Stripe does not sell. */
  stripe_price_id: string | null;
}

/** The webhooks of a provider. */
export interface Webhooks {
  /**
   * The event that the provider signed. `body` is the text of the request, unchanged.
   * Problem `invalid_webhook` if somebody else signed it, `Malformed` if it is signed and not an event.
   */
  read(body: string, headers: Headers): Promise<PaymentEvent>;
}

/** What a provider tells about the past. Each call rejects while the provider is down. */
export interface History {
  /** The events of a time span, in any order. */
  listEvents(time: TimeSpan, cursor: string | null): Promise<Page<PaymentEvent>>;
  /** The payments for Tally that began in a time span, in any order. */
  listPayments(time: TimeSpan, cursor: string | null): Promise<Page<Payment>>;
  /** A payment, its refunds and its disputes; undefined if it was never paid. Rejects with `Malformed`. */
  readPayment(payment_id: string): Promise<PaymentState | undefined>;
  /**
   * The event that the webhook of a payment would have told; undefined if no purchase was paid. Rejects with
   * `Malformed`.
   */
  readPaidEvent(payment_id: string): Promise<PaymentEvent | undefined>;
}

/** Two times in ISO 8601, both included. */
export interface TimeSpan {
  since: string;
  until: string;
}

/** A part of a provider's list. */
export interface Page<Item> {
  items: Item[];
  /** How many things the provider listed; `items` are those that matter. */
  seen: number;
  /** What is wrong with the things that could not be read, a line each. */
  malformed: string[];
  /** Null on the last page. */
  next_cursor: string | null;
}

/**
 * The id of an event or a payment, as its provider gives it. It has no dot, since Standard Webhooks sign
 * id.timestamp.body.
 */
export const ProviderId = z.string().regex(/^[\w:+/=~-]{1,255}$/, "1 to 255 letters, digits or any of _ : + / = ~ -");

const amount_minor = z.int().min(0).describe("In the smallest unit of the currency");

/** An event, in the words of the database. What a provider signed passes this schema before it is stored. */
export const PaymentEvent = z.object({
  provider: z.enum(words.provider),
  event_id: ProviderId,
  fact: z.enum(words.payment_fact),
  livemode: z.boolean(),
  occurred_at: Time,
  payload: z.custom<Json>((value) => isShallow(value), `Nested deeper than ${max_depth} levels`)
    .describe("The whole event, as the provider told it"),
  payment_id: ProviderId.optional(),
  purchase_id: z.guid().optional(),
  subject_id: ProviderId.optional().describe("The refund or dispute it is about"),
  amount_minor: amount_minor.optional(),
  currency: Currency.optional(),
});
export type PaymentEvent = z.infer<typeof PaymentEvent>;

/** A payment, as the provider has it. */
export const Payment = z.object({ payment_id: ProviderId, amount_minor, currency: Currency });
export type Payment = z.infer<typeof Payment>;

/** A payment and what became of it. */
export const PaymentState = Payment.extend({
  refunded_minor: amount_minor.describe("The sum of all refunds that did not fail"),
  disputed: z.boolean().describe("True while a dispute is open, and after one was lost"),
});
export type PaymentState = z.infer<typeof PaymentState>;

/** Something that a provider said and that Tally cannot read. */
export class Malformed extends Error {
  override name = "Malformed";
  readonly errors: { path: string; message: string }[];

  constructor(errors: { path: string; message: string }[], options?: ErrorOptions) {
    super(errors.map(({ path, message }) => `${path}: ${message}`).join(", "), options);
    this.errors = errors;
  }
}

/** What a provider said, in the shape of a schema. Throws `Malformed`. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Malformed(result.error.issues.map(({ path, message }) => ({ path: path.join("."), message })));
}

/** The items of a list that can be read, and a line for each that cannot: one bad item does not hide the others. */
export function readItems<Listed, Item>(
  listed: Listed[],
  read: (thing: Listed) => Item,
): { items: Item[]; malformed: string[] } {
  const items: Item[] = [];
  const malformed: string[] = [];
  for (const thing of listed) {
    try {
      items.push(read(thing));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      malformed.push(`${nameOf(thing)}: ${error.message}`);
    }
  }
  return { items, malformed };
}

/** The id of a thing in a list, if it has one that can stand in a log line. */
function nameOf(thing: unknown): string {
  const { id: event_id, payment_id } = Object(thing);
  return ProviderId.safeParse(event_id ?? payment_id).data ?? "an item without an id";
}
