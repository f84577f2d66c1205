// Goal: what was paid is credited once, whatever else is told. Method: signed webhooks over HTTP, in every order and many
// times.
import assert from "node:assert/strict";
import { inParallel, seededRandom } from "../proofs/experiment.ts";
import {
  deliver,
  ends,
  type Event,
  eventsOf,
  hold,
  ordersOf,
  pack,
  reviewOf,
  startPurchase,
  walletOf,
} from "../support/payments.ts";
import { asServer, ledgerProblems, sql } from "../support/stack.ts";
import { newWallet } from "../support/wallets.ts";

Deno.test("all 120 orders of five events, each up to four times, around a hold and a debit, end at one balance", async () => {
  const random = seededRandom(120);
  const wallets = await inParallel(120, 8, async (index) => {
    const user_id = await newWallet(sql, 0);
    let [hold_id, spent, ended] = ["", 0, false];
    const end = async () => {
      if (!ended) await (index % 2 === 0 ? ends.release : ends.expiry)(user_id, hold_id);
      ended = true;
    };
    // As soon as there are tokens, whenever that is: 40 are set aside for a while, and 10 spent.
    const use = async () => {
      if (hold_id !== "" && random() < 0.2) await end();
      if (hold_id === "" && (await walletOf(user_id)).token >= 40) hold_id = await hold(user_id, 40);
      if (spent === 0 && (await walletOf(user_id)).token >= 10) {
        spent = 10;
        await sql`select adjust_tokens(${user_id}, -10, 'deduct')`;
      }
      const { token, debt } = await walletOf(user_id);
      assert.ok(token <= pack.tokens && (token === 0 || debt === 0));
    };
    const purchase_id = await startPurchase(user_id);
    const { paid, refunded, opened, won } = eventsOf(purchase_id);
    const order = ordersOf([paid, refunded(100, "r1"), refunded(150, "r2"), opened, won])[index]!;
    const deliveries: { event: Event; event_id: string }[] = [];
    for (const event of order) {
      const event_id = crypto.randomUUID();
      for (let copy = 0; copy <= Math.floor(random() * 4); copy++) {
        // The first in its place, copies wherever a late redelivery may fall after it.
        const from = deliveries.findIndex((other) => other.event_id === event_id);
        const place = from < 0 ? deliveries.length : from + 1 + Math.floor(random() * (deliveries.length - from));
        // Half of the copies come under another id, as from a second endpoint.
        const id = from < 0 || random() < 0.5 ? event_id : crypto.randomUUID();
        deliveries.splice(place, 0, { event, event_id: id });
      }
    }
    for (const { event, event_id } of deliveries) {
      const { status, text } = await deliver(event, event_id);
      assert.equal(status, 200, text);
      await use();
    }
    await end();
    return JSON.stringify({ ...await walletOf(user_id), spent });
  });
  // 250 of 500 were refunded, the dispute was won: half of 100 tokens stay, less what was spent.
  assert.deepEqual([...new Set(wallets)], [JSON.stringify({ token: 40, debt: 0, spent: 10 })]);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("500 copies of one payment under mixed ids at once credit it once", async () => {
  const user_id = await newWallet(sql, 0);
  const { paid } = eventsOf(await startPurchase(user_id));
  const ids = Array.from({ length: 25 }, () => crypto.randomUUID());
  const answers = await inParallel(500, 50, (index) => deliver(paid, ids[index % ids.length]));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const entries = await sql`select kind, amount from token_transactions where user_id = ${user_id}`;
  assert.deepEqual(entries.map((entry) => ({ ...entry })), [{ kind: "purchase", amount: 100 }]);
});

Deno.test("a payment that does not fit its purchase is kept for review, and credits nothing", async () => {
  const user_id = await newWallet(sql, 0);
  const purchase_id = await startPurchase(user_id);
  const { paid } = eventsOf(purchase_id);
  const wrong: Record<string, Record<string, unknown>> = {
    amount_differs: { amount_minor: 499 },
    currency_differs: { currency: "usd" },
    mode_differs: { livemode: true },
    purchase_unknown: { purchase_id: crypto.randomUUID() },
  };
  for (const [reason, data] of Object.entries(wrong)) {
    const event_id = crypto.randomUUID();
    const { body } = await deliver({ ...paid, data: { ...paid.data, ...data } }, event_id);
    assert.deepEqual(body, { outcome: "review" }, reason);
    assert.equal((await reviewOf(event_id)).review_reason, reason);
  }
  assert.deepEqual(await walletOf(user_id), { token: 0, debt: 0 });

  await deliver(paid);
  const again = await deliver({ ...paid, data: { ...paid.data, payment_id: "another" } });
  assert.equal(again.body.outcome, "review");
  assert.deepEqual(await walletOf(user_id), { token: 100, debt: 0 });
});

Deno.test("a second purchase paid under a known payment is kept for review, and stays pending", async () => {
  const user_id = await newWallet(sql, 0);
  const { paid } = eventsOf(await startPurchase(user_id));
  await deliver(paid);
  const second_id = await startPurchase(user_id);
  const event_id = crypto.randomUUID();
  const { body } = await deliver({ ...paid, data: { ...paid.data, purchase_id: second_id } }, event_id);
  assert.deepEqual(body, { outcome: "review" });
  assert.equal((await reviewOf(event_id)).review_reason, "payment_of_another_purchase");
  const [second] = await sql`select status from purchases where id = ${second_id}`;
  assert.equal(second!.status, "pending");
  assert.deepEqual(await walletOf(user_id), { token: 100, debt: 0 });
});

Deno.test("a signed event that the database could not hold is refused with 422, and not stored", async () => {
  const { paid } = eventsOf(crypto.randomUUID());
  const event_id = crypto.randomUUID();
  const deep = `"deep":${"[".repeat(8_000)}${"]".repeat(8_000)}`;
  for (
    const body of [
      JSON.stringify({ ...paid, timestamp: "0000-01-01T00:00:00Z" }),
      JSON.stringify({ ...paid, timestamp: "2026-11-24T12:00:00+23:59" }),
      JSON.stringify({ ...paid, timestamp: "2026-11-24T12:00:00Z" }).replace("{", `{${deep},`),
    ]
  ) {
    const { status, body: answer } = await deliver(body, event_id);
    assert.deepEqual([status, answer.code], [422, "validation_failed"], body.slice(0, 100));
  }
  assert.deepEqual([...await sql`select 1 from payment_events where event_id = ${event_id}`], []);
});

Deno.test("what came before its payment is compared with it once it is there", async () => {
  const user_id = await newWallet(sql, 0);
  const { paid, refunded } = eventsOf(await startPurchase(user_id));
  const foreign = refunded(500, "r");
  assert.equal((await deliver({ ...foreign, data: { ...foreign.data, currency: "usd" } })).body.outcome, "waiting");
  await deliver(paid);
  assert.deepEqual(await walletOf(user_id), { token: 100, debt: 0 });
});

Deno.test("a price that changes later does not change what was bought", async () => {
  const user_id = await newWallet(sql, 0);
  const id = `pack-${crypto.randomUUID()}`;
  await asServer("POST", "/rest/v1/token_packs", { body: { id, tokens: 7, price_minor: 500, currency: "eur" } });
  const [purchase] = await sql`select id from create_purchase(${user_id}, ${id}, 'standard', false)`;
  await sql`update token_packs set tokens = 1, price_minor = 100, active = false where id = ${id}`;
  await deliver(eventsOf(purchase!.id).paid);
  assert.deepEqual(await walletOf(user_id), { token: 7, debt: 0 });
  await assert.rejects(sql`select create_purchase(${user_id}, ${id}, 'standard', false)`, /pack_not_found/);
});

Deno.test("an event whose wallet is locked is stored at once, and followed a minute later", async () => {
  const user_id = await newWallet(sql, 0);
  const { paid } = eventsOf(await startPurchase(user_id));
  const event_id = crypto.randomUUID();
  await sql.begin(async (operator) => {
    await operator`select from user_tokens where user_id = ${user_id} for update`;
    const { status, body, text } = await deliver(paid, event_id);
    assert.deepEqual([status, body.outcome], [200, "review"], text);
  });
  const [event] = await sql`
    select review_reason, next_attempt_at <= now() + interval '1 minute' as soon from payment_events
    where event_id = ${event_id}
  `;
  assert.deepEqual({ ...event }, { review_reason: "wallet_busy", soon: true });
  await sql`update payment_events set next_attempt_at = '2026-01-01' where event_id = ${event_id}`;
  const [retried] = await sql`select outcome from retry_payment_event('standard')`;
  assert.equal(retried!.outcome, "applied");
  assert.deepEqual(await walletOf(user_id), { token: 100, debt: 0 });
});
