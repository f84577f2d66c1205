// Goal: a wallet that somebody locks holds up nobody else, and what was refused meanwhile never happens.
// Method: an operator's open transaction on a second connection.
import assert from "node:assert/strict";
import postgres from "postgres";
import { newUser, sql, stack } from "../support/stack.ts";

async function countWaiting(): Promise<number> {
  const [row] = await sql`
    select count(*)::integer as count from pg_stat_activity where wait_event_type = 'Lock' and query like '%adjust_tokens%'
  `;
  return row!.count;
}

Deno.test("debits on a locked wallet are answered 503 wallet_busy, and not one of them happens afterwards", async () => {
  const [user, neighbour] = await Promise.all([newUser({ token: 100 }), newUser({ token: 7 })]);
  const operator = postgres(stack.database_url, { max: 1, onnotice: () => {} });
  try {
    await operator`begin`;
    await operator`select from user_tokens where user_id = ${user.id} for update`;
    const debits = Array.from({ length: 100 }, () => user.call("POST", "/tokens/deduct", { body: { amount: 1 } }));
    while (await countWaiting() === 0);
    const read = await neighbour.call("GET", "/tokens");
    assert.deepEqual([read.status, read.body.token], [200, 7], "another user's balance is read while the lock is held");
    for (const { status, body, headers } of await Promise.all(debits)) {
      assert.deepEqual([status, body.code], [503, "wallet_busy"]);
      assert.ok(headers.has("retry-after"));
    }
  } finally {
    await operator`rollback`;
    await operator.end();
  }
  while (await countWaiting() > 0);
  assert.equal((await user.call("GET", "/tokens")).body.token, 100);
  assert.equal((await sql`select from token_transactions where user_id = ${user.id} and kind = 'deduct'`).length, 0);
  assert.equal((await user.call("POST", "/tokens/deduct", { body: { amount: 1 } })).body.token, 99);
});
