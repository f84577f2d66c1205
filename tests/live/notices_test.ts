// Goal: a user hears once of each time the balance fell below the threshold. Method: the function against the running
// stack, and a receiver that checks signatures with the specification's own library, and fails when told to.
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { platformEnvironment } from "../../local/stack.ts";
import { createTokens } from "../../supabase/functions/tokens/index.ts";
import { readTokensSettings } from "../../supabase/functions/tokens/settings.ts";
import { buyPack, refundPurchase } from "../support/purchases.ts";
import { newWallet } from "../support/wallets.ts";
import { inParallel } from "../proofs/experiment.ts";
import { asServer, newUser, secret_key, sql, stack } from "../support/stack.ts";

const secret = "whsec_bm90aWNlcyBvZiB0aGUgdGVzdHMgYWxvbmUhIQ==";

interface Received {
  id: string;
  // deno-lint-ignore no-explicit-any
  event: any;
}
const received: Received[] = [];
const failing_for = new Set<string>();
const receiver = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
  const body = await request.text();
  const event = new Webhook(secret).verify(body, Object.fromEntries(request.headers)) as Received["event"];
  received.push({ id: request.headers.get("webhook-id")!, event });
  return new Response(null, { status: failing_for.has(event.data.user_id) ? 500 : 204 });
});
globalThis.addEventListener("unload", () => void receiver.shutdown());

const jwks = await (await fetch(`${stack.url}/auth/v1/.well-known/jwks.json`)).text();
const app = createTokens(readTokensSettings({
  ...platformEnvironment(stack.url, jwks),
  NOTICES_URL: `http://127.0.0.1:${receiver.addr.port}/notices`,
  NOTICES_SECRET: secret,
}));

async function deliver() {
  const response = await app.request("/tokens/notices/deliver", { method: "POST", headers: { apikey: secret_key } });
  assert.equal(response.status, 200);
  return await response.json();
}

const receivedFor = (user_id: string) => received.filter(({ event }) => event.data.user_id === user_id);
const deduct = (user_id: string, amount: number) => asServer("POST", "/tokens/deduct", { body: { user_id, amount } });
const add = (user_id: string, amount: number) => asServer("POST", "/tokens/add", { body: { user_id, amount } });

async function walletWithThreshold(token: number, threshold: number): Promise<string> {
  const user_id = await newWallet(sql, token);
  const { status } = await asServer("PUT", "/tokens/low_balance_threshold", { body: { user_id, threshold } });
  assert.equal(status, 200);
  return user_id;
}

async function noticesOf(user_id: string): Promise<number[]> {
  const notices = await sql`select data from notices where user_id = ${user_id} order by transaction_id`;
  return notices.map(({ data }) => data.token);
}

Deno.test("a debit that crosses the threshold is told once, signed, with the balance it left", async () => {
  const user_id = await walletWithThreshold(100, 20);
  await deduct(user_id, 80);
  assert.deepEqual(await noticesOf(user_id), [], "20 is not below 20");
  const { body } = await deduct(user_id, 1);
  await deduct(user_id, 1);
  await deliver();
  await deliver();
  const [{ id, event }] = receivedFor(user_id) as [Received];
  assert.equal(receivedFor(user_id).length, 1);
  assert.match(id, /^[\da-f-]{36}$/);
  const { type, timestamp, data } = event;
  assert.equal(type, "balance.low");
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
  assert.deepEqual(data, { user_id, token: 19, threshold: 20, transaction_id: body.transaction_id });
});

Deno.test("each crossing is told: after a top-up the next one counts again", async () => {
  const user_id = await walletWithThreshold(30, 20);
  for (let times = 0; times < 3; times++) {
    await deduct(user_id, 15);
    await deduct(user_id, 5);
    await add(user_id, 20);
  }
  assert.deepEqual(await noticesOf(user_id), [15, 15, 15]);
});

Deno.test("holds, adjustments and chargebacks cross it as well; a debt that a purchase pays does not", async () => {
  const held = await walletWithThreshold(30, 20);
  await asServer("POST", "/tokens/holds", { body: { user_id: held, amount: 15 } });
  assert.deepEqual(await noticesOf(held), [15]);

  const adjusted = await walletWithThreshold(30, 20);
  await asServer("POST", "/tokens/adjustments", {
    body: { user_id: adjusted, amount: -29, reason: "a test", actor: "tests" },
  });
  assert.deepEqual(await noticesOf(adjusted), [1]);

  const bought = await walletWithThreshold(0, 20);
  const purchase_id = await buyPack(sql, bought);
  await deduct(bought, 70);
  await refundPurchase(sql, purchase_id, 450);
  assert.deepEqual(await noticesOf(bought), [0], "the chargeback took 30 of 90");
  await asServer("PUT", "/tokens/low_balance_threshold", { body: { user_id: bought, threshold: 90 } });
  await buyPack(sql, bought);
  const [wallet] = await sql`select token, debt from user_tokens where user_id = ${bought}`;
  assert.deepEqual({ ...wallet }, { token: 40, debt: 0 }, "100 came, 60 of them paid the debt");
  assert.deepEqual(await noticesOf(bought), [0]);
});

Deno.test("a crossing is told once, and the next only after an hour or a credit", async () => {
  const user_id = await walletWithThreshold(20, 20);
  const cross = async () => {
    const { body } = await asServer("POST", "/tokens/holds", { body: { user_id, amount: 1 } });
    await asServer("POST", `/tokens/holds/${body.id}/release`, { body: { user_id } });
  };
  for (let times = 0; times < 5; times++) await cross();
  assert.deepEqual(await noticesOf(user_id), [19]);
  await sql`
    update user_tokens set low_balance_noticed_at = low_balance_noticed_at - interval '1 hour' where user_id = ${user_id}
  `;
  for (let times = 0; times < 5; times++) await cross();
  assert.deepEqual(await noticesOf(user_id), [19, 19]);
  await add(user_id, 1);
  await deduct(user_id, 1);
  for (let times = 0; times < 5; times++) await cross();
  assert.deepEqual(await noticesOf(user_id), [19, 19, 19]);
});

