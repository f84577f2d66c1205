// Goal: what was paid is credited once, and what was taken back is taken once. Method: signed webhooks over HTTP,
// in every order and many times.
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { webhook_secret } from "../../local/stack.ts";
import { signedHeaders } from "../../supabase/functions/_shared/webhooks.ts";
import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { inParallel, seededRandom } from "../proofs/experiment.ts";
import { newWallet } from "../support/wallets.ts";
import { stripe_environment, webhookRequest } from "../support/stripe/account.ts";
import { asAnonymous, asServer, call, ledgerProblems, newUser, sql } from "../support/stack.ts";

/** The pack `small` of supabase/seed.sql. */
const pack = { pack_id: "small", tokens: 100, price_minor: 500, currency: "eur" };

interface Event {
  type: string;
  data: Record<string, unknown>;
}

/** Delivers an event as the provider does. */
async function deliver(event: Event, event_id: string = crypto.randomUUID()) {
  const body = JSON.stringify({ timestamp: "2026-11-24T12:00:00Z", ...event });
  return await call("POST", "/payments/webhooks/standard", {
    body,
    headers: signedHeaders(new Webhook(webhook_secret), event_id, body),
  });
}

async function startPurchase(user_id: string): Promise<string> {
  const [purchase] = await sql`select id from create_purchase(${user_id}, ${pack.pack_id}, 'standard', false)`;
  return purchase!.id;
}

