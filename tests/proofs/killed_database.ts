import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { type Experiment, inParallel, seededRandom } from "./experiment.ts";
import { creditUntilAnswered } from "./stubborn_client.ts";
import { countProblems, newWallet } from "../support/wallets.ts";
import type { Stack } from "../../local/stack.ts";

const writer_count = 16;

/** Postgres dies without a word while writers are at work, and comes back on what is on its disk. */
export const killed_database: Experiment = {
  number: 4,
  name: "Postgres killed with -9",
  invariant: "what was acknowledged is there after a crash",
  async run({ scale, seed, log }) {
    const kill_count = scale === "full" ? 3 : 1;
    const random = seededRandom(seed);
    const durable = await loseUnderLoad(kill_count, random, () => Promise.resolve());
    log(`${durable.acknowledged} acknowledged over ${kill_count} kills`);
    // Always three: what the first finds unwritten is up to luck.
    const careless = await loseUnderLoad(3, random, async (sql) => {
      await sql`alter database postgres set synchronous_commit = off`;
    });

    const expected = "0 lost, 0 doubled, 0 problems";
    const seen = `${durable.lost} lost, ${durable.doubled} doubled, ${durable.problems} problems`;
    return [
      {
        what: `${durable.acknowledged} credits by ${writer_count} writers, ${kill_count} × kill -9`,
        expected,
        seen,
        passed: seen === expected && durable.acknowledged > 0,
      },
      {
        what: `control: synchronous_commit = off, ${careless.acknowledged} credits`,
        expected: "some lost",
        seen: `${careless.lost} lost`,
        passed: careless.lost > 0,
      },
    ];
  },
};

async function loseUnderLoad(kill_count: number, random: () => number, prepare: (sql: Database) => Promise<void>) {
  await using stack = await ownStack();
  const wallets = await withDatabase(stack, async (sql) => {
    await prepare(sql);
    return await inParallel(writer_count, 4, () => newWallet(sql, 0));
  });

  const acknowledged: string[] = [];
  let stopping = false;
  const writers = wallets.map(async (user_id, writer) => {
    for (let number = 0; !stopping; number++) {
      const reference = `${writer} ${number}`;
      await creditUntilAnswered(stack.url, { user_id, reference, keyed: true });
      acknowledged.push(reference);
    }
  });
  for (let kill = 0; kill < kill_count; kill++) {
    // A few acknowledged credits after the last crash, then some way into the next.
    const enough = acknowledged.length + 200;
    while (acknowledged.length < enough) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, random() * 300));
    await stack.postgres.kill();
    await stack.postgres.restart();
  }
  // The keys whose fate nobody knew are still being tried: the writers end with an answer each.
  stopping = true;
  await Promise.all(writers);

  return await withDatabase(stack, async (sql) => {
    const entries = await sql`select reference, count(*)::integer as count from token_transactions group by reference`;
    const counts = new Map(entries.map(({ reference, count }) => [reference, count]));
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((reference) => !counts.has(reference)).length,
      doubled: entries.filter(({ count }) => count > 1).length,
      problems: await countProblems(sql),
    };
  });
}

/** A connection of its own before and after: none may be open while Postgres dies. */
async function withDatabase<T>(stack: Stack, run: (sql: Database) => Promise<T>): Promise<T> {
  await using sql = connectDatabase(stack, 4);
  return await run(sql);
}
