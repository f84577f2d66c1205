// Goal: whatever is changed in the books past the functions, the check names it. Method: each change is made as the
// tables' owner without triggers, looked at, and taken back.
import assert from "node:assert/strict";
import { newUser, sql } from "../support/stack.ts";

const changes: [what: string, change: string, problem: RegExp][] = [
  ["a balance", "update user_tokens set token = token + 1 where user_id = $1", /balance is not the sum/],
  ["a held sum", "update user_tokens set held = held + 1 where user_id = $1", /held sum is not/],
  ["a debt", "update user_tokens set debt = 1, token = 0 where user_id = $1", /debt is not the sum/],
  [
    "a count of entries",
    "update user_tokens set entries = entries - 1 where user_id = $1",
    /not the one that the wallet/,
  ],
  [
    "the first entry",
    "delete from token_transactions where user_id = $1 and id = 1",
    /entry before entry 2 is missing/,
  ],
  ["an entry", "delete from token_transactions where user_id = $1 and id = 2", /entry before entry 3 is missing/],
  [
    "the last entry",
    "delete from token_transactions where user_id = $1 and id = 4",
    /not the one that the wallet counts/,
  ],
  [
    "an amount",
    "update token_transactions set amount = amount - 1 where user_id = $1 and id = 2",
    /balance_after of entry 2/,
  ],
  [
    "a time",
    "update token_transactions set created_at = created_at + interval '1 hour' where user_id = $1 and id = 2",
    /entry 3 is dated before/,
  ],
  ["the amount of a hold", "update token_holds set amount = amount + 1 where user_id = $1", /held_after of entry 4/],
  ["a hold", "delete from token_holds where user_id = $1", /held_after of entry 4/],
  [
    "the end of a hold",
    "update token_holds set status = 'held', settled_at = null, captured_amount = null where user_id = $1",
    /has no entry that begins or ends it/,
  ],
  ["a wallet", "delete from user_tokens where user_id = $1", /closed account does not end at 0/],
  [
    "a purchase",
    `insert into purchases (user_id, pack_id, tokens, price_minor, currency, provider, livemode, status, granted)
    values ($1, 'small', 100, 500, 'eur', 'standard', false, 'paid', 100)`,
    /purchases grant/,
  ],
];

/** The portions of one user's rows: whole, and entry by entry. */
const checks = {
  whole: `select * from private.verify_ledger() where user_id = $1`,
  portions: `
    select v.* from generate_series(0, 9) as after, private.verify_entries($1, after, $1, after + 1) as v
    union all select v.* from private.verify_holds(
      $1, '00000000-0000-0000-0000-000000000000', $1, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
    ) as v
    union all select v.* from private.verify_wallets($2, $1) as v
    union all select v.* from private.verify_purchases($2, $1) as v
  `,
};

Deno.test("the check of the books names every change that was not made through the functions, also in portions", async () => {
  const user = await newUser({ token: 10 });
  await user.call("POST", "/tokens/deduct", { body: { amount: 3 } });
  const { body: hold } = await user.call("POST", "/tokens/holds", { body: { amount: 2 } });
  await user.call("POST", `/tokens/holds/${hold.id}/capture`, { body: {} });
  // The id right before, so that a portion begins after it and ends with the user.
  const [before] = await sql`
    select coalesce(max(user_id::text), '00000000-0000-0000-0000-000000000000') as id
    from user_tokens where user_id < ${user.id}
  `;

  for (const [what, change, problem] of changes) {
    const done = new Error("taken back");
    await sql.begin(async (transaction) => {
      await transaction`set local session_replication_role = replica`;
      const { count } = await transaction.unsafe(change, [user.id]);
      assert.equal(count, 1, what);
      const whole = await transaction.unsafe(checks.whole, [user.id]);
      assert.ok(whole.some((row) => problem.test(row.problem)), `${what}: ${JSON.stringify(whole)}`);
      const portions = await transaction.unsafe(checks.portions, [user.id, before!.id]);
      const named = (rows: typeof whole) => rows.map((row) => row.problem).toSorted();
      assert.deepEqual(named(portions), named(whole), what);
      throw done;
    }).catch((error) => {
      if (error !== done) throw error;
    });
  }
  assert.deepEqual([...await sql.unsafe(checks.whole, [user.id])], []);
});
