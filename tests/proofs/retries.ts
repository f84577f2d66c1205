import { secret_key } from "../../local/stack.ts";
import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { type Experiment, inParallel } from "./experiment.ts";
import { countEntries, newWallet } from "../support/wallets.ts";

const width = 50;

/** One key used by everybody at once, over HTTP. */
export const retries: Experiment = {
  number: 2,
  name: "One key, many calls",
  invariant: "a key has one effect, and belongs to one request",
  async run({ scale }) {
    const [same_count, other_count] = scale === "full" ? [1_000, 100] : [60, 10];
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 4);
    const wallet = await newWallet(sql, 0);
    const post = (amount: number, key: string) =>
      fetch(`${stack.url}/functions/v1/tokens/add`, {
        method: "POST",
        headers: { apikey: secret_key, "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ user_id: wallet, amount }),
      });
    const add = async (amount: number, key: string) => {
      let response = await post(amount, key);
      // So many on one wallet may be too many for it: nothing was done then, and clients try again.
      for (; response.status === 503; response = await post(amount, key)) await response.body?.cancel();
      return {
        status: response.status,
        replayed: response.headers.has("idempotent-replayed"),
        text: await response.text(),
      };
    };

    const same = await inParallel(same_count, width, () => add(5, "key"));
    const other = await inParallel(other_count, width, () => add(6, "key"));
    const effects = await countEntries(sql, wallet, "add");
    const replays = same.filter(({ status, replayed }) => status === 200 && replayed).length;
    const refusals =
      other.filter(({ status, text }) => status === 422 && text.includes("idempotency_key_reused")).length;
    const answers = new Set(same.map(({ text }) => text)).size;

    // What many do instead: look whether the work is done, then do it.
    const naive = await newWallet(sql, 0);
    await inParallel(same_count, width, async () => {
      const done = await sql`select from token_transactions where user_id = ${naive} and reference = 'key'`;
      if (done.length === 0) await sql`select adjust_tokens(${naive}, 5, 'add', p_reference => 'key')`;
    });
    const naive_effects = await countEntries(sql, naive, "add");

    const expected = `1 effect, ${same_count - 1} replays, 1 distinct answer, ${other_count} × 422`;
    const seen = `${effects} effect, ${replays} replays, ${answers} distinct answer, ${refusals} × 422`;
    return [
      {
        what: `${same_count} calls with a key, then ${other_count} with another body`,
        expected,
        seen,
        passed: seen === expected,
      },
      {
        what: "control: look first, then write",
        expected: "more than 1 effect",
        seen: `${naive_effects} effects`,
        passed: naive_effects > 1,
      },
    ];
  },
};
