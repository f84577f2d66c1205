// Goal: who waits for a wallet waits in one order, not for long, and in vain at most. Method: connections stepped by hand.
import assert from "node:assert/strict";
import type postgres from "postgres";
import { newSession } from "../proofs/database_control.ts";
import { ledgerProblems, sql } from "../support/stack.ts";
import { newWallet, refusalOf } from "../support/wallets.ts";

/** A connection with an open transaction, which ends with `commit` or when the test does. */
async function begin(): Promise<postgres.ReservedSql & AsyncDisposable & { pid: number }> {
  const connection = await sql.reserve();
  await connection`begin`;
  const [{ pid } = { pid: 0 }] = await connection<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return Object.assign(connection, {
    pid,
    async [Symbol.asyncDispose]() {
      await connection`rollback`;
      connection.release();
    },
  });
}

/** Waits until a connection waits for a lock. */
async function untilBlocked({ pid }: { pid: number }): Promise<void> {
  while ((await sql`select from pg_locks where pid = ${pid} and not granted`).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("deleting an account waits for a debit that crosses the threshold, and neither ends in a deadlock", async () => {
  const user_id = await newWallet(sql, 100);
  await sql`select set_low_balance_threshold(${user_id}, 50)`;
  await using debit = await begin();
  await using deletion = await begin();
  await debit`select from user_tokens where user_id = ${user_id} for update`;
  const deleted = deletion`delete from auth.users where id = ${user_id}`.execute();
  await untilBlocked(deletion);
  await debit`select adjust_tokens(${user_id}, -60, 'deduct')`;
  await debit`commit`;
  await deleted;
  await deletion`commit`;
  assert.deepEqual([...await sql`select from notices where user_id = ${user_id}`], []);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("deleting an account waits for the first threshold that is set, and neither ends in a deadlock", async () => {
  const user_id = await newWallet(sql, 100);
  await using setting = await begin();
  await using deletion = await begin();
  await setting`select from user_tokens where user_id = ${user_id} for update`;
  const deleted = deletion`delete from auth.users where id = ${user_id}`.execute();
  await untilBlocked(deletion);
  await setting`select set_low_balance_threshold(${user_id}, 50)`;
  await setting`commit`;
  await deleted;
  await deletion`commit`;
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("deleting an account and the retry of an event that is under review end without a deadlock", async () => {
  const user_id = await newWallet(sql, 0);
  const [purchase] = await sql`select id from create_purchase(${user_id}, 'small', 'standard', false)`;
  const event_id = crypto.randomUUID();
  // Another amount than the pack's: it changes nothing, and is tried again.
  const [first] = await sql`
    select * from apply_payment_event('standard', ${event_id}, 'paid', false, now(), '{"of": "a person"}',
      ${event_id}, ${purchase!.id}, null, 1, 'eur')
  `;
  assert.equal(first!.review_reason, "amount_differs");
  // The furthest back, so that this one is tried first.
  await sql`update payment_events set next_attempt_at = 'epoch' where event_id = ${event_id}`;

  await using holder = await begin();
  await using deletion = await begin();
  await using retry = await begin();
  await holder`select from user_tokens where user_id = ${user_id} for update`;
  const deleted = deletion`delete from auth.users where id = ${user_id}`.execute();
  await untilBlocked(deletion);
  const retried = retry`select * from retry_payment_event('standard')`.execute();
  await untilBlocked(retry);
  await holder`commit`;
  await deleted;
  await deletion`commit`;
  const [outcome] = await retried;
  await retry`commit`;
  assert.deepEqual({ ...outcome }, { event_id, outcome: "review", review_reason: "account_closed" });
  const [event] = await sql`select payload from payment_events where event_id = ${event_id}`;
  assert.deepEqual(event!.payload, {});
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("a wallet that is opened while its account is deleted is not left behind", async () => {
  const user_id = await newWallet(sql, 0);
  await sql`delete from user_tokens where user_id = ${user_id}`;
  await using deletion = await begin();
  await using debit = await begin();
  await deletion`delete from auth.users where id = ${user_id}`;
  const refusal = debit`select adjust_tokens(${user_id}, 5, 'add')`.execute().catch(refusalOf);
  await untilBlocked(debit);
  await deletion`commit`;
  assert.equal(await refusal, "user_not_found");
  assert.deepEqual([...await sql`select from user_tokens where user_id = ${user_id}`], []);
});

Deno.test("a profile that is written while its account is deleted is not left behind", async () => {
  const user_id = await newWallet(sql, 0);
  const session_id = crypto.randomUUID();
  await sql`insert into auth.sessions (id, user_id) values (${session_id}, ${user_id})`;
  await using deletion = await begin();
  await deletion`delete from auth.users where id = ${user_id}`;
  const claims = JSON.stringify({ sub: user_id, role: "authenticated", session_id });
  const writing = Promise.withResolvers<{ pid: number }>();
  const refusal = sql.begin(async (transaction) => {
    const [backend] = await transaction<{ pid: number }[]>`
      select pg_backend_pid() as pid, set_config('request.jwt.claims', ${claims}, true),
        set_config('request.jwt.claim.sub', ${user_id}, true), set_config('role', 'authenticated', true)
    `;
    writing.resolve(backend!);
    await transaction`insert into profiles (user_id, profile_data) values (${user_id}, '{}')`;
    return "written";
  }).catch(refusalOf);
  await untilBlocked(await writing.promise);
  await deletion`commit`;
  assert.equal(await refusal, "session_ended");
});

Deno.test("a debit of a wallet that stays locked is refused, and is not done when the lock goes", async () => {
  const user_id = await newWallet(sql, 100);
  await using holder = await begin();
  await holder`select from user_tokens where user_id = ${user_id} for update`;
  await assert.rejects(sql`select adjust_tokens(${user_id}, -5, 'deduct')`, { code: "55P03" });
  await holder`commit`;
  const [wallet] = await sql`select token from token_balances where user_id = ${user_id}`;
  assert.equal(wallet!.token, 100);
});

Deno.test("a request that got the lock after its deadline does nothing", async () => {
  const user_id = await newWallet(sql, 100);
  await using holder = await begin();
  await using debit = await begin();
  await holder`select from user_tokens where user_id = ${user_id} for update`;
  // Ahead while it waits, past when it gets the lock: the holder lets go once the clock of the database says so.
  const [row] = await debit<{ deadline_ms: string }[]>`
    select set_config('request.headers', json_build_object('x-request-deadline',
      (extract(epoch from clock_timestamp()) * 1000 + 300)::bigint::text)::text, true)::json ->> 'x-request-deadline'
      as deadline_ms
  `;
  const refusal = debit`select adjust_tokens(${user_id}, -5, 'deduct')`.execute().catch(refusalOf);
  await untilBlocked(debit);
  await holder`select pg_sleep_until(to_timestamp(${row!.deadline_ms}::bigint / 1000.0) + interval '10 ms')`;
  await holder`commit`;
  assert.equal(await refusal, "request_expired");
});

Deno.test("a sweep commits in portions, and leaves out a wallet that somebody works on", async () => {
  const owners = await Promise.all(Array.from({ length: 5 }, () => newWallet(sql, 10)));
  for (const owner of owners) await sql`select hold_tokens(${owner}, 10, 600)`;
  await sql`update token_holds set expires_at = date_trunc('milliseconds', now()) where user_id = any(${owners})`;
  const open = async () =>
    (await sql`select from token_holds where user_id = any(${owners}) and status = 'held'`).length;

  await using worker = await begin();
  await worker`select from user_tokens where user_id = ${owners[0]!} for update`;
  const [portion] = await sql`select private.sweep_holds(2) as swept`;
  assert.equal(portion!.swept, 2);
  let swept: number;
  do [{ swept } = { swept: 0 }] = await sql<{ swept: number }[]>`select private.sweep_holds(2) as swept`; while (
    swept > 0
  );
  assert.equal(await open(), 1);
  await worker`commit`;
  await sql`select private.sweep_holds()`;
  assert.equal(await open(), 0);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("an entry is dated by the clock, and after a burst of expiries the balance of now is the balance", async () => {
  const user_id = await newWallet(sql, 100);
  for (let hold = 0; hold < 50; hold++) await sql`select hold_tokens(${user_id}, 1, 600)`;
  await sql`update token_holds set expires_at = date_trunc('milliseconds', now()) where user_id = ${user_id}`;
  const [entry] = await sql`
    select updated_at <= clock_timestamp() as is_past, token from adjust_tokens(${user_id}, -1, 'deduct')
  `;
  assert.deepEqual({ ...entry }, { is_past: true, token: 99 });
  const [at] = await sql`select token, held from balance_at(${user_id}, clock_timestamp())`;
  assert.deepEqual({ ...at }, { token: 99, held: 0 });
});

Deno.test("what a user sees, ends and closes is found by an index, however much there is of others", async () => {
  const plans = {
    "open holds of a wallet": "select from token_holds where user_id = $1 and status = 'held' and expires_at <= now()",
    "entries of a wallet": "select from token_transactions where user_id = $1 order by id desc limit 20",
    "events of a purchase": "select from payment_events where purchase_id = $1",
    "pending purchases": "select from purchases where user_id = $1 and status = 'pending'",
  };
  await sql.begin(async (transaction) => {
    // A small table is read whole, whatever indexes there are.
    await transaction`set local enable_seqscan = off`;
    for (const [name, query] of Object.entries(plans)) {
      const lines = await transaction.unsafe(`explain ${query}`.replace("$1", "gen_random_uuid()"));
      const plan = lines.map((line) => line["QUERY PLAN"]).join("\n");
      assert.match(plan, /Index (Only )?Scan/, name);
      assert.doesNotMatch(plan, /Seq Scan/, `${name}\n${plan}`);
    }
  });
});

/**
 * Sends a debit and does something else while it waits between its look at the wallet and the change: a lock of the
 * whole table lets everybody look at a wallet and nobody change one. Returns what the debit gave, or why it was refused.
 */
async function debitBehind<T>(
  send: (connection: postgres.ReservedSql) => Promise<T>,
  meanwhile: (holder: postgres.ReservedSql) => Promise<unknown>,
): Promise<T | string> {
  await using holder = await begin();
  await using debit = await begin();
  await holder`lock table user_tokens in share mode`;
  const debited = send(debit).catch(refusalOf);
  await untilBlocked(debit);
  await meanwhile(holder);
  await holder`commit`;
  const result = await debited;
  await debit`commit`;
  return result;
}

async function balanceOf(user_id: string): Promise<number> {
  const [wallet] = await sql`select token from user_tokens where user_id = ${user_id}`;
  return wallet!.token;
}

Deno.test("a debit that waited past its deadline is refused, though its wallet was free when it looked", async () => {
  const user_id = await newWallet(sql, 100);
  const deadline_ms = Date.now() + 100;
  const headers = JSON.stringify({ "x-request-deadline": String(deadline_ms) });
  const debited = await debitBehind(
    async (connection) => {
      await connection`select set_config('request.headers', ${headers}, true)`;
      return await connection`select adjust_tokens(${user_id}, -60, 'deduct')`;
    },
    async () => {
      while ((await sql`select where clock_timestamp() > to_timestamp(${deadline_ms}::bigint / 1000.0)`).length === 0);
    },
  );
  assert.equal(debited, "request_expired");
  assert.equal(await balanceOf(user_id), 100);
});

Deno.test("a debit that waited is refused when its session ended meanwhile", async () => {
  const user_id = await newWallet(sql, 100);
  const session_id = await newSession(sql, user_id);
  const debited = await debitBehind(
    async (connection) =>
      await connection`select adjust_tokens(${user_id}, -60, 'deduct', p_session_id => ${session_id})`,
    async () => await sql`delete from auth.sessions where id = ${session_id}`,
  );
  assert.equal(debited, "session_ended");
  assert.equal(await balanceOf(user_id), 100);
});

Deno.test("a debit that waited counts with what was spent meanwhile", async () => {
  const user_id = await newWallet(sql, 100);
  const debit = async (connection: postgres.ReservedSql) =>
    await connection`select adjust_tokens(${user_id}, -60, 'deduct')`;
  assert.equal(await debitBehind(debit, debit), "insufficient_tokens");
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("a debit that waited replays what was done meanwhile under its key", async () => {
  const user_id = await newWallet(sql, 100);
  const debit = async (connection: postgres.ReservedSql) =>
    await connection`select * from adjust_tokens(${user_id}, -30, 'deduct', 'a key')`;
  let done: postgres.Row | undefined;
  const debited = await debitBehind(debit, async (holder) => [done] = await debit(holder));
  assert.deepEqual([...debited], [{ ...done, replayed: true }]);
});

Deno.test("a debit that waited tells of a threshold that was set meanwhile", async () => {
  const user_id = await newWallet(sql, 100);
  await debitBehind(
    async (connection) => await connection`select adjust_tokens(${user_id}, -60, 'deduct')`,
    async (holder) => await holder`select set_low_balance_threshold(${user_id}, 50)`,
  );
  const notices = await sql`select from notices where user_id = ${user_id}`;
  assert.equal(notices.length, 1);
});
