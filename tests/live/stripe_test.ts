// Goal: what Stripe signs counts as it should. Method: its own package signs; once over HTTP, else in this process.
import assert from "node:assert/strict";
import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { stripe_environment, webhookRequest } from "../support/stripe/account.ts";
import { account, balanceOf, deliver, newPayment } from "../support/stripe/shop.ts";
import { newWallet } from "../support/wallets.ts";

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

Deno.test("a buyer's way through Stripe: checkout, payment, webhook, refund", async () => {
  const { user, event, payment_id } = await newPayment();
  assert.equal(await deliver(event), "applied");
  assert.equal(await balanceOf(user), 100);
  assert.equal(await deliver(account.refund(payment_id, 250)), "applied");
  assert.equal(await balanceOf(user), 50);
});

Deno.test("a refund that fails at the bank gives its tokens back, in whatever order that is told", async () => {
  for (const backwards of [false, true]) {
    const { user, event, payment_id } = await newPayment();
    await deliver(event);
    const refunded = account.refund(payment_id, 500, "pending");
    const failed = account.failRefund(refunded);
    for (const told of backwards ? [failed, refunded] : [refunded, failed]) await deliver(told);
    assert.equal(await balanceOf(user), 100);
  }
});
