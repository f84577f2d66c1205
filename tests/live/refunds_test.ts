// Goal: what was taken back is taken once, and what was spent or set aside by then does not escape. Method: refunds and
// disputes as signed webhooks over HTTP, in every order, around debits and holds.
import assert from "node:assert/strict";
import { inParallel } from "../proofs/experiment.ts";
import { deliver, ends, type Event, eventsOf, hold, ordersOf, startPurchase, walletOf } from "../support/payments.ts";
import { asServer, ledgerProblems, newUser, sql } from "../support/stack.ts";
import { newWallet } from "../support/wallets.ts";

Deno.test("whenever the tokens were spent or set aside, every order ends with what was spent as a debt", async () => {
  await inParallel(24, 8, async (index) => {
    const user_id = await newWallet(sql, 0);
    const { paid, refunded, opened, lost } = eventsOf(await startPurchase(user_id));
    let [hold_id, spent] = ["", 0];
    for (const event of ordersOf<Event>([paid, refunded(200, "r1"), opened, lost])[index]!) {
      await deliver(event);
      if (hold_id === "" && (await walletOf(user_id)).token >= 20) hold_id = await hold(user_id, 20);
      if ((await walletOf(user_id)).token < 30) continue;
      await asServer("POST", "/tokens/deduct", { body: { user_id, amount: 30 } });
      spent += 30;
    }
    if (hold_id !== "") await (index % 2 === 0 ? ends.release : ends.expiry)(user_id, hold_id);
    assert.deepEqual(await walletOf(user_id), { token: 0, debt: spent });
  });
  assert.deepEqual(await ledgerProblems(), []);
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
  const entries = await sql`
    select kind, amount, debt_change, debt_after from token_transactions where user_id = ${user.id} order by id
  `;
  assert.deepEqual(entries.map((entry) => Object.values(entry)), [
    ["purchase", 100, 0, 0],
    ["deduct", -80, 0, 0],
    ["chargeback", -20, 80, 80],
    ["purchase", 20, -80, 0],
  ]);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("tokens on hold do not escape a refund or a dispute: what comes back pays the debt first", async () => {
  for (const end of Object.values(ends)) {
    for (const take of ["refunded", "opened"] as const) {
      const user = await newUser();
      const events = eventsOf(await startPurchase(user.id));
      await deliver(events.paid);
      const hold_id = await hold(user.id, 100);
      await deliver(take === "refunded" ? events.refunded(500, "r") : events.opened);
      assert.deepEqual(await walletOf(user.id), { token: 0, debt: 100 });
      await end(user.id, hold_id);
      assert.deepEqual(await walletOf(user.id), { token: 0, debt: 0 });
      assert.equal((await user.call("POST", "/tokens/deduct", { body: { amount: 1 } })).status, 402);
    }
  }
  const user_id = await newWallet(sql, 0);
  const { paid, refunded } = eventsOf(await startPurchase(user_id));
  await deliver(paid);
  const hold_id = await hold(user_id, 100);
  await deliver(refunded(500, "r"));
  await sql`select settle_hold(${user_id}, ${hold_id}, 'captured', 30)`;
  assert.deepEqual(await walletOf(user_id), { token: 0, debt: 30 });
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("three refunded, spent packs of 1,000,000,000 tokens leave a debt of 3,000,000,000", async () => {
  const user_id = await newWallet(sql, 0);
  const id = `giant-${crypto.randomUUID()}`;
  const tokens = 1_000_000_000;
  await asServer("POST", "/rest/v1/token_packs", { body: { id, tokens, price_minor: 500, currency: "eur" } });
  const bought = [];
  for (let index = 0; index < 3; index++) {
    const [purchase] = await sql`select id from create_purchase(${user_id}, ${id}, 'standard', false)`;
    const events = eventsOf(purchase!.id);
    await deliver(events.paid);
    await sql`select adjust_tokens(${user_id}, ${-tokens}, 'deduct')`;
    bought.push(events);
  }
  await sql`update token_packs set active = false where id = ${id}`;
  for (const { refunded } of bought) {
    const { status, body, text } = await deliver(refunded(500, "r"));
    assert.deepEqual([status, body.outcome], [200, "applied"], text);
  }
  assert.deepEqual(await walletOf(user_id), { token: 0, debt: 3 * tokens });
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("a refund that races its payment is not lost, whoever comes first", async () => {
  await inParallel(40, 8, async () => {
    const user_id = await newWallet(sql, 0);
    const { paid, refunded } = eventsOf(await startPurchase(user_id));
    await Promise.all([deliver(refunded(500, "r")), deliver(paid)]);
    assert.deepEqual(await walletOf(user_id), { token: 0, debt: 0 });
  });
});
