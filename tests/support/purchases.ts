/** Purchases without a provider's page, for tests whose subject is the wallet: events go straight to the database. */
import type { Database } from "./own_stack.ts";

/** The pack `small` of supabase/seed.sql: 100 tokens for 5 euros. */
const pack = { id: "small", price_minor: 500, currency: "eur" };

/** Has a user buy 100 tokens and pay for them; returns the id of the purchase. */
export async function buyPack(sql: Database, user_id: string): Promise<string> {
  const [purchase] = await sql`select id from create_purchase(${user_id}, ${pack.id}, 'standard', false)`;
  await applyEvent(sql, "paid", purchase!.id, pack.price_minor);
  return purchase!.id;
}

/** Refunds a purchase of `buyPack`, all of it unless told otherwise. */
export async function refundPurchase(sql: Database, purchase_id: string, amount_minor = pack.price_minor) {
  await applyEvent(sql, "refunded", purchase_id, amount_minor);
}

async function applyEvent(sql: Database, fact: "paid" | "refunded", purchase_id: string, amount_minor: number) {
  const event_id = crypto.randomUUID();
  await sql`
    select apply_payment_event('standard', ${event_id}, ${fact}, false, now(), '{}', ${`pay_${purchase_id}`},
      ${fact === "paid" ? purchase_id : null}, ${event_id}, ${amount_minor}, ${pack.currency})
  `;
}
