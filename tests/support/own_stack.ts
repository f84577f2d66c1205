/** For tests that break, or burden, or set up the stack otherwise than the shared one. */
import postgres from "postgres";
import { platformEnvironment, type Stack, type StackOptions, startStack } from "../../local/stack.ts";

/** Starts a stack in a temporary folder, which goes when it is disposed of. */
export async function ownStack(options: Partial<StackOptions> = {}): Promise<Stack> {
  const data_folder = await Deno.makeTempDir({ prefix: "tally-test-" });
  const stack = await startStack({ data_folder, ...options });
  return {
    ...stack,
    async [Symbol.asyncDispose]() {
      await stack.stop();
      for (const folder of new Set([data_folder, stack.data_folder])) await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The database as its owner, past every policy, over up to `connections` connections. */
export function connectDatabase({ database_url }: Pick<Stack, "database_url">, connections: number) {
  const sql = postgres(database_url, {
    max: connections,
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
  });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end() });
}

export type Database = ReturnType<typeof connectDatabase>;

/** What the platform of a stack tells a function, for one that a test runs in its own process. */
export async function functionEnvironment({ url }: Pick<Stack, "url">): Promise<Record<string, string>> {
  return platformEnvironment(url, await (await fetch(`${url}/auth/v1/.well-known/jwks.json`)).text());
}
