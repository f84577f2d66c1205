// Goal: the wallet keeps its promises when its users are spread over several nodes. Method: the money's operations, its
// races and the model against a Citus coordinator, whose database was migrated and then sharded by scale/citus.sql.
import assert from "node:assert/strict";
import { join } from "node:path";
import { root } from "../../local/config.ts";
import { inParallel } from "../proofs/experiment.ts";
import { whileBusy } from "../proofs/patience.ts";
import { compareHistories } from "../proofs/random_histories.ts";
import { connectDatabase, type Database } from "../support/own_stack.ts";
import { countEntries, countProblems, newWallet, refusalOf } from "../support/wallets.ts";

const database_url = Deno.env.get("CITUS_DATABASE_URL");

/** A test of a sharded database: its name says why it is skipped where there is none. */
function testSharded(name: string, test: (sql: Database) => Promise<void>) {
  const reason = database_url === undefined ? " (skipped: CITUS_DATABASE_URL names no coordinator)" : "";
  Deno.test({
    name: `sharded, ${name}${reason}`,
    ignore: database_url === undefined,
    async fn() {
      await using sql = connectDatabase({ database_url: database_url! }, 16);
      await sql`
        insert into token_packs (id, tokens, price_minor, currency) values ('small', 100, 500, 'eur')
        on conflict do nothing
      `;
      await test(sql);
      assert.equal(await countProblems(sql), 0);
    },
  });
}

testSharded("scale/citus.sql changes nothing when it runs again, and spreads wallets over all workers", async (sql) => {
  const placed = () => sql`select logicalrelid::text, partmethod, colocationid from pg_dist_partition order by 1`;
  const before = [...await placed()];
  const script = await Deno.readTextFile(join(root, "scale", "citus.sql"));
  await sql.begin((transaction) => transaction.unsafe(script));
  assert.deepEqual([...await placed()], before);
  await inParallel(20, 4, () => newWallet(sql, 1));
  const nodes = await sql`select distinct nodeport from citus_shards where table_name = 'user_tokens'::regclass`;
  const workers = await sql`select from pg_dist_node where noderole = 'primary' and shouldhaveshards`;
  assert.equal(nodes.length, workers.length);
});

testSharded("a balance is spent once, however many spend at once", async (sql) => {
  const wallets = await inParallel(4, 4, () => newWallet(sql, 50));
  const outcomes = await inParallel(
    400,
    16,
    (index) =>
      whileBusy(() => sql`select adjust_tokens(${wallets[index % 4]!}, -1, 'deduct')`).then(() => "debited", refusalOf),
  );
  assert.equal(outcomes.filter((outcome) => outcome === "debited").length, 200);
  assert.equal(outcomes.filter((outcome) => outcome === "insufficient_tokens").length, 200);
});

testSharded("a key has one effect, and all its answers are the same", async (sql) => {
  const wallet = await newWallet(sql, 50);
  const answers = await inParallel(100, 16, () =>
    whileBusy(async () => {
      const [row] = await sql`select transaction_id, token from adjust_tokens(${wallet}, -5, 'deduct', 'once')`;
      return JSON.stringify(row);
    }));
  assert.deepEqual([new Set(answers).size, await countEntries(sql, wallet, "deduct")], [1, 1]);
  const reused = await sql`select adjust_tokens(${wallet}, -6, 'deduct', 'once')`.catch(refusalOf);
  assert.equal(reused, "idempotency_key_reused");
});

testSharded("a hold ends once, whoever tries", async (sql) => {
  const wallet = await newWallet(sql, 100);
  for (let round = 0; round < 10; round++) {
    const [hold] = await sql`select id from hold_tokens(${wallet}, 10, 600)`;
    const ends = await inParallel(
      8,
      8,
      (index) =>
        whileBusy(() =>
          sql`select settle_hold(${wallet}, ${hold!.id}, ${index % 2 === 0 ? "captured" : "released"})`.then(
            () => "ended",
            refusalOf,
          )
        ),
    );
    assert.equal(ends.filter((end) => end === "ended").length, 1, ends.join());
  }
  const [after] = await sql`select held from user_tokens where user_id = ${wallet}`;
  assert.equal(after!.held, 0);
});

testSharded("holds that ran out come back by the sweep, and the past can be read", async (sql) => {
  const wallet = await newWallet(sql, 100);
  const [hold] = await sql`select id from hold_tokens(${wallet}, 10, 600)`;
  await sql`
    update token_holds set expires_at = date_trunc('milliseconds', now()) where user_id = ${wallet} and id = ${hold!.id}
  `;
  while ((await sql`select private.sweep_holds() as count`)[0]!.count > 0);
  const kinds = await sql`select kind from list_transactions(${wallet}, 10)`;
  assert.deepEqual(kinds.map(({ kind }) => kind), ["expiry", "hold", "add"]);
  assert.equal((await sql`select id from list_holds(${wallet}, 10, 'expired')`)[0]!.id, hold!.id);
  const [entry] = await sql`select created_at from token_transactions where user_id = ${wallet} and id = 2`;
  const [past] = await sql`select token, held from balance_at(${wallet}, ${entry!.created_at})`;
  assert.deepEqual({ ...past }, { token: 90, held: 10 });
});

testSharded("a payment is credited once and taken back once", async (sql) => {
  const wallet = await newWallet(sql, 0);
  const [purchase] = await sql`select id from create_purchase(${wallet}, 'small', 'standard', false)`;
  const say = (fact: string, event_id: string) =>
    sql`
      select outcome from apply_payment_event(
        'standard', ${event_id}, ${fact}, false, now(), '{}', ${`pay_${wallet}`}, ${purchase!.id}, 'refund', 500, 'eur'
      )
    `;
  const balance = async () => (await sql`select token from user_tokens where user_id = ${wallet}`)[0]!.token;
  await inParallel(8, 8, (index) => say("paid", `paid ${index % 2} ${wallet}`));
  assert.equal(await balance(), 100);
  await inParallel(8, 8, (index) => say("refunded", `refund ${index % 2} ${wallet}`));
  assert.equal(await balance(), 0);
});

testSharded("random histories do what the model says", async (sql) => {
  assert.equal(await compareHistories(sql, 7, 20), null);
});
