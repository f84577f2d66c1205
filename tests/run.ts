/** `deno task test`: boots one stack on free ports, runs the live suites against it, and clears it away. */
import { ownStack } from "./support/own_stack.ts";
import type { StackAddress } from "./support/stack.ts";

const stack = await ownStack();
const address: StackAddress = { url: stack.url, database_url: stack.database_url };

const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "--allow-all", ...(Deno.args.length > 0 ? Deno.args : ["tests"])],
  env: { TALLY_TEST_STACK: JSON.stringify(address) },
}).spawn().status;

await stack[Symbol.asyncDispose]();
Deno.exit(code);
