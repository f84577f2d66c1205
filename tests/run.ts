/**
 * `deno task test [file …]`: the unit tests, then one stack on free ports and the live suites against it, which is
 * cleared away at the end. Quiet unless something fails; ends with 1 then.
 */
import { taskCommand } from "../local/command.ts";
import { readArguments } from "../tasks/arguments.ts";
import { ownStack } from "./support/own_stack.ts";
import type { StackAddress } from "./support/stack.ts";
import { runTests, type TestRun } from "./support/tap.ts";

const help = `
Usage: ${taskCommand("test")} [file or folder …]

Runs every test, or those of the named files, against a stack of their own.

Ends with 0 where all passed, with 1 where something failed, with 2 for wrong arguments.
`;
const { positionals } = readArguments({ help, options: {}, max_positionals: Infinity });
const isUnit = (path: string) => /^(\.\/)?(client|supabase)\b/.test(path);
const unit_files = positionals.length > 0 ? positionals.filter(isUnit) : ["supabase/functions", "client"];
const live_files = positionals.length > 0 ? positionals.filter((path) => !isUnit(path)) : ["tests"];

const started_ms = performance.now();
const print = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text));
const runs: TestRun[] = [];
if (unit_files.length > 0) {
  runs.push(await runTests({ args: ["--allow-env", ...unit_files], print, logOfFile: () => [] }));
}
if (live_files.length > 0) runs.push(await runLive());

const count = (what: keyof TestRun) => runs.reduce((sum, run) => sum + run[what], 0);
const seconds = Math.round((performance.now() - started_ms) / 1_000);
console.log(`\nThe tests took ${Math.floor(seconds / 60)} min ${seconds % 60} s, ${count("skipped")} were skipped.`);
console.log(`${count("passed")} passed, ${count("failed")} failed`);
Deno.exit(count("failed") === 0 ? 0 : 1);

async function runLive(): Promise<TestRun> {
  const max_log_lines = 40;
  let log: string[] = [];
  print("Starting a stack, checking types …\n");
  await using stack = await ownStack({ log: (line) => log.push(line) });
  const address: StackAddress = { url: stack.url, database_url: stack.database_url };
  const logOfFile = () => {
    const lines = log.slice(-max_log_lines);
    log = [];
    return lines;
  };
  const env = { TALLY_TEST_STACK: JSON.stringify(address) };
  return await runTests({ args: ["--allow-all", ...live_files], env, print, logOfFile });
}
