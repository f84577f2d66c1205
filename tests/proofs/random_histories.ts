import * as fc from "fast-check";
import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { commands } from "./commands.ts";
import type { Experiment, ExperimentOptions } from "./experiment.ts";
import { adjust, newWalletModel } from "./model.ts";
import { planted_bugs } from "./planted_bugs.ts";
import { newSession, rewriteFunction } from "./database_control.ts";
import { countProblems, newWallet } from "../support/wallets.ts";

const wallet_count = 3;
/** Something to spend from the start: a history of refusals proves little. */
const first_credit = 200;

/** Random histories of operations on three wallets, compared with a model after each step. */
export const random_histories: Experiment = {
  number: 7,
  name: "Random histories",
  invariant: "the database does what the model says, step by step",
  async run({ scale, seed, log }) {
    const run_count = scale === "full" ? 1_000 : 40;
    const [{ whole, problems, both }, escaped] = await Promise.all([
      compareWhole(seed, run_count, log),
      plantBugs(seed, log),
    ]);

    const expected = "no difference, 0 problems, 0 × debt beside a balance";
    const difference = whole === null ? "no difference" : "a difference";
    const seen = `${difference}, ${problems} problems, ${both} × debt beside a balance`;
    const caught = planted_bugs.length - escaped.length;
    return [
      { what: `${run_count} histories, seed ${seed}`, expected, seen, passed: seen === expected },
      {
        what: `control: ${planted_bugs.length} planted bugs`,
        expected: `${planted_bugs.length} caught`,
        seen: [`${caught} caught`, ...escaped.map((name) => `escaped: ${name}`)].join(", "),
        passed: escaped.length === 0,
      },
    ];
  },
};

/** What the sound database shows, in all histories. */
async function compareWhole(seed: number, run_count: number, log: ExperimentOptions["log"]) {
  await using stack = await ownStack();
  await using sql = connectDatabase(stack, 8);
  const whole = await compareHistories(sql, seed, run_count);
  if (whole !== null) log(whole);
  const [both] = await sql`
    select (select count(*)::integer from user_tokens where token > 0 and debt > 0)
      + (select count(*)::integer from token_transactions where balance_after > 0 and debt_after > 0) as count
  `;
  return { whole, problems: await countProblems(sql), both: both!.count as number };
}

/** The names of the bugs that no history shows, each planted alone in a database of their own. */
async function plantBugs(seed: number, log: ExperimentOptions["log"]): Promise<string[]> {
  await using stack = await ownStack();
  await using sql = connectDatabase(stack, 8);
  const escaped: string[] = [];
  for (const { name, function: broken, from, to } of planted_bugs) {
    const restore = await rewriteFunction(sql, broken, [[from, to]]);
    const found = await compareHistories(sql, seed, 300);
    await restore();
    log(`${found === null ? "ESCAPED" : "caught"}: ${name}`);
    if (found === null) escaped.push(name);
  }
  return escaped;
}

/** Runs random histories; returns what differed, null where model and database agree in every history. */
export async function compareHistories(sql: Database, seed: number, run_count: number): Promise<string | null> {
  const property = fc.asyncProperty(commands, async (history) => {
    const ids = await Promise.all(Array.from({ length: wallet_count }, () => newWallet(sql, first_credit)));
    const model = ids.map(newWalletModel);
    for (const wallet of model) adjust(wallet, "server", "add", first_credit);
    const sessions = new Map(await Promise.all(ids.map(async (id) => [id, await newSession(sql, id)] as const)));
    await fc.asyncModelRun(() => ({ model, real: { sql, sessions } }), history);
  });
  const result = await fc.check(property, { seed, numRuns: run_count, endOnFailure: true });
  return result.failed ? fc.defaultReportMessage(result) ?? "failed" : null;
}
