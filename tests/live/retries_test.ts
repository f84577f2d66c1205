// Goal: what could not be followed is tried again, and holds up nothing. Method: as reconcile_test.ts.
import assert from "node:assert/strict";
import type Stripe from "stripe";
import { asServer, callAs, sql } from "../support/stack.ts";
import { account, balanceOf, deliver, newPayment, reconcile, reconcileAll } from "../support/stripe/shop.ts";

Deno.test("an event that could not be followed is tried again when it is due, later and later, and then no more", async () => {
  const { user, event } = await newPayment();
  await asServer("POST", "/tokens/add", { body: { user_id: user.id, amount: 1_000_000_000 } });
  await asServer("POST", "/tokens/add", { body: { user_id: user.id, amount: 1_000_000_000 } });
  await asServer("POST", "/tokens/add", { body: { user_id: user.id, amount: 147_483_600 } });
  assert.equal(await deliver(event), "review");
  const read = async () => {
    const [row] = await sql`
      select attempts, review_reason, round(extract(epoch from next_attempt_at - now()) / 60)::integer as minutes
      from payment_events where event_id = ${event.id}
    `;
    return { ...row };
  };
  const makeDue = () =>
    sql`
    update payment_events set next_attempt_at = now() where event_id = ${event.id} and next_attempt_at is not null
  `;
  assert.deepEqual(await read(), { attempts: 0, review_reason: "balance_limit", minutes: 5 });
  await reconcileAll();
  assert.deepEqual(await read(), { attempts: 0, review_reason: "balance_limit", minutes: 5 }, "it was not due");
  await makeDue();
  await reconcileAll();
  assert.deepEqual(await read(), { attempts: 1, review_reason: "balance_limit", minutes: 20 });

  await callAs(user.access_token)("POST", "/tokens/deduct", { body: { amount: 1_000 } });
  await makeDue();
  await reconcileAll();
  assert.deepEqual(await read(), { attempts: 2, review_reason: null, minutes: null });
  assert.equal(await balanceOf(user), 2_147_482_700);

  const hopeless = { ...event, id: `evt_${crypto.randomUUID()}` };
  hopeless.data = {
    object: { ...hopeless.data.object, client_reference_id: crypto.randomUUID(), payment_intent: "pi_x" },
  } as never;
  await deliver(hopeless);
  await sql`update payment_events set attempts = 6, next_attempt_at = now() where event_id = ${hopeless.id}`;
  await reconcileAll();
  const [row] = await sql`select attempts, next_attempt_at from payment_events where event_id = ${hopeless.id}`;
  assert.deepEqual({ ...row }, { attempts: 7, next_attempt_at: null });
});

Deno.test("an event that the database cannot follow is put off, and holds up none behind it", async () => {
  const newRefund = async () => {
    const { user, event, payment_id, purchase_id } = await newPayment();
    await deliver(event);
    return { user, purchase_id, event: account.refund(payment_id, 250) };
  };
  const refuse = (purchase_id: string) =>
    sql.unsafe(`
    alter table purchases add constraint refused check (id <> '${purchase_id}' or refunded_minor = 0) not valid
  `);
  const accept = () => sql`alter table purchases drop constraint refused`;
  const makeDue = (at: string, event: Stripe.Event) =>
    sql`update payment_events set next_attempt_at = ${at} where event_id = ${event.id}`;
  const read = async (event: Stripe.Event) => {
    const [row] = await sql`select attempts, review_reason from payment_events where event_id = ${event.id}`;
    return { ...row };
  };
  const [poisoned, well] = [await newRefund(), await newRefund()];
  for (const { event, purchase_id } of [well, poisoned]) {
    await refuse(purchase_id);
    assert.equal(await deliver(event), "review");
    assert.deepEqual(await read(event), { attempts: 0, review_reason: "failed" });
    await accept();
  }
  await refuse(poisoned.purchase_id);
  await makeDue("2026-01-01", poisoned.event);
  await makeDue("2026-01-02", well.event);
  const { status, report } = await reconcile();
  await accept();
  assert.deepEqual([status, report.stage], [200, "done"]);
  assert.deepEqual(await read(poisoned.event), { attempts: 1, review_reason: "failed" });
  assert.deepEqual(await read(well.event), { attempts: 1, review_reason: null });
  assert.deepEqual([await balanceOf(poisoned.user), await balanceOf(well.user)], [100, 50]);

  await makeDue("2026-01-01", poisoned.event);
  await reconcileAll();
  assert.equal(await balanceOf(poisoned.user), 50);
});
