import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { countProblems } from "../support/wallets.ts";
import type { Experiment } from "./experiment.ts";
import { type Account, type Measured, measured, openAccount, pileUp, pileUpHolds } from "./pile_operations.ts";

const most_times = 5;
/** For pages that are longer because there is more on them. */
const most_page_ms = 1_000;

/** Everything that a user can pile up, at its limit: it may cost that user little, and nobody else anything. */
export const piles: Experiment = {
  number: 13,
  name: "Piles",
  invariant: "a wallet with everything at its limit is nearly as fast as an empty one",
  compares_times: true,
  async run({ scale, log }) {
    const rounds = scale === "full" ? 7 : 3;
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 4);
    const [empty, piled] = [await openAccount(stack, sql), await openAccount(stack, sql)];
    await pileUp(sql, piled);

    const slow: string[] = [];
    let worst = 0;
    for (const operation of measured) {
      const times: Record<"empty" | "piled", number[]> = { empty: [], piled: [] };
      // The first round warms up.
      for (let round = 0; round <= rounds; round++) {
        if (operation.uses_up_holds) await pileUpHolds(sql, piled.id);
        for (const [name, account] of [["empty", empty], ["piled", piled]] as const) {
          const took_ms = await measure(operation, sql, account);
          if (round > 0) times[name].push(took_ms);
        }
      }
      const [empty_ms, piled_ms] = [median(times.empty), median(times.piled)];
      const ratio = piled_ms / empty_ms;
      worst = Math.max(worst, ratio);
      log(`${operation.name}: ${empty_ms.toFixed(1)} ms empty, ${piled_ms.toFixed(1)} ms piled`);
      if (ratio > most_times && (!operation.is_page || piled_ms > most_page_ms)) {
        slow.push(`${operation.name} × ${ratio.toFixed(1)}`);
      }
    }
    const problems = await countProblems(sql);

    const deduct = measured.find(({ name }) => name === "deduct")!;
    await ignoreHoldLimit(sql, empty.id);
    const control_ms = await measure(deduct, sql, empty);
    const usual_ms = await measure(deduct, sql, empty);

    const expected = `0 slower than ${most_times} times, 0 problems`;
    const seen = [`${slow.length} slower than ${most_times} times, ${problems} problems`, ...slow];
    return [
      {
        what: `${measured.length} operations, the slowest × ${worst.toFixed(1)}`,
        expected,
        seen: seen.join(", "),
        passed: seen.join(", ") === expected,
      },
      {
        what: "control: 30,000 holds ran out, past the limit",
        expected: `more than ${most_times} times`,
        seen: `× ${(control_ms / usual_ms).toFixed(1)}`,
        passed: control_ms / usual_ms > most_times,
      },
    ];
  },
};

async function measure({ before, run }: Measured, sql: Database, account: Account): Promise<number> {
  const given = await before?.(sql, account);
  const started_ms = performance.now();
  await run(account, sql, given);
  return performance.now() - started_ms;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function ignoreHoldLimit(sql: Database, user_id: string) {
  await sql`
    insert into token_holds (user_id, amount, placed_by, expires_at, created_at)
    select ${user_id}, 1, 'server', now(), now() from generate_series(1, 30000)
  `;
  await sql`update user_tokens set held = held + 30000 where user_id = ${user_id}`;
}
