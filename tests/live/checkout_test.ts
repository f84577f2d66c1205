// Goal: buyers begin purchases and see their own, and nothing else. Method: the routes and REST, as users, servers and
// strangers call them.
import assert from "node:assert/strict";
import { inParallel } from "../proofs/experiment.ts";
import { deliver, eventsOf, reviewOf, startPurchase } from "../support/payments.ts";
import { asAnonymous, asServer, ledgerProblems, newUser, sql } from "../support/stack.ts";

Deno.test("the same key begins one purchase and gives its page again; another request, and a purchase that ended, refuse it", async () => {
  const user = await newUser();
  const headers = { "idempotency-key": "order-1" };
  const checkout = (pack_id: string) => user.call("POST", "/payments/checkout", { body: { pack_id }, headers });
  const answers = await Promise.all(Array.from({ length: 8 }, () => checkout("small")));
  assert.deepEqual(answers.map(({ status }) => status), Array(8).fill(201));
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.equal(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length, 7);
  const { purchases } = (await user.call("GET", "/payments/purchases")).body;
  assert.deepEqual(purchases.map(({ id }: { id: string }) => id), [answers[0]!.body.purchase_id]);

  const other = await checkout("medium");
  assert.deepEqual([other.status, other.body.code], [422, "idempotency_key_reused"]);
  await deliver(eventsOf(purchases[0].id).paid);
  const ended = await checkout("small");
  assert.deepEqual([ended.status, ended.body.code], [409, "purchase_ended"]);
});

Deno.test("the 21st pending purchase is refused with 409, until one is paid or a day old", async () => {
  const user = await newUser();
  const checkout = () => user.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  const begun = await inParallel(20, 4, checkout);
  assert.deepEqual([...new Set(begun.map(({ status }) => status))], [201]);
  const refused = await checkout();
  assert.deepEqual([refused.status, refused.body.code], [409, "purchase_limit"]);

  await deliver(eventsOf(begun[0]!.body.purchase_id).paid);
  assert.equal((await checkout()).status, 201);
  assert.equal((await checkout()).status, 409);
  await sql`update purchases set created_at = now() - interval '25 hours' where id = ${begun[1]!.body.purchase_id}`;
  assert.equal((await checkout()).status, 201);
});

Deno.test("purchases say who was paid, and under which payment", async () => {
  const user = await newUser();
  const purchase_id = await startPurchase(user.id);
  const read = async () => {
    const { provider, payment_id, status } = (await user.call("GET", "/payments/purchases")).body.purchases[0];
    return { provider, payment_id, status };
  };
  assert.deepEqual(await read(), { provider: "standard", payment_id: null, status: "pending" });
  await deliver(eventsOf(purchase_id).paid);
  assert.deepEqual(await read(), { provider: "standard", payment_id: `pay_${purchase_id}`, status: "paid" });
});

Deno.test("buyers read what is sold and its price, not what is not sold and not the price's id at Stripe", async () => {
  const user = await newUser();
  const id = `old-${crypto.randomUUID()}`;
  await asServer("POST", "/rest/v1/token_packs", {
    body: { id, tokens: 7, price_minor: 500, currency: "eur", stripe_price_id: `price_${id}`, active: false },
  });
  for (const caller of [asAnonymous, user.call]) {
    const sold = (await caller("GET", "/rest/v1/token_packs?select=id,tokens,price_minor,currency")).body;
    assert.ok(sold.some((pack: { id: string }) => pack.id === "small"));
    assert.ok(!sold.some((pack: { id: string }) => pack.id === id));
    for (const select of ["stripe_price_id", "*"]) {
      assert.ok((await caller("GET", `/rest/v1/token_packs?select=${select}`)).status >= 400, select);
    }
    assert.deepEqual((await caller("GET", `/rest/v1/token_packs?select=id&id=eq.${id}`)).body, []);
  }
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

Deno.test("a payment that arrives after its account was closed is kept for review, without the person's data", async () => {
  const user = await newUser();
  const { paid } = eventsOf(await startPurchase(user.id));
  await sql`delete from auth.users where id = ${user.id}`;
  const event_id = crypto.randomUUID();
  const { status, body } = await deliver(paid, event_id);
  assert.deepEqual([status, body.outcome], [200, "review"]);
  assert.deepEqual(await reviewOf(event_id), { review_reason: "account_closed", payload: {} });
});

Deno.test("a payment that arrives while its account is being closed is kept for review as well", async () => {
  const user = await newUser();
  const { paid } = eventsOf(await startPurchase(user.id));
  const event_id = crypto.randomUUID();
  const delivery = await sql.begin(async (closing) => {
    const [backend] = await closing`select pg_backend_pid() as pid`;
    await closing`delete from auth.users where id = ${user.id}`;
    const delivered = deliver(paid, event_id);
    const isWaiting = async () =>
      (await sql`select from pg_stat_activity where ${backend!.pid}::integer = any(pg_blocking_pids(pid))`).length > 0;
    while (!await isWaiting());
    // Not awaited here: it waits for this transaction.
    return { delivered };
  });
  const { status, body, text } = await delivery.delivered;
  assert.deepEqual([status, body.outcome], [200, "review"], text);
  assert.deepEqual(await reviewOf(event_id), { review_reason: "account_closed", payload: {} });
});
