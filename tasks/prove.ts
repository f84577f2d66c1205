/**
 * `deno task prove [--seed N] [--only N,…]`: every experiment at full size, and one table.
 * Ends with 1 where an invariant broke, or where a control did not.
 */
import { taskCommand } from "../local/command.ts";
import { experiments } from "../tests/proofs/all.ts";
import { type Experiment, inParallel, type Result } from "../tests/proofs/experiment.ts";
import { readArguments, refuseArguments } from "./arguments.ts";

const help = `
Usage: ${taskCommand("prove")} [--seed N] [--only N,…]

Runs the experiments behind docs/guarantees.md at full size, and prints one table.

  --seed N    the seed of every random choice, to repeat a run
  --only N,…  these experiments alone, by their numbers

Ends with 0 where every invariant held and every control broke, with 1 where not, with 2 for wrong arguments.
`;
const { values } = readArguments({ help, options: { seed: { type: "string" }, only: { type: "string" } } });
const max_seed = 2 ** 32 - 1;
const seed = readNumber("--seed", values.seed, max_seed) ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
const numbers = experiments.map(({ number }) => number);
const only = values.only?.split(",").map((number) => readNumber("--only", number, Infinity)!);
for (const number of only ?? []) {
  if (!numbers.includes(number)) {
    refuseArguments(help, `There is no experiment ${number}: they are ${numbers.join(", ")}.`);
  }
}
console.log(`Seed ${seed}\n`);

// An experiment waits much of its time: for a lock, a restart, an answer. Another one uses it.
const at_once = 2;
const chosen = experiments.filter(({ number }) => only === undefined || only.includes(number));
const results = new Map<Experiment, Result[]>();
const beside = chosen.filter(({ compares_times }) => !compares_times);
await inParallel(beside.length, at_once, (index) => prove(beside[index]!));
for (const experiment of chosen.filter(({ compares_times }) => compares_times)) await prove(experiment);
const rows = chosen.flatMap((experiment) =>
  results.get(experiment)!.map((result) => ({
    ...result,
    experiment: `${experiment.number}. ${experiment.name}`,
    invariant: experiment.invariant,
  }))
);

console.log("\n| experiment | invariant | what | expected | seen | |\n|---|---|---|---|---|---|");
for (const { experiment, invariant, what, expected, seen, passed } of rows) {
  console.log(`| ${[experiment, invariant, what, expected, seen, passed ? "ok" : "FAILED"].join(" | ")} |`);
}
const failed = rows.filter(({ passed }) => !passed).length;
console.log(
  `\nSeed ${seed}, ${Math.round(performance.now() / 1_000)} s\n${rows.length - failed} passed, ${failed} failed`,
);
Deno.exit(failed === 0 ? 0 : 1);

async function prove(experiment: Experiment) {
  const { number, name, run } = experiment;
  const started_ms = performance.now();
  console.log(`${number}. ${name} …`);
  results.set(experiment, await run({ scale: "full", seed, log: (line) => console.log(`   ${number}: ${line}`) }));
  console.log(`${number}. ${name}: ${((performance.now() - started_ms) / 1_000).toFixed(1)} s`);
}

function readNumber(flag: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= max) return number;
  return refuseArguments(help, `${flag} ${text}: that is no number.`);
}
