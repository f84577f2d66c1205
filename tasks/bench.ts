/**
 * `deno task bench [--only PART,…] [--rounds N] [--seconds S] [--entries N]`: measures the API and the database beside
 * the limit and their peers, and writes docs/performance.md.
 */
import { printable, writeReport } from "../bench/report.ts";
import type { BenchOptions, Section } from "../bench/section.ts";
import { taskCommand } from "../local/command.ts";
import { readArguments, refuseArguments } from "./arguments.ts";

/** The parts, in the order of the page. Each starts what it needs, and stops it. */
const parts: Record<string, () => Promise<{ sections(options: BenchOptions): Promise<Section[]> }>> = {
  http: () => import("../bench/http.ts"),
  growth: () => import("../bench/growth.ts"),
  sql: () => import("../bench/sql.ts"),
};

const help = `
Usage: ${taskCommand("bench")} [--only PART,…] [--rounds N] [--seconds S] [--entries N]

Measures, prints tables and writes docs/performance.md with its charts. Takes about twenty minutes on two idle cores.

  --only PART,…  these parts alone (${Object.keys(parts).join(", ")}); prints the tables and writes nothing
  --rounds N     how many rounds of each comparison are to count: 7 unless given
  --seconds S    how long each measurement takes: 2 unless given
  --entries N    the largest wallet that is read: 1000000 entries unless given; 10000000 take some minutes to make

Ends with 0 where everything was measured, with 2 for wrong arguments.
`;
const { values } = readArguments({
  help,
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    entries: { type: "string" },
  },
});
const only = values.only?.split(",");
for (const name of only ?? []) {
  if (!Object.hasOwn(parts, name)) refuseArguments(help, `There is no part ${name}.`);
}
const started_ms = performance.now();
const options: BenchOptions = {
  rounds: readNumber("--rounds", values.rounds) ?? 7,
  seconds: readNumber("--seconds", values.seconds) ?? 2,
  entries: readNumber("--entries", values.entries) ?? 1_000_000,
  log: (line) => console.log(`   ${line}`),
};

const sections: Section[] = [];
for (const [name, load] of Object.entries(parts)) {
  if (only !== undefined && !only.includes(name)) continue;
  console.log(`${name} …`);
  sections.push(...await (await load()).sections(options));
}
console.log(`\n${printable(sections)}\n`);
if (only === undefined) {
  await writeReport(sections, options);
  console.log("Wrote docs/performance.md.");
}
console.log(`Took ${Math.round((performance.now() - started_ms) / 1_000)} s.`);
Deno.exit(0);

function readNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  return refuseArguments(help, `${flag} ${text}: that is no whole number from 1 on.`);
}
