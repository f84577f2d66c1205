import { connectDatabase, ownStack } from "../own_stack.ts";
import { type Experiment, inParallel, seededRandom } from "./experiment.ts";
import { countEffects } from "./lost_replies.ts";
import { creditUntilAnswered } from "./stubborn_client.ts";
import { countProblems, newWallet } from "./wallets.ts";

const width = 16;

/** The tokens function dies in the middle of its work, again and again. */
export const killed_function: Experiment = {
  number: 5,
  name: "The function killed at random",
  invariant: "what a dead process had begun is done once or not at all",
  async run({ scale, seed, log }) {
    const credit_count = scale === "full" ? 1_000 : 60;
    const random = seededRandom(seed);
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 4);
    const tokens = stack.functions.get("tokens")!;

    const run = async (keyed: boolean) => {
      const user_id = await newWallet(sql, 0);
      const credits = inParallel(
        credit_count,
        width,
        (index) => creditUntilAnswered(stack.url, { user_id, reference: `credit ${index}`, keyed }),
      );
      let finished = false;
      credits.finally(() => finished = true);
      let kills = 0;
      while (!finished) {
        await tokens.ready;
        await new Promise((resolve) => setTimeout(resolve, 50 + random() * 300));
        if (finished) break;
        Deno.kill(tokens.pid, "SIGKILL");
        kills++;
        // Until the stack has seen it and begun another life.
        const dead = tokens.pid;
        while (tokens.pid === dead) await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const attempts = (await credits).reduce((sum, { attempts }) => sum + attempts, 0);
      return { kills, attempts, ...await countEffects(sql, user_id) };
    };
    const keyed = await run(true);
    log(`${keyed.kills} kills, ${keyed.attempts} attempts for ${credit_count} keys`);
    const problems = await countProblems(sql);
    const unkeyed = await run(false);

    const expected = `${credit_count} effects, balance ${credit_count}, 0 problems`;
    const seen = `${keyed.effects} effects, balance ${keyed.balance}, ${problems} problems`;
    return [
      {
        what: `${credit_count} keys, ${keyed.kills} kills`,
        expected,
        seen,
        passed: seen === expected && keyed.kills > 0,
      },
      {
        what: `control: retries without a key, ${unkeyed.kills} kills`,
        expected: `more than ${credit_count} effects`,
        seen: `${unkeyed.effects} effects`,
        passed: unkeyed.effects > credit_count,
      },
    ];
  },
};
