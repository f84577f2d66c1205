import type { PaymentEvent } from "./purchases.ts";

/** What a provider can be asked about the past. Each of these may fail where the provider is down. */
export interface PaymentRecords {
  provider: PaymentEvent["provider"];
  /** Whether real money moves there. */
  livemode: boolean;
  /** What happened in a time, in any order. */
  listEvents(time: TimeSpan, cursor: string | null): Promise<Page<PaymentEvent>>;
  /** What was paid for Tally and began in a time, in any order. */
  listPayments(time: TimeSpan, cursor: string | null): Promise<Page<Payment>>;
  /** One payment and what became of it; undefined where it was never paid. */
  readPayment(payment_id: string): Promise<PaymentState | undefined>;
  /** What the webhook of a payment would have said; undefined where it is not for a purchase. */
  readPaidEvent(payment_id: string): Promise<PaymentEvent | undefined>;
}

/** ISO 8601, both ends included. */
export interface TimeSpan {
  since: string;
  until: string;
}

export interface Page<Item> {
  items: Item[];
  /** How many things the provider listed, of which `items` are those that matter. */
  seen: number;
  /** Null on the last page. */
  next_cursor: string | null;
}

export interface Payment {
  payment_id: string;
  /** In the smallest unit of the currency. */
  amount_minor: number;
  /** ISO 4217, lower case. */
  currency: string;
}

export interface PaymentState extends Payment {
  /** Of all refunds that did not fail. */
  refunded_minor: number;
  /** While a dispute is open, and after one was lost. */
  disputed: boolean;
}
