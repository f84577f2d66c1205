/** `deno task test`: boots one stack on free ports, runs the live suites against it, and clears it away. */
import { startStack } from "../local/stack.ts";
import type { StackAddress } from "./stack.ts";

const data_folder = await Deno.makeTempDir({ prefix: "tally-test-" });
const stack = await startStack({ data_folder });
const address: StackAddress = { url: stack.url, database_url: stack.database_url };

const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "--allow-all", ...(Deno.args.length > 0 ? Deno.args : ["tests"])],
  env: { TALLY_TEST_STACK: JSON.stringify(address) },
}).spawn().status;

await stack.stop();
for (const folder of new Set([data_folder, stack.data_folder])) await Deno.remove(folder, { recursive: true });
Deno.exit(code);
