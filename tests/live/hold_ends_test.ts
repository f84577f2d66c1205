// Goal: a hold that ran out has ended in all that is shown, and what comes back pays debts first.
// Method: HTTP; two SQL connections where order matters.
import assert from "node:assert/strict";
import postgres from "postgres";
import { buyPack, refundPurchase } from "../support/purchases.ts";
import { asServer, ledgerProblems, newUser, sql, stack, type TestUser } from "../support/stack.ts";

/** Makes a hold run out now, as if its time had passed. */
async function runOut(hold_id: string) {
  await sql`update token_holds set expires_at = date_trunc('milliseconds', clock_timestamp()) where id = ${hold_id}`;
}

async function balance(user: TestUser) {
  const { updated_at: _, ...balance } = (await user.call("GET", "/tokens")).body;
  return balance;
}

Deno.test("a hold expires at its instant in all that is shown, before anybody sweeps", async () => {
  const user = await newUser({ token: 30 });
  const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body;
  await runOut(id);
  assert.deepEqual(await balance(user), { token: 30, held: 0, debt: 0 });
  assert.equal((await user.call("GET", `/tokens/holds/${id}`)).body.status, "expired");
  assert.equal((await user.call("GET", "/tokens/holds?status=held")).body.holds.length, 0);
  assert.equal((await user.call("GET", "/tokens/holds?status=expired")).body.holds[0].id, id);
  assert.equal((await user.call("GET", "/auth/user")).body.token, 30);
  const now = encodeURIComponent(new Date().toISOString());
  assert.equal((await user.call("GET", `/tokens/balance_at?time=${now}`)).body.token, 30);
  assert.equal((await sql`select from token_transactions where hold_id = ${id}`).length, 1);

  // Whoever touches the wallet next writes the line, and can spend the tokens in the same step.
  assert.equal((await user.call("POST", "/tokens/deduct", { body: { amount: 30 } })).status, 200);
  const kinds = await sql`select kind from token_transactions where user_id = ${user.id} order by id`;
  assert.deepEqual(kinds.map(({ kind }) => kind), ["add", "hold", "expiry", "deduct"]);
  const late = await user.call("POST", `/tokens/holds/${id}/capture`);
  assert.equal(late.status, 409);
  assert.equal(late.body.hold.status, "expired");
});

Deno.test("a late capture answers 409 expired although nobody swept", async () => {
  const user = await newUser({ token: 30 });
  const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body;
  await runOut(id);
  const { status, body } = await user.call("POST", `/tokens/holds/${id}/capture`);
  assert.equal(status, 409);
  assert.equal(body.hold.status, "expired");
  assert.deepEqual(await balance(user), { token: 30, held: 0, debt: 0 });
});

