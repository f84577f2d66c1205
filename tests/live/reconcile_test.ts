// Goal: what webhooks missed is found, and where books and provider disagree it is said. Method: the function and Stripe's
// own package, with an account that answers Stripe's HTTP API in the place of api.stripe.com; database and REST are real.
import assert from "node:assert/strict";
import type Stripe from "stripe";
import { inParallel } from "../proofs/experiment.ts";
import { ledgerProblems, newUser, secret_key, sql } from "../support/stack.ts";
import {
  account,
  balanceOf,
  deliver,
  findingsOf,
  newCheckout,
  newPayment,
  pack_id,
  reconcile,
  reconcileAll,
  send,
} from "../support/stripe/shop.ts";
import { newWallet } from "../support/wallets.ts";

Deno.test("whatever webhooks missed is applied: payments, late ones, refunds, disputes", async () => {
  const cases: [string, number, (payment_id: string) => void][] = [
    ["paid", 100, () => {}],
    ["refunded twice", 40, (id) => [100, 200].forEach((amount) => account.refund(id, amount))],
    ["refund failed", 100, (id) => account.failRefund(account.refund(id, 500))],
    ["one of two refunds failed", 80, (id) => {
      account.refund(id, 100);
      account.failRefund(account.refund(id, 200));
    }],
    ["disputed", 0, (id) => account.dispute(id)],
    ["dispute won", 100, (id) => account.closeDispute(account.dispute(id), "won")],
    ["dispute lost", 0, (id) => account.closeDispute(account.dispute(id), "lost")],
  ];
  const missed = [];
  for (const [name, balance, happen] of cases) {
    const { user, payment_id } = await newPayment();
    happen(payment_id);
    missed.push({ name, balance, user, payment_id });
  }
  const late = await newCheckout();
  account.payLater(late.session.id);
  account.arrive(late.session.id);
  missed.push({ name: "late", balance: 100, user: late.user, payment_id: late.session.payment_intent as string });

  const report = await reconcileAll();
  for (const { name, balance, user } of missed) assert.equal(await balanceOf(user), balance, name);
  assert.ok(report.events_missed >= missed.length);
  const again = await reconcileAll();
  assert.equal(again.events_missed, 0);
  for (const { name, balance, user, payment_id } of missed) {
    assert.equal(await balanceOf(user), balance, name);
    assert.deepEqual(await findingsOf(payment_id, again), [], name);
  }
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("a payment whose event Stripe no longer lists is found by the payment itself", async () => {
  const { user, event } = await newPayment();
  account.forget(event);
  await reconcileAll();
  assert.equal(await balanceOf(user), 100);
  assert.equal(await deliver(event), "applied");
  assert.equal(await balanceOf(user), 100, "the webhook that comes after all credits nothing more");
});

Deno.test("hundreds of missed payments are found page by page, over a Stripe that goes down in the middle", async () => {
  const buyers = await inParallel(230, 8, async () => {
    const user_id = await newWallet(sql, 0);
    const [purchase] = await sql`select id from create_purchase(${user_id}, ${pack_id}, 'stripe', false)`;
    account.pay(account.openCheckout(purchase!.id).id);
    return user_id;
  });
  let report = (await reconcile(1)).report;
  assert.deepEqual([report.stage, report.events_seen], ["events", 100]);
  account.down_after = 1;
  const down = await reconcile();
  assert.deepEqual([down.status, down.body.code], [503, "upstream_unavailable"]);
  assert.deepEqual((await reconcile()).status, 503);
  account.down_after = Infinity;
  const requests_before = account.requests.length;
  report = (await reconcile()).report;
  assert.equal(report.stage, "done");
  assert.ok(report.events_seen >= buyers.length);
  const listed = account.requests.slice(requests_before).filter((request) => request === "GET /v1/events");
  // The two pages that were done are not asked for again.
  assert.equal(listed.length, Math.ceil(report.events_seen / 100) - 2);
  const balances = await sql`select distinct token - debt as token from user_tokens where user_id in ${sql(buyers)}`;
  assert.deepEqual(balances.map(({ token }) => token), [100]);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("four reconciliations at once do it once, and count it once", async () => {
  const missed = await inParallel(12, 4, newPayment);
  const reports = await Promise.all(Array.from({ length: 4 }, () => reconcileAll()));
  for (const { user } of missed) assert.equal(await balanceOf(user), 100);
  const credited = await sql`
    select count(*)::integer as count from token_transactions where user_id in ${sql(missed.map(({ user }) => user.id))}
  `;
  assert.equal(credited[0]!.count, missed.length);
  const [counted] = await sql`
    select sum(events_missed)::integer as count from payment_reconciliation_reports
    where id in ${sql(reports.map(({ id }) => id))}
  `;
  assert.equal(counted!.count, missed.length);
});

Deno.test("a page that another call did first counts once, and that call's findings stand", async () => {
  // Of real money, which nothing else here compares.
  const [opened] = await sql`select id from open_reconciliation('standard', true)`;
  const advance = async (cursor: string | null, next_cursor: string, payment_id: string) => {
    const finding = { kind: "amount_differs", payment_id, here: "1 eur", there: "2 eur" };
    const [progress] = await sql`
      select cursor, events_seen, finding_count from advance_reconciliation(
        ${opened!.id}, 'events', ${cursor}, 'events', ${next_cursor}, 100, ${sql.json([finding])})
    `;
    return { ...progress };
  };
  assert.deepEqual(await advance(null, "a", "p1"), { cursor: "a", events_seen: 100, finding_count: 1 });
  assert.deepEqual(await advance(null, "a", "p2"), { cursor: "a", events_seen: 100, finding_count: 1 });
  assert.deepEqual(await advance("a", "b", "p2"), { cursor: "b", events_seen: 200, finding_count: 2 });
  assert.deepEqual(await advance("a", "b", "p3"), { cursor: "b", events_seen: 200, finding_count: 2 });
  const [again] = await sql`select id, cursor from open_reconciliation('standard', true)`;
  assert.deepEqual({ ...again }, { id: opened!.id, cursor: "b" });
});

Deno.test("what was credited and never paid is reported, and stays for a person to decide", async () => {
  const user_id = await newWallet(sql, 0);
  const [purchase] = await sql`select id from create_purchase(${user_id}, ${pack_id}, 'stripe', false)`;
  const forged = `pi_${crypto.randomUUID()}`;
  await sql`
    select apply_payment_event('stripe', ${`evt_${forged}`}, 'paid', false, now(), '{}', ${forged}, ${purchase!.id},
      null, 500, 'eur')
  `;
  const report = await reconcileAll();
  assert.deepEqual(await findingsOf(forged, report), [{
    kind: "credited_not_paid",
    here: "500 eur",
    there: "not paid",
  }]);
  assert.ok(report.findings.some(({ payment_id }: { payment_id: string }) => payment_id === forged));
  assert.equal(await balanceOf({ id: user_id }), 100);
  await sql`delete from payment_findings where payment_id = ${forged}`;
});

Deno.test("amounts, refunds and disputes that differ are reported", async () => {
  const intentOf = (id: string) => account.intents.find((intent) => intent.id === id)!;
  const paid_less = await newPayment();
  const refunded = await newPayment();
  const disputed = await newPayment();
  for (const { event } of [paid_less, refunded, disputed]) await deliver(event);
  intentOf(paid_less.payment_id).amount_received = 499;
  account.forget(account.refund(refunded.payment_id, 200));
  account.forget(account.dispute(disputed.payment_id));
  const report = await reconcileAll();
  assert.deepEqual(await findingsOf(paid_less.payment_id, report), [
    { kind: "amount_differs", here: "500 eur", there: "499 eur" },
  ]);
  assert.deepEqual(await findingsOf(refunded.payment_id, report), [
    { kind: "refund_differs", here: "0 eur", there: "200 eur" },
  ]);
  assert.deepEqual(await findingsOf(disputed.payment_id, report), [
    { kind: "dispute_differs", here: "not disputed", there: "disputed" },
  ]);
});

Deno.test("a payment that cannot be credited is reported each time until it can", async () => {
  const { user, payment_id, session } = await newPayment();
  session.amount_total = 499;
  account.events.find(({ data }) => (data.object as { id: string }).id === session.id)!.data.object = session;
  for (let times = 0; times < 2; times++) {
    const [finding] = await findingsOf(payment_id, await reconcileAll());
    assert.deepEqual([finding!.kind, finding!.there], ["paid_not_credited", "500 eur"]);
  }
  assert.equal(await balanceOf(user), 0);
});

Deno.test("a payment of ours whose checkout Stripe does not know as paid is reported", async () => {
  const { user, event, payment_id, session } = await newPayment();
  account.forget(event);
  session.payment_intent = null;
  assert.deepEqual(await findingsOf(payment_id, await reconcileAll()), [
    { kind: "paid_not_credited", here: "no checkout of it was paid", there: "500 eur" },
  ]);
  assert.equal(await balanceOf(user), 0);
});

Deno.test("payments of another shop on the account are left alone", async () => {
  const { id } = account.payElsewhere();
  assert.deepEqual(await findingsOf(id, await reconcileAll()), []);
});

Deno.test("a malformed event in Stripe's list is named, and stops nothing", async () => {
  const { user, event } = await newPayment();
  const malformed = { ...event, id: `evt_${crypto.randomUUID()}`, type: "refund.created", data: { object: null } };
  account.events.push(malformed as unknown as Stripe.Event);
  const { status, body, report } = await reconcile();
  account.forget(malformed as unknown as Stripe.Event);
  assert.deepEqual([status, report.stage], [200, "done"]);
  assert.deepEqual(body.skipped, [`${malformed.id}: data.object: Not as Stripe's API describes it`]);
  assert.equal(await balanceOf(user), 100);
});

Deno.test("reconciling is for servers, and says what it wants", async () => {
  const user = await newUser();
  const bearer = { authorization: `Bearer ${user.access_token}` };
  assert.equal((await send("POST", "/reconcile", {}, bearer)).body.code, "server_required");
  assert.equal((await send("POST", "/reconcile", {}, {})).status, 401);
  assert.equal((await send("POST", "/reconcile", { max_pages: 0 }, { apikey: secret_key })).status, 422);
});
