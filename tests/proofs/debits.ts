import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { type Experiment, inParallel } from "./experiment.ts";
import { whileBusy } from "./patience.ts";
import { countProblems, newWallet, refusalOf } from "../support/wallets.ts";

/** More debits than tokens, at once: `adjust_tokens`, and for a control what the old service did. */
export const debits: Experiment = {
  number: 1,
  name: "Debits at once",
  invariant: "a balance is spent once, and never below zero",
  async run({ scale, log }) {
    const [debit_count, token, connections] = scale === "full" ? [10_000, 5_000, 64] : [400, 200, 16];
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, connections);

    const wallet = await newWallet(sql, token);
    const started_ms = performance.now();
    const outcomes = await inParallel(
      debit_count,
      connections,
      () => whileBusy(() => sql`select adjust_tokens(${wallet}, -1, 'deduct')`).then(() => "debited", refusalOf),
    );
    log(`${Math.round(debit_count / (performance.now() - started_ms) * 1_000)} debits/s on one wallet`);
    const debited = outcomes.filter((outcome) => outcome === "debited").length;
    const refused = outcomes.filter((outcome) => outcome === "insufficient_tokens").length;
    const [after] = await sql`
      select token, (select sum(amount)::integer from token_transactions where user_id = ${wallet}) as sum
      from user_tokens where user_id = ${wallet}
    `;
    const problems = await countProblems(sql);

    const naive = await newWallet(sql, token);
    const naively_debited = (await inParallel(debit_count, connections, async () => {
      const [{ token: read }] = await sql`select token from user_tokens where user_id = ${naive}` as [
        { token: number },
      ];
      if (read < 1) return false;
      await sql`update user_tokens set token = ${read - 1} where user_id = ${naive}`;
      return true;
    })).filter(Boolean).length;

    const summary = (debited: number, refused: number, balance: number, sum: number, problems: number) =>
      `${debited} debited, ${refused} refused, balance ${balance} = ledger ${sum}, ${problems} problems`;
    const expected = summary(token, debit_count - token, 0, 0, 0);
    const seen = summary(debited, refused, after!.token, after!.sum, problems);
    return [
      {
        what: `${debit_count} debits of 1 on ${token}, ${connections} connections`,
        expected,
        seen,
        passed: seen === expected,
      },
      {
        what: "control: read, then write",
        expected: `more than ${token} debited`,
        seen: `${naively_debited} debited`,
        passed: naively_debited > token,
      },
    ];
  },
};
