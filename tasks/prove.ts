/**
 * `deno task prove [--seed N] [--only N,…]`: every experiment at full size, and one table.
 * Ends with 1 where an invariant broke, or where a control did not.
 */
import { parseArgs } from "node:util";
import { experiments } from "../tests/proofs/all.ts";
import type { Result } from "../tests/proofs/experiment.ts";

const { values } = parseArgs({ args: Deno.args, options: { seed: { type: "string" }, only: { type: "string" } } });
const seed = Number(values.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
const only = values.only?.split(",").map(Number);
console.log(`Seed ${seed}`);

const rows: (Result & { experiment: string; invariant: string })[] = [];
for (const { number, name, invariant, run } of experiments) {
  if (only !== undefined && !only.includes(number)) continue;
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