/** The events that a purchase can meet. */
function eventsOf(purchase_id: string) {
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

async function walletOf(user_id: string) {
  const [wallet] = await sql`select token, debt from user_tokens where user_id = ${user_id}`;
  return { token: wallet!.token, debt: wallet!.debt };
}

function ordersOf<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

Deno.test("all 120 orders of five events, each up to four times, end at one balance", async () => {
  const random = seededRandom(120);
  const balances = await inParallel(120, 8, async (index) => {
    const user_id = await newWallet(sql, 0);
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
      assert.ok((await walletOf(user_id)).token <= pack.tokens);
    }
    return JSON.stringify(await walletOf(user_id));
  });
  // 250 of 500 were refunded, the dispute was won: half of 100 tokens stay.
  assert.deepEqual([...new Set(balances)], [JSON.stringify({ token: 50, debt: 0 })]);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("whenever the tokens were spent, every order ends at the same balance less debt", async () => {
  const outcomes = await inParallel(24, 8, async (index) => {
    const user_id = await newWallet(sql, 0);
    const { paid, refunded, opened, lost } = eventsOf(await startPurchase(user_id));
    let spent = 0;
    for (const event of ordersOf<Event>([paid, refunded(200, "r1"), opened, lost])[index]!) {
      await deliver(event);
      const { token } = await walletOf(user_id);
      if (token < 30) continue;
      await asServer("POST", "/tokens/deduct", { body: { user_id, amount: 30 } });
      spent += 30;
    }
    const { token, debt } = await walletOf(user_id);
    assert.ok(token >= 0);
    return token - debt + spent;
  });
  assert.deepEqual([...new Set(outcomes)], [0]);
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

Deno.test("a refund that races its payment is not lost, whoever comes first", async () => {
  await inParallel(40, 8, async () => {
    const user_id = await newWallet(sql, 0);
    const { paid, refunded } = eventsOf(await startPurchase(user_id));
    await Promise.all([deliver(refunded(500, "r")), deliver(paid)]);
    assert.deepEqual(await walletOf(user_id), { token: 0, debt: 0 });
  });
});

Deno.test("a refund that failed gives back what it took, in all orders, and no other refund", async () => {
  const balances = await inParallel(24, 8, async (index) => {
    const user_id = await newWallet(sql, 0);
    const { paid, refunded, refund_failed } = eventsOf(await startPurchase(user_id));
    for (
      const event of ordersOf<Event>([paid, refunded(300, "r1"), refund_failed("r1"), refunded(100, "r2")])[index]!
    ) {
      await deliver(event);
    }
    return (await walletOf(user_id)).token;
  });
  assert.deepEqual([...new Set(balances)], [80]);
});

Deno.test("what was spent before a refund becomes a debt, which the next purchase pays first", async () => {
  const user = await newUser();
  const first = eventsOf(await startPurchase(user.id));
  await deliver(first.paid);
  await user.call("POST", "/tokens/deduct", { body: { amount: 80 } });
  await deliver(first.refunded(500, "r"));
  assert.deepEqual(await walletOf(user.id), { token: 0, debt: 80 });
  assert.equal((await user.call("POST", "/tokens/deduct", { body: { amount: 1 } })).status, 402);

  await deliver(eventsOf(await startPurchase(user.id)).paid);
  assert.deepEqual(await walletOf(user.id), { token: 20, debt: 0 });
  const { transactions } = (await user.call("GET", "/tokens/transactions")).body;
  assert.deepEqual(
    transactions.map(({ kind, amount, metadata }: Record<string, unknown>) => [kind, amount, metadata]),
    [
      ["debt_payment", -80, { debt_after: 0 }],
      ["purchase", 100, { debt_after: 80 }],
      ["chargeback", -20, { debt_after: 80 }],
      ["deduct", -80, {}],
      ["purchase", 100, {}],
    ],
  );
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("what Stripe signs counts the same: paid, refunded in steps that arrive backwards, disputed and lost", async () => {
  await using own = await ownStack({ env: stripe_environment });
  await using database = connectDatabase(own, 2);
  const user_id = await newWallet(database, 0);
  await database`update token_packs set stripe_price_id = 'price_small' where id = 'small'`;
  const [purchase] = await database`select id from create_purchase(${user_id}, 'small', 'stripe', false)`;
  const send = async (type: string, object: Record<string, unknown>) => {
    const payload = JSON.stringify({
      ...{ id: `evt_${crypto.randomUUID()}`, object: "event", created: 1_795_521_600, livemode: false, type },
      data: { object: { payment_intent: "pi_1", currency: "eur", ...object } },
    });
    const response = await fetch(
      `${own.url}/functions/v1/payments/webhooks/stripe`,
      await webhookRequest(payload),
    );
    const [wallet] = await database`select token from user_tokens where user_id = ${user_id}`;
    return [response.status, (await response.json()).outcome, wallet!.token];
  };
  const session = { client_reference_id: purchase!.id, amount_total: 500, payment_status: "paid" };
  assert.deepEqual(await send("refund.created", { id: "re_2", amount: 150 }), [200, "waiting", 0]);
  assert.deepEqual(await send("refund.created", { id: "re_1", amount: 100 }), [200, "waiting", 0]);
  assert.deepEqual(await send("checkout.session.completed", session), [200, "applied", 50]);
  assert.deepEqual(await send("charge.dispute.closed", { id: "dp_1", status: "lost" }), [200, "applied", 0]);
  assert.deepEqual(await send("charge.dispute.created", { id: "dp_1", status: "needs_response" }), [200, "applied", 0]);
  assert.deepEqual([...await database`select * from private.verify_ledger()`], []);
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
    const [event] = await sql`select review_reason from payment_events where event_id = ${event_id}`;
    assert.equal(event!.review_reason, reason);
  }
  assert.deepEqual(await walletOf(user_id), { token: 0, debt: 0 });

  await deliver(paid);
  const again = await deliver({ ...paid, data: { ...paid.data, payment_id: "another" } });
  assert.equal(again.body.outcome, "review");
  assert.deepEqual(await walletOf(user_id), { token: 100, debt: 0 });
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

Deno.test("users see their own purchases only, and clients write neither packs, purchases nor events", async () => {
  const [ada, bob] = await Promise.all([newUser(), newUser()]);
  const purchase_id = await startPurchase(ada.id);
  assert.equal((await ada.call("GET", "/payments/purchases")).body.purchases[0].id, purchase_id);
  assert.deepEqual((await bob.call("GET", "/payments/purchases")).body.purchases, []);
  assert.equal((await bob.call("GET", `/payments/purchases?user_id=${ada.id}`)).status, 422);
  const server = await asServer("GET", `/payments/purchases?user_id=${ada.id}`);
  assert.equal(server.body.purchases.length, 1);
  for (const caller of [ada.call, asAnonymous]) {
    for (
      const [method, path, body] of [
        ["PATCH", `/rest/v1/purchases?id=eq.${purchase_id}`, { granted: 100 }],
        ["PATCH", "/rest/v1/token_packs?id=eq.small", { price_minor: 1 }],
        ["POST", "/rest/v1/token_packs", { id: "free", tokens: 1, price_minor: 1, currency: "eur" }],
        ["GET", "/rest/v1/payment_events", undefined],
        ["POST", "/rest/v1/rpc/create_purchase", {
          p_user_id: ada.id,
          p_pack_id: "small",
          p_provider: "standard",
          p_livemode: false,
        }],
      ] as const
    ) {
      assert.ok((await caller(method, path, { body })).status >= 400, `${method} ${path}`);
    }
  }
});

Deno.test("a closed account's purchases lose its name, and a late refund is kept for review", async () => {
  const user = await newUser();
  const purchase_id = await startPurchase(user.id);
  const { paid, refunded } = eventsOf(purchase_id);
  await deliver(paid);
  await sql`delete from auth.users where id = ${user.id}`;
  const [purchase] = await sql`
    select p.user_id, count(*)::integer as entries from purchases as p
    join token_transactions as t on t.user_id = p.user_id where p.id = ${purchase_id} group by p.user_id
  `;
  assert.notEqual(purchase!.user_id, user.id);
  assert.equal(purchase!.entries, 2);
  const [event] = await sql`select payload from payment_events where purchase_id = ${purchase_id}`;
  assert.deepEqual(event!.payload, {});
  assert.equal((await deliver(refunded(500, "r"))).body.outcome, "review");
  const [late] =
    await sql`select payload from payment_events where payment_id = ${`pay_${purchase_id}`} and fact = 'refunded'`;
  assert.deepEqual(late!.payload, {});
  assert.deepEqual(await ledgerProblems(), []);
});
