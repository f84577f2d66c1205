/** The payments of a provider who signs Standard Webhooks, as the live suites make them. */
import { Webhook } from "standardwebhooks";
import { webhook_secret } from "../../local/stack.ts";
import { signedHeaders } from "../../supabase/functions/_shared/webhooks.ts";
import { call, sql } from "./stack.ts";

/** The pack `small` of supabase/seed.sql. */
export const pack = { pack_id: "small", tokens: 100, price_minor: 500, currency: "eur" };

/** An event of a sender of Standard Webhooks. */
export interface Event {
  type: string;
  data: Record<string, unknown>;
}

/** Delivers an event, or a text in the place of one, as the provider does. */
export async function deliver(event: Event | string, event_id: string = crypto.randomUUID()) {
  const body = typeof event === "string" ? event : JSON.stringify({ timestamp: "2026-11-24T12:00:00Z", ...event });
  return await call("POST", "/payments/webhooks/standard", {
    body,
    headers: signedHeaders(new Webhook(webhook_secret), event_id, body),
  });
}

/** Records a pending purchase of the pack `small`; returns its id. */
export async function startPurchase(user_id: string): Promise<string> {
  const [purchase] = await sql`select id from create_purchase(${user_id}, ${pack.pack_id}, 'standard', false)`;
  return purchase!.id;
}

/** The events that a purchase can meet. */
export function eventsOf(purchase_id: string) {
  const about = { livemode: false, payment_id: `pay_${purchase_id}`, currency: pack.currency };
  const dispute = { ...about, dispute_id: "dp" };
  return {
    paid: { type: "payment.paid", data: { ...about, purchase_id, amount_minor: pack.price_minor } },
    refunded: (amount_minor: number, refund_id: string) => ({
      type: "payment.refunded",
      data: { ...about, refund_id, amount_minor },
    }),
    refund_failed: (refund_id: string) => ({ type: "refund.failed", data: { ...about, refund_id } }),
    opened: { type: "dispute.opened", data: dispute },
    won: { type: "dispute.won", data: dispute },
    lost: { type: "dispute.lost", data: dispute },
  };
}

/** What a user can spend, and what was taken back and could not be taken. */
export async function walletOf(user_id: string) {
  const [wallet] = await sql`select token, debt from user_tokens where user_id = ${user_id}`;
  return { token: wallet!.token, debt: wallet!.debt };
}

/** Sets tokens aside for an hour; returns the hold's id. */
export async function hold(user_id: string, amount: number): Promise<string> {
  const [hold] = await sql`select id from hold_tokens(${user_id}, ${amount}, 3600)`;
  return hold!.id;
}

/** The ways in which a hold gives its tokens back. */
export const ends = {
  release: (user_id: string, hold_id: string) => sql`select settle_hold(${user_id}, ${hold_id}, 'released')`,
  async expiry(user_id: string, hold_id: string) {
    await sql`update token_holds set expires_at = date_trunc('milliseconds', clock_timestamp()) where id = ${hold_id}`;
    await sql`select open_wallet(${user_id})`;
  },
};

/** What was done with an event, and why a person should look at it. */
export async function reviewOf(event_id: string) {
  const [event] = await sql`select review_reason, payload from payment_events where event_id = ${event_id}`;
  return { review_reason: event!.review_reason, payload: event!.payload };
}

/** All orders of some items. */
export function ordersOf<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