Deno.test("a hundred debits at once cross once, and those that are refused tell nothing", async () => {
  const user_id = await walletWithThreshold(100, 50);
  // A slow machine may answer 503, for what was not done.
  for (let done = 0; done < 100;) {
    const answers = await inParallel(120 - done, 40, () => deduct(user_id, 1));
    done += answers.filter(({ status }) => status === 200).length;
  }
  assert.deepEqual(await noticesOf(user_id), [49]);

  const poor = await walletWithThreshold(30, 20);
  assert.equal((await deduct(poor, 31)).status, 402);
  await sql.begin(async (transaction) => {
    await transaction`select adjust_tokens(${poor}, -20, 'deduct')`;
    throw new Error("roll back");
  }).catch(() => {});
  assert.deepEqual(await noticesOf(poor), []);
});

Deno.test("a notice that is not taken is sent again under its id, later and later, until it is", async () => {
  const user_id = await walletWithThreshold(30, 20);
  await deduct(user_id, 20);
  const state = async () => {
    const [row] = await sql`
      select attempts, last_error, delivered_at is not null as delivered,
        round(extract(epoch from next_attempt_at - now()))::integer as seconds
      from notices where user_id = ${user_id}
    `;
    return { ...row };
  };
  const makeDue = () => sql`update notices set next_attempt_at = now() where user_id = ${user_id}`;
  failing_for.add(user_id);
  await deliver();
  const { seconds, ...first } = await state();
  assert.deepEqual(first, { attempts: 1, last_error: "answered 500", delivered: false });
  assert.ok(seconds > 0 && seconds <= 30);
  await deliver();
  assert.equal(receivedFor(user_id).length, 1, "it was not due");
  await makeDue();
  await deliver();
  assert.ok((await state()).seconds > 60);
  failing_for.delete(user_id);
  await makeDue();
  await deliver();
  assert.deepEqual(await state(), { attempts: 3, last_error: null, delivered: true, seconds: null });
  assert.equal(receivedFor(user_id).length, 3);
  assert.equal(new Set(receivedFor(user_id).map(({ id }) => id)).size, 1);
});

Deno.test("after ten attempts it is given up", async () => {
  const user_id = await walletWithThreshold(30, 20);
  await deduct(user_id, 20);
  failing_for.add(user_id);
  for (let times = 0; times < 12; times++) {
    await sql`update notices set next_attempt_at = now() where user_id = ${user_id} and next_attempt_at is not null`;
    await deliver();
  }
  assert.equal(receivedFor(user_id).length, 10);
});

Deno.test("deliveries at once send each notice once", async () => {
  const user_ids = await inParallel(30, 8, () => walletWithThreshold(30, 20));
  await inParallel(30, 8, (index) => deduct(user_ids[index]!, 20));
  await Promise.all(Array.from({ length: 4 }, deliver));
  for (const user_id of user_ids) assert.equal(receivedFor(user_id).length, 1);
});

Deno.test("users set their own threshold and see nobody else's, and no signed-out session does", async () => {
  const [ada, bob] = await Promise.all([newUser({ token: 10 }), newUser()]);
  const path = "/tokens/low_balance_threshold";
  assert.deepEqual((await ada.call("GET", path)).body, { threshold: null });
  assert.deepEqual((await ada.call("PUT", path, { body: { threshold: 5 } })).body, { threshold: 5 });
  assert.deepEqual((await ada.call("GET", path)).body, { threshold: 5 });
  const wallets = "/rest/v1/user_tokens?select=low_balance_threshold";
  assert.deepEqual((await bob.call("GET", wallets)).body, [{ low_balance_threshold: null }]);
  assert.ok((await bob.call("PATCH", wallets, { body: { low_balance_threshold: 1 } })).status >= 400);
  assert.ok((await ada.call("GET", "/rest/v1/notices")).status >= 400);
  for (const threshold of [0, -1, 1.5, "5", 2_147_483_648]) {
    assert.equal((await ada.call("PUT", path, { body: { threshold } })).status, 422, String(threshold));
  }
  assert.equal((await ada.call("PUT", path, { body: {} })).status, 422);
  assert.equal((await ada.call("PUT", path, { body: { threshold: 5, user_id: bob.id } })).status, 422);
  assert.deepEqual((await ada.call("PUT", path, { body: { threshold: null } })).body, { threshold: null });
  await ada.call("POST", "/tokens/deduct", { body: { amount: 10 } });
  assert.deepEqual(await noticesOf(ada.id), []);
  assert.equal((await ada.call("POST", "/tokens/notices/deliver")).body.code, "server_required");
  await ada.call("POST", "/auth/signout");
  assert.equal((await ada.call("PUT", path, { body: { threshold: 5 } })).body.code, "session_ended");
});

Deno.test("an account that is deleted takes its threshold and its notices along", async () => {
  const user = await newUser({ token: 30 });
  await user.call("PUT", "/tokens/low_balance_threshold", { body: { threshold: 20 } });
  await user.call("POST", "/tokens/deduct", { body: { amount: 5 } });
  await sql`delete from auth.users where id = ${user.id}`;
  assert.deepEqual(await noticesOf(user.id), []);
  assert.equal((await sql`select from user_tokens where user_id = ${user.id}`).length, 0);
});
