import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { type Experiment, inParallel, seededRandom } from "./experiment.ts";
import { creditUntilAnswered } from "./stubborn_client.ts";
import { countProblems, newWallet } from "../support/wallets.ts";

const drop_probability = 0.3;
const width = 16;

/** The effect took place and the reply was lost: the case that every client meets one day. */
export const lost_replies: Experiment = {
  number: 3,
  name: "Replies lost after the commit",
  invariant: "a retry with its key has no second effect",
  async run({ scale, seed, log }) {
    const credit_count = scale === "full" ? 1_000 : 100;
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 4);
    await using proxy = startLossyProxy(Number(new URL(stack.url).port), seed);

    const run = async (keyed: boolean) => {
      const user_id = await newWallet(sql, 0);
      const tries = await inParallel(
        credit_count,
        width,
        (index) => creditUntilAnswered(proxy.url, { user_id, reference: `credit ${index}`, keyed }),
      );
      return { attempts: tries.reduce((sum, { attempts }) => sum + attempts, 0), ...await countEffects(sql, user_id) };
    };
    const keyed = await run(true);
    log(`${keyed.attempts} attempts for ${credit_count} keys, ${proxy.dropped()} replies dropped`);
    const problems = await countProblems(sql);
    const unkeyed = await run(false);

    const expected = `${credit_count} effects, balance ${credit_count}, 0 problems`;
    const seen = `${keyed.effects} effects, balance ${keyed.balance}, ${problems} problems`;
    return [
      {
        what: `${credit_count} keys, 30 % of the replies dropped`,
        expected,
        seen,
        passed: seen === expected && keyed.attempts > credit_count,
      },
      {
        what: "control: retries without a key",
        expected: `more than ${credit_count} effects`,
        seen: `${unkeyed.effects} effects`,
        passed: unkeyed.effects > credit_count,
      },
    ];
  },
};

/** What the ledger and the balance of a user say. */
export async function countEffects(sql: Database, user_id: string): Promise<{ effects: number; balance: number }> {
  const [row] = await sql`
    select (select count(*)::integer from token_transactions where user_id = ${user_id}) as effects, token as balance
    from user_tokens where user_id = ${user_id}
  `;
  return { effects: row!.effects, balance: row!.balance };
}

/** A TCP proxy that passes each request on and, now and then, hangs up instead of passing the reply back. */
function startLossyProxy(target_port: number, seed: number) {
  const random = seededRandom(seed);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let dropped = 0;

  const forward = async (client: Deno.Conn) => {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: target_port });
    const close = () => {
      for (const connection of [client, server]) {
        try {
          connection.close();
        } catch {
          // The other direction closed it.
        }
      }
    };
    client.readable.pipeTo(server.writable).catch(() => {}).finally(close);
    try {
      for await (const chunk of server.readable) {
        if (random() < drop_probability) {
          dropped++;
          break;
        }
        for (let written = 0; written < chunk.length;) written += await client.write(chunk.subarray(written));
      }
    } catch {
      // One of them hung up.
    }
    close();
  };
  const serving = (async () => {
    for await (const client of listener) forward(client).catch(() => client.close());
  })().catch(() => {});

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    dropped: () => dropped,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}
