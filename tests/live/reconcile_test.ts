// Goal: what webhooks missed is found, and where books and provider disagree it is said. Method: the function and Stripe's
// own package, with an account that answers Stripe's HTTP API in the place of api.stripe.com; database and REST are real.
import assert from "node:assert/strict";
import type Stripe from "stripe";
import { setFunctionEnvironment } from "../support/own_stack.ts";
import { stripe_environment, StripeAccount, webhookRequest } from "../support/stripe/account.ts";
import { inParallel } from "../proofs/experiment.ts";
import { newWallet } from "../support/wallets.ts";
import { asServer, callAs, ledgerProblems, newUser, secret_key, sql, stack } from "../support/stack.ts";

await setFunctionEnvironment(stack, stripe_environment);
const account = new StripeAccount();
account.takeThePlaceOfStripe();
const { default: app } = await import("../../supabase/functions/payments/index.ts");

// A pack that only this file sells.
const pack_id = `stripe-${crypto.randomUUID()}`;
await asServer("POST", "/rest/v1/token_packs", {
  body: { id: pack_id, tokens: 100, price_minor: 500, currency: "eur", stripe_price_id: `price_${pack_id}` },
});

async function send(method: string, path: string, body: unknown, headers: Record<string, string>) {
  const response = await app.request(`/payments${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** A fresh user in front of Stripe's page. */
async function newCheckout() {
  const user = await newUser();
  const bearer = { authorization: `Bearer ${user.access_token}` };
  const { status, body } = await send("POST", "/checkout", { pack_id }, bearer);
  assert.equal(status, 201);
  const session = account.sessions.find(({ client_reference_id }) => client_reference_id === body.purchase_id)!;
  assert.equal(body.checkout_url, session.url);
  return { user, session, purchase_id: body.purchase_id as string };
}

/** A fresh user who paid, and whose webhook nobody got. */
async function newPayment() {
  const checkout = await newCheckout();
  const event = account.pay(checkout.session.id);
  return { ...checkout, event, payment_id: checkout.session.payment_intent as string };
}

async function deliver(event: Stripe.Event) {
  const response = await app.request("/payments/webhooks/stripe", await webhookRequest(JSON.stringify(event)));
  assert.equal(response.status, 200);
  return (await response.json()).outcome;
}

async function reconcile(max_pages = 100) {
  const { status, body } = await send("POST", "/reconcile", { max_pages }, { apikey: secret_key });
  return { status, body, report: body.reconciliations?.[0] };
}

/** Reconciles from a new watermark to the end. */
async function reconcileAll() {
  let { report } = await reconcile();
  while (report.stage !== "done") report = (await reconcile()).report;
  return report;
}

async function findingsOf(payment_id: string, report: { id: string }) {
  const findings = await sql`
    select kind, here, there from payment_findings where reconciliation_id = ${report.id} and payment_id = ${payment_id}
  `;
  return findings.map((finding) => ({ ...finding }));
}

async function balanceOf({ id }: { id: string }) {
  const [wallet] = await sql`select token - debt as token from user_tokens where user_id = ${id}`;
  return wallet!.token;
}

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
  const user_id = await newWallet(sql, 0);
  const payments = await inParallel(230, 8, async () => {
    const [purchase] = await sql`select id from create_purchase(${user_id}, ${pack_id}, 'stripe', false)`;
    account.pay(account.openCheckout(purchase!.id).id);
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
  assert.ok(report.events_seen >= payments.length);
  const listed = account.requests.slice(requests_before).filter((request) => request === "GET /v1/events");
  // The two pages that were done are not asked for again.
  assert.equal(listed.length, Math.ceil(report.events_seen / 100) - 2);
  assert.equal(await balanceOf({ id: user_id }), 23_000);
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

Deno.test("reconciling is for servers, and says what it wants", async () => {
  const user = await newUser();
  const bearer = { authorization: `Bearer ${user.access_token}` };
  assert.equal((await send("POST", "/reconcile", {}, bearer)).body.code, "server_required");
  assert.equal((await send("POST", "/reconcile", {}, {})).status, 401);
  assert.equal((await send("POST", "/reconcile", { max_pages: 0 }, { apikey: secret_key })).status, 422);
});
