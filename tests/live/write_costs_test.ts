// Goal: what a write costs the database does not grow unseen. Method: counts of Postgres itself, never time: statements
// as auto_explain tells of them, bytes of WAL as explain does, HOT updates as the statistics do.
import assert from "node:assert/strict";
import postgres from "postgres";
import { newSession } from "../proofs/database_control.ts";
import { newWallet } from "../support/wallets.ts";
import { sql, stack } from "../support/stack.ts";

/** The statements that a function runs, its own call not counted. */
async function statementsWithin(call: string): Promise<number> {
  let told = 0;
  const connection = postgres(stack.database_url, {
    max: 1,
    onnotice: ({ message }) => {
      if (message?.includes("Query Text:")) told++;
    },
  });
  try {
    await connection.unsafe(`
      load 'auto_explain';
      set auto_explain.log_min_duration = 0;
      set auto_explain.log_nested_statements = on;
      set auto_explain.log_level = notice;
    `);
    await connection.unsafe(call);
    return told - 1;
  } finally {
    await connection.end();
  }
}

/** The bytes of WAL that a debit needs, without pages that are logged whole or split: the least of ten. */
async function walBytes(call: (key: string) => string): Promise<number> {
  const bytes: number[] = [];
  for (let times = 0; times < 10; times++) {
    const [row] = await sql.unsafe(`explain (analyze, wal, format json) ${call(crypto.randomUUID())}`);
    bytes.push(row!["QUERY PLAN"][0].Plan["WAL Bytes"]);
  }
  return Math.min(...bytes);
}

Deno.test("a debit runs two statements, one more for a key and three for a session", async () => {
  const id = await newWallet(sql, 100);
  const session_id = await newSession(sql, id);
  const debit = (rest = "") => statementsWithin(`select * from adjust_tokens('${id}', -1, 'deduct'${rest})`);
  assert.equal(await debit(), 2);
  assert.equal(await debit(`, 'a key'`), 3);
  assert.equal(await debit(`, p_session_id => '${session_id}'`), 5);
  assert.equal(await debit(`, 'a key', p_session_id => '${session_id}'`), 6);
  assert.equal(await statementsWithin(`select * from adjust_tokens('${id}', 1, 'add')`), 2, "a credit");
});

Deno.test("after a change that was unusual the next debit is two statements again", async () => {
  const id = await newWallet(sql, 100);
  const debit = `select * from adjust_tokens('${id}', -1, 'deduct')`;
  const [hold] = await sql`select id from hold_tokens(${id}, 10, 600)`;
  assert.ok(await statementsWithin(debit) > 2, "tokens are held");
  await sql`select settle_hold(${id}, ${hold!.id}, 'captured')`;
  assert.equal(await statementsWithin(debit), 2);
  await sql`select adjust_tokens(${id}, -1, 'deduct', 'once')`;
  await sql`select adjust_tokens(${id}, -1, 'deduct', 'once')`;
  await sql`select adjust_tokens(${id}, -1, 'deduct')`;
  assert.equal(await statementsWithin(debit), 2, "after a replay, which locks, and the debit behind it");
});

Deno.test("a debit of a wallet with much behind it runs as many statements as one of a new wallet", async () => {
  const id = await newWallet(sql, 1_000);
  await sql`select adjust_tokens(${id}, -1, 'deduct') from generate_series(1, 300)`;
  assert.equal(await statementsWithin(`select * from adjust_tokens('${id}', -1, 'deduct')`), 2);
});

Deno.test("a debit writes at most 460 bytes of WAL, and with a key at most 560", async () => {
  const id = await newWallet(sql, 100);
  const plain = await walBytes(() => `select * from adjust_tokens('${id}', -1, 'deduct')`);
  assert.ok(plain <= 460, `${plain} bytes`);
  const keyed = await walBytes((key) => `select * from adjust_tokens('${id}', -1, 'deduct', '${key}')`);
  assert.ok(keyed <= 560, `${keyed} bytes`);
});

Deno.test("of some hundred debits at least 95 % update the wallet in its page, without an index (HOT)", async () => {
  const debits = 400;
  const ids = await Promise.all(Array.from({ length: 20 }, () => newWallet(sql, debits)));
  const connection = postgres(stack.database_url, { max: 1, onnotice: () => {} });
  try {
    // Others' updates count as well, and must be as cheap.
    const counters = async () => {
      await connection`select pg_stat_force_next_flush()`;
      const [row] = await connection`
        select n_tup_upd::integer as updates, n_tup_hot_upd::integer as hot
        from pg_stat_user_tables where relname = 'user_tokens'
      `;
      return row!;
    };
    const before = await counters();
    for (let done = 0; done < debits; done++) {
      await connection`select adjust_tokens(${ids[done % ids.length]!}, -1, 'deduct')`;
    }
    const after = await counters();
    const updates = after.updates - before.updates;
    assert.ok(updates >= debits, `${updates} updates`);
    assert.ok((after.hot - before.hot) / updates >= 0.95, `${after.hot - before.hot} of ${updates}`);
  } finally {
    await connection.end();
  }
});
