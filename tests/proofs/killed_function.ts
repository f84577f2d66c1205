import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { type Experiment, seededRandom } from "./experiment.ts";
import { countEffects } from "./lost_replies.ts";
import { creditUntilAnswered } from "./stubborn_client.ts";
import { countProblems, newWallet } from "../support/wallets.ts";

const client_count = 16;

/** The tokens function dies in the middle of its work, again and again. */
export const killed_function: Experiment = {
  number: 5,
  name: "The function killed at random",
  invariant: "what a dead process had begun is done once or not at all",
  async run({ scale, seed, log }) {
    const kill_count = scale === "full" ? 20 : 2;
    const random = seededRandom(seed);
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 4);
    const tokens = stack.functions.get("tokens")!;

    /** Kills `count` times under load. What was asked for, and what the ledger has. */
    const killUnderLoad = async (count: number, keyed: boolean) => {
      const user_id = await newWallet(sql, 0);
      let stopping = false;
      let asked = 0;
      const clients = Array.from({ length: client_count }, async () => {
        while (!stopping) await creditUntilAnswered(stack.url, { user_id, reference: `credit ${asked++}`, keyed });
      });
      for (let kills = 0; kills < count; kills++) {
        await tokens.ready;
        const answered = asked;
        while (asked < answered + client_count) await new Promise((resolve) => setTimeout(resolve, 5));
        await new Promise((resolve) => setTimeout(resolve, random() * 100));
        const { pid } = tokens;
        Deno.kill(pid, "SIGKILL");
        // Until the stack has seen it and begun another life.
        while (tokens.pid === pid) await new Promise((resolve) => setTimeout(resolve, 10));
      }
      stopping = true;
      await Promise.all(clients);
      return { asked, ...await countEffects(sql, user_id) };
    };
    const keyed = await killUnderLoad(kill_count, true);
    log(`${keyed.asked} keys over ${kill_count} kills`);
    const problems = await countProblems(sql);
    // A kill may find nothing at its commit: as many as it takes.
    let unkeyed = await killUnderLoad(kill_count, false);
    for (let more = 0; more < 10 && unkeyed.effects === unkeyed.asked; more++) {
      unkeyed = await killUnderLoad(kill_count, false);
    }

    const expected = `${keyed.asked} effects, balance ${keyed.asked}, 0 problems`;
    const seen = `${keyed.effects} effects, balance ${keyed.balance}, ${problems} problems`;
    return [
      { what: `${keyed.asked} keys, ${kill_count} kills`, expected, seen, passed: seen === expected },
      {
        what: `control: retries without a key, ${kill_count} kills`,
        expected: `more than ${unkeyed.asked} effects`,
        seen: `${unkeyed.effects} effects`,
        passed: unkeyed.effects > unkeyed.asked,
      },
    ];
  },
};