Deno.test("the sweep writes the lines of what ran out, and changes no balance", async () => {
  const user = await newUser({ token: 30 });
  const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body;
  await runOut(id);
  const before = await balance(user);
  await sql`select private.sweep_holds()`;
  assert.deepEqual(await balance(user), before);
  const entries = await sql`select kind, created_at from token_transactions where hold_id = ${id} order by id`;
  assert.deepEqual(entries.map(({ kind }) => kind), ["hold", "expiry"]);
  const [hold] = await sql`select expires_at from token_holds where id = ${id}`;
  assert.deepEqual(entries[1]!.created_at, hold!.expires_at);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("a capture that holds the lock while the hold runs out wins, and the sweep leaves it alone", async () => {
  const user = await newUser({ token: 30 });
  const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body;
  const [capturing, sweeping] = [0, 1].map(() => postgres(stack.database_url, { max: 1, onnotice: () => {} }));
  try {
    await capturing!`begin`;
    await capturing!`select * from settle_hold(${user.id}, ${id}, 'captured', 5)`;
    // The sweeper does not wait for a wallet that somebody works on.
    await sweeping!`select private.sweep_holds()`;
    await capturing!`commit`;
    await sweeping!`select private.sweep_holds()`;
    assert.equal((await user.call("GET", `/tokens/holds/${id}`)).body.status, "captured");
    assert.deepEqual(await balance(user), { token: 25, held: 0, debt: 0 });
  } finally {
    await Promise.all([capturing!.end(), sweeping!.end()]);
  }
});

Deno.test("a capture that waits while the expiry is written loses, and learns of it", async () => {
  const user = await newUser({ token: 30 });
  const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body;
  await runOut(id);
  const [capturing, sweeping] = [0, 1].map(() => postgres(stack.database_url, { max: 1, onnotice: () => {} }));
  try {
    await sweeping!`begin`;
    await sweeping!`select private.sweep_holds()`;
    const [backend] = await capturing!`select pg_backend_pid() as pid`;
    const capture = capturing!`select * from settle_hold(${user.id}, ${id}, 'captured')`.then(() => "captured", String);
    const waits = async () =>
      (await sql`select from pg_stat_activity where pid = ${backend!.pid} and wait_event_type = 'Lock'`).length === 1;
    while (!await waits());
    await sweeping!`commit`;
    assert.match(await capture, /hold_settled/);
    assert.deepEqual(await balance(user), { token: 30, held: 0, debt: 0 });
  } finally {
    await Promise.all([capturing!.end(), sweeping!.end()]);
  }
});

Deno.test("a wallet has at most 100 open holds, and one touch ends them all when they have run out", async () => {
  const user = await newUser({ token: 1_000 });
  await sql`select hold_tokens(${user.id}, 1, 900) from generate_series(1, 100)`;
  for (const caller of [user.call, asServer]) {
    const body = { amount: 1, ...(caller === asServer && { user_id: user.id }) };
    const refused = await caller("POST", "/tokens/holds", { body });
    assert.deepEqual([refused.status, refused.body.code], [409, "hold_limit"]);
  }
  const [hold] = (await user.call("GET", "/tokens/holds?limit=1")).body.holds;
  await asServer("POST", `/tokens/holds/${hold.id}/release`, { body: { user_id: user.id } });
  assert.equal(
    (await user.call("POST", "/tokens/holds", { body: { amount: 1 } })).status,
    201,
    "a place is free again",
  );

  await sql`
    update token_holds set expires_at = date_trunc('milliseconds', clock_timestamp())
    where user_id = ${user.id} and status = 'held'
  `;
  const deducted = await user.call("POST", "/tokens/deduct", { body: { amount: 400 } });
  assert.deepEqual([deducted.status, deducted.body.token, deducted.body.held], [200, 600, 0]);
  const expiries = await sql`select from token_transactions where user_id = ${user.id} and kind = 'expiry'`;
  assert.equal(expiries.length, 100);

  // However many lines were written in one go, each is dated by the clock, and the past tells what the balance tells.
  const [ahead] = await sql`
    select count(*)::integer as count from token_transactions
    where user_id = ${user.id} and created_at > clock_timestamp()
  `;
  assert.equal(ahead!.count, 0);
  const now = encodeURIComponent(new Date().toISOString());
  assert.equal((await user.call("GET", `/tokens/balance_at?time=${now}`)).body.token, 600);
  assert.deepEqual(await ledgerProblems(), []);
});

for (const end of ["release", "expiry", "capture of a part"]) {
  Deno.test(`tokens on hold do not escape a refund: by ${end} they pay the debt`, async () => {
    const user = await newUser();
    const purchase_id = await buyPack(sql, user.id);
    const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 100 } })).body;
    await refundPurchase(sql, purchase_id);
    assert.deepEqual(await balance(user), { token: 0, held: 100, debt: 100 });
    const captured = end === "capture of a part" ? 1 : 0;
    if (end === "release") await user.call("POST", `/tokens/holds/${id}/release`);
    else if (end === "expiry") await runOut(id);
    else await user.call("POST", `/tokens/holds/${id}/capture`, { body: { amount: captured } });
    assert.equal((await user.call("POST", "/tokens/deduct", { body: { amount: 1 } })).body.code, "insufficient_tokens");
    assert.deepEqual(await balance(user), { token: 0, held: 0, debt: captured });
    assert.deepEqual(await ledgerProblems(), []);
  });
}
