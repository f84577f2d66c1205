/**
 * `deno task prove [--seed N] [--only N,…]`: every experiment at full size, and one table.
 * Ends with 1 where an invariant broke, or where a control did not; with 2 where it cannot tell what to run.
 */
import { parseArgs } from "node:util";
import { experiments } from "../tests/proofs/all.ts";
import type { Result } from "../tests/proofs/experiment.ts";

const usage = `prove [--seed N] [--only N,…]

Runs the experiments of docs/guarantees.md at full size and prints one table of what was expected and seen.
  --only N,…  these alone, by number:${
  experiments.map(({ number, name }) => `\n              ${number}  ${name}`).join("")
}
  --seed N    the random choices of an earlier run, from 0 to 4294967295; without it they are new
  --help      this text
It ends with 0 where every invariant held and every control broke, with 1 where one did not.`;

const { seed, only } = readArguments();
console.log(`Seed ${seed}`);

const rows: (Result & { experiment: string; invariant: string })[] = [];
for (const { number, name, invariant, run } of only) {
  const started_ms = performance.now();
  console.log(`\n${number}. ${name} …`);
  const results = await run({ scale: "full", seed, log: (line) => console.log(`   ${line}`) });
  for (const result of results) rows.push({ ...result, experiment: `${number}. ${name}`, invariant });
  console.log(`   ${((performance.now() - started_ms) / 1_000).toFixed(1)} s`);
}

console.log("\n| experiment | invariant | what | expected | seen | |\n|---|---|---|---|---|---|");
for (const { experiment, invariant, what, expected, seen, passed } of rows) {
  console.log(`| ${[experiment, invariant, what, expected, seen, passed ? "ok" : "FAILED"].join(" | ")} |`);
}
const failed = rows.filter(({ passed }) => !passed).length;
console.log(`\nSeed ${seed}\n${rows.length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

function readArguments() {
  const options = { seed: { type: "string" }, only: { type: "string" }, help: { type: "boolean" } } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: Deno.args, options }));
  } catch (error) {
    return refuse(`${(error as Error).message}.`);
  }
  if (values.help) {
    console.log(usage);
    Deno.exit(0);
  }
  if (values.seed !== undefined && !(/^\d{1,10}$/.test(values.seed) && Number(values.seed) < 2 ** 32)) {
    return refuse(`--seed ${values.seed} is no whole number from 0 to 4294967295.`);
  }
  const wanted = values.only?.split(",");
  const unknown = wanted?.find((number) => !experiments.some((experiment) => String(experiment.number) === number));
  if (unknown !== undefined) {
    return refuse(`--only “${unknown}”: there is no such experiment, only 1 to ${experiments.at(-1)!.number}.`);
  }
  return {
    seed: Number(values.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]),
    only: experiments.filter(({ number }) => wanted?.includes(String(number)) ?? true),
  };
}

/** Says on one line why nothing was run. */
function refuse(reason: string): never {
  console.error(`${reason} See --help.`);
  Deno.exit(2);
}
